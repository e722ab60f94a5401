/* SPDX-License-Identifier: MIT */
/* The table of system calls, which trap.S indexes with r7. */
#include <errno.h>
#include <kernel/syscall.h>

SYSCALL_WEAK

extern const syscall_fn syscall_table[NR_SYSCALLS];
const syscall_fn syscall_table[NR_SYSCALLS] = SYSCALL_TABLE_INIT;

long sys_nosys(void)
{
	return -ENOSYS;
}
