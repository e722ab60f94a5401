/* SPDX-License-Identifier: MIT */
/* Over newlib's <sys/wait.h>, which knows nothing of processes that are continued. */
#ifndef CROFT_SYS_WAIT_H
#define CROFT_SYS_WAIT_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <sys/wait.h>

#include <croft/wait.h>

#define WCONTINUED	CROFT_WCONTINUED
#define WIFCONTINUED(w) ((w) == CROFT_STATUS_CONTINUED)
#define WCOREDUMP(w)	(WIFSIGNALED(w) && ((w)&CROFT_STATUS_CORE))

#endif
