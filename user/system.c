/* SPDX-License-Identifier: MIT */
/*
 * The system as a whole: its figures, and its end.
 */
#include "syscall.h"

#include <limits.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <croft.h>

long system_info(int what)
{
	return __call_system_info(what);
}

int poweroff(int status)
{
	return (int)__call_poweroff(status);
}

int getpagesize(void)
{
	return (int)system_info(INFO_PAGE_SIZE);
}

int getdtablesize(void)
{
	return (int)system_info(INFO_OPEN_MAX);
}

/* The options of sys/features.h. */
static bool has_option(int name)
{
	switch (name) {
	case _SC_BARRIERS:
	case _SC_CLOCK_SELECTION:
	case _SC_CPUTIME:
	case _SC_MAPPED_FILES:
	case _SC_MEMLOCK:
	case _SC_MEMLOCK_RANGE:
	case _SC_FSYNC:
	case _SC_MEMORY_PROTECTION:
	case _SC_MESSAGE_PASSING:
	case _SC_MONOTONIC_CLOCK:
	case _SC_PRIORITY_SCHEDULING:
	case _SC_READER_WRITER_LOCKS:
	case _SC_SEMAPHORES:
	case _SC_SHARED_MEMORY_OBJECTS:
	case _SC_SPAWN:
	case _SC_SPIN_LOCKS:
	case _SC_THREADS:
	case _SC_THREAD_ATTR_STACKADDR:
	case _SC_THREAD_ATTR_STACKSIZE:
	case _SC_THREAD_PRIO_INHERIT:
	case _SC_THREAD_PRIORITY_SCHEDULING:
	case _SC_THREAD_PROCESS_SHARED:
	case _SC_THREAD_SAFE_FUNCTIONS:
	case _SC_TIMEOUTS:
	case _SC_TIMERS:
		return true;
	default:
		return false;
	}
}

/* What is the same in every configuration.  -1: an option that is not there, or no limit but memory. */
static long sysconf_constant(int name)
{
	switch (name) {
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC; /* what times() counts in, whatever the kernel's timer does */
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_NGROUPS_MAX:
		return NGROUPS_MAX;
	case _SC_STREAM_MAX:
		return FOPEN_MAX;
	case _SC_MQ_PRIO_MAX:
		return MQ_PRIO_MAX;
	case _SC_SEM_VALUE_MAX:
		return SEM_VALUE_MAX;
	case _SC_THREAD_STACK_MIN:
		return PTHREAD_STACK_MIN;
	case _SC_THREAD_KEYS_MAX:
		return PTHREAD_KEYS_MAX;
	case _SC_THREAD_DESTRUCTOR_ITERATIONS:
		return PTHREAD_DESTRUCTOR_ITERATIONS;
	case _SC_HOST_NAME_MAX:
		return _UTSNAME_LENGTH - 1;
	case _SC_IOV_MAX:
		return UIO_MAXIOV;
	case _SC_LINE_MAX:
		return _POSIX2_LINE_MAX;
	case _SC_SYMLOOP_MAX:
		return 0;
	default:
		return has_option(name) ? 200809L : -1;
	}
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return system_info(INFO_PAGE_SIZE);
	case _SC_OPEN_MAX:
	case _SC_MQ_OPEN_MAX:
		return system_info(INFO_OPEN_MAX);
	case _SC_ARG_MAX:
		return system_info(INFO_ARG_MAX);
	case _SC_PHYS_PAGES:
		return system_info(INFO_MEM_PAGES);
	case _SC_AVPHYS_PAGES:
		return system_info(INFO_FREE_PAGES);
	default:
		if (name >= 0 && name <= _SC_POSIX_26_VERSION)
			return sysconf_constant(name);
		errno = EINVAL;
		return -1;
	}
}
