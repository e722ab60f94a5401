/* SPDX-License-Identifier: MIT */
/* Limits that programs are built with; the others are told by sysconf(). */
#ifndef CROFT_UAPI_LIMITS_H
#define CROFT_UAPI_LIMITS_H

#define CROFT_PATH_MAX 96 /* bytes in a path, with its end */

/* What sysconf-like questions system_info() answers. */
enum system_info {
	INFO_PAGE_SIZE = 1,
	INFO_OPEN_MAX = 2,
	INFO_ARG_MAX = 3,
	INFO_MEM_PAGES = 4,
	INFO_FREE_PAGES = 5,
	INFO_TIME_SLICE = 6,
	INFO_REFILLS = 7,
	INFO_TIMER_INTERRUPTS = 8,
	INFO_UART_HZ = 9 /* what the board's UARTs divide their speed from */
};

/* Clocks, by newlib's numbers: its <time.h> names the second only where POSIX timers are on. */
#define CROFT_CLOCK_REALTIME  1
#define CROFT_CLOCK_CPUTIME   2 /* of the calling process; it can only be read */
#define CROFT_CLOCK_MONOTONIC 4

#endif
