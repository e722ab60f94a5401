/* SPDX-License-Identifier: MIT */
/*
 * What newlib's <dirent.h> asks the system for: struct dirent and DIR.  An entry looks as the
 * kernel gives it (struct croft_dirent), so that readdir() copies nothing.
 */
#ifndef _SYS_DIRENT_H
#define _SYS_DIRENT_H

#include <sys/types.h>

#include <croft/dirent.h>

struct dirent {
	unsigned int d_ino; /* wider than newlib's ino_t, which has 16 bits */
	unsigned char d_type;
	char d_name[CROFT_NAME_MAX + 1];
};

typedef struct croft_dir DIR;

#if __MISC_VISIBLE
#define DT_UNKNOWN 0
#define DT_FIFO	   1
#define DT_CHR	   2
#define DT_DIR	   4
#define DT_BLK	   6
#define DT_REG	   8
#endif

#endif
