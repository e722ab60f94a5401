/* SPDX-License-Identifier: MIT */
/* Numbers of the calls about time, by newlib's names without the prefix. */
#ifndef CROFT_UAPI_TIME_H
#define CROFT_UAPI_TIME_H

#define CROFT_TIMER_ABSTIME 4 /* flag of timer_settime() */

/* What a timer does when it is due. */
#define CROFT_SIGEV_NONE   1
#define CROFT_SIGEV_SIGNAL 2

#endif
