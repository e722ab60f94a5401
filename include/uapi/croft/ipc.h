/* SPDX-License-Identifier: MIT */
/*
 * System V IPC: permissions, and the commands common to all kinds.
 * Source: POSIX.1-2017 <sys/ipc.h>; IPC_INFO as on Linux.
 */
#ifndef CROFT_UAPI_IPC_H
#define CROFT_UAPI_IPC_H

#include <sys/types.h>

#define IPC_PRIVATE ((key_t)0)

#define IPC_CREAT  01000
#define IPC_EXCL   02000
#define IPC_NOWAIT 04000

#define IPC_RMID 0
#define IPC_SET	 1
#define IPC_STAT 2
#define IPC_INFO 3

struct ipc_perm {
	key_t key;
	uid_t uid;
	gid_t gid;
	uid_t cuid;
	gid_t cgid;
	unsigned short mode;
	unsigned short seq; /* generation: how often this slot was used before */
};

#endif
