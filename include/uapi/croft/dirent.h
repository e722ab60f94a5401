/* SPDX-License-Identifier: MIT */
/* One entry of a directory, as getdents() gives it. */
#ifndef CROFT_UAPI_DIRENT_H
#define CROFT_UAPI_DIRENT_H

#include <sys/types.h>

#define CROFT_NAME_MAX 31 /* bytes in a name, without its end */

struct croft_dirent {
	unsigned int d_ino;
	unsigned char d_type; /* DT_*: the file type bits of st_mode, shifted right by 12 */
	char d_name[CROFT_NAME_MAX + 1];
};

#endif
