/* SPDX-License-Identifier: MIT */
/*
 * Over newlib's <sys/features.h>: the options of POSIX that Croft has and newlib leaves to the
 * system to say.  _POSIX_TIMERS and _POSIX_CLOCK_SELECTION are what makes <time.h> declare
 * clock_gettime(), timer_create() and clock_nanosleep().  -1 says that an option is not there; newlib then declares its calls all the same,
 * which is wanted for sched_yield() and posix_madvise().
 */
#ifndef CROFT_SYS_FEATURES_H
#define CROFT_SYS_FEATURES_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <sys/features.h>

#if __POSIX_VISIBLE
#define _POSIX_TIMERS			  200809L
#define _POSIX_MONOTONIC_CLOCK		  200809L
#define _POSIX_CLOCK_SELECTION		  200809L
#define _POSIX_CPUTIME			  200809L
#define _POSIX_SPAWN			  200809L
#define _POSIX_FSYNC			  200809L
#define _POSIX_MAPPED_FILES		  200809L
#define _POSIX_MEMLOCK			  200809L
#define _POSIX_MEMLOCK_RANGE		  200809L
#define _POSIX_MEMORY_PROTECTION	  200809L
#define _POSIX_SHARED_MEMORY_OBJECTS	  200809L
#define _POSIX_THREADS			  200809L
#define _POSIX_THREAD_ATTR_STACKADDR	  200809L
#define _POSIX_THREAD_ATTR_STACKSIZE	  200809L
#define _POSIX_THREAD_PRIO_INHERIT	  200809L
#define _POSIX_THREAD_PROCESS_SHARED	  200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS	  200809L
#define _POSIX_BARRIERS			  200809L
#define _POSIX_READER_WRITER_LOCKS	  200809L
#define _POSIX_SEMAPHORES		  200809L
#define _POSIX_SPIN_LOCKS		  200809L
#define _POSIX_TIMEOUTS			  200809L
#define _POSIX_MESSAGE_PASSING		  200809L
#define _POSIX_ADVISORY_INFO		  (-1L)
#define _POSIX_PRIORITY_SCHEDULING	  200809L
#define _POSIX_THREAD_PRIORITY_SCHEDULING 200809L
#endif

#endif
