/* SPDX-License-Identifier: MIT */
/*
 * The system as a whole: its figures, and its end.
 */
#include "syscall.h"

#include <pthread.h>
#include <semaphore.h>
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

static long sysconf_threads(int name)
{
	switch (name) {
	case _SC_THREADS:
	case _SC_THREAD_ATTR_STACKADDR:
	case _SC_THREAD_ATTR_STACKSIZE:
	case _SC_THREAD_PRIO_INHERIT:
	case _SC_THREAD_PROCESS_SHARED:
	case _SC_THREAD_SAFE_FUNCTIONS:
	case _SC_BARRIERS:
	case _SC_READER_WRITER_LOCKS:
	case _SC_SEMAPHORES:
	case _SC_SPIN_LOCKS:
	case _SC_TIMEOUTS:
		return _POSIX_THREADS;
	case _SC_THREAD_STACK_MIN:
		return PTHREAD_STACK_MIN;
	case _SC_THREAD_KEYS_MAX:
		return PTHREAD_KEYS_MAX;
	case _SC_THREAD_DESTRUCTOR_ITERATIONS:
		return PTHREAD_DESTRUCTOR_ITERATIONS;
	case _SC_SEM_VALUE_MAX:
		return SEM_VALUE_MAX;
	case _SC_THREAD_THREADS_MAX: /* as many as there is memory for */
	case _SC_SEM_NSEMS_MAX:
		return -1;
	default:
		errno = EINVAL;
		return -1;
	}
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
		return sysconf_threads(name);
	}
}
