/* SPDX-License-Identifier: MIT */
/* Lines of fields with colons between: /etc/passwd and /etc/group. */
#ifndef USER_ACCOUNTS_H
#define USER_ACCOUNTS_H

#include "syscall.h"

#define ACCOUNT_LINE 128 /* bytes of the longest line, with its end */

enum { NAME_FIELD, PASSWORD_FIELD, ID_FIELD }; /* the same in both files */

/* A file that is read a line at a time: where it goes on. */
struct accounts {
	const char *path;
	off_t at;
};

/**
 * __croft_account - the next line of a file that is wanted
 * @name: what its first field shall be; NULL: any
 * @id:   what its third shall be, where @name is NULL; -1: any
 * @buf, @size: where the line is put, cut into its fields
 * @field, @nfields: set to them; a line of fewer is passed over
 *
 * Return: 1; 0: there is none; -ERANGE: @buf is too small; or another -errno.
 */
int __croft_account(struct accounts *from, const char *name, long id, char *buf, size_t size,
		    char **field, unsigned int nfields);

#endif
