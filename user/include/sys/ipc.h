/* SPDX-License-Identifier: MIT */
/*
 * System V IPC: what all its kinds have in common.
 * Source: POSIX.1-2017 <sys/ipc.h>.
 */
#ifndef _SYS_IPC_H
#define _SYS_IPC_H

#include <sys/cdefs.h>
#include <sys/types.h>

#include <croft/ipc.h>

__BEGIN_DECLS

key_t ftok(const char *path, int id);

__END_DECLS

#endif
