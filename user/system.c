/* SPDX-License-Identifier: MIT */
/*
 * The system as a whole: its figures, and its end.
 */
#include "syscall.h"

#include <time.h>
#include <unistd.h>

#include <croft.h>

long system_info(int what)
{
	return syscall_result(__sys_system_info(what));
}

int poweroff(int status)
{
	return (int)syscall_result(__sys_poweroff(status));
}

int getpagesize(void)
{
	return (int)system_info(INFO_PAGE_SIZE);
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return system_info(INFO_PAGE_SIZE);
	case _SC_OPEN_MAX:
		return system_info(INFO_OPEN_MAX);
	case _SC_ARG_MAX:
		return system_info(INFO_ARG_MAX);
	case _SC_PHYS_PAGES:
		return system_info(INFO_MEM_PAGES);
	case _SC_AVPHYS_PAGES:
		return system_info(INFO_FREE_PAGES);
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC; /* what times() counts in, whatever the kernel's timer does */
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	default:
		errno = EINVAL;
		return -1;
	}
}
