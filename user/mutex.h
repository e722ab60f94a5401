/* SPDX-License-Identifier: MIT */
/* Bits of a mutex's kind; the lowest two are PTHREAD_MUTEX_RECURSIVE and _ERRORCHECK. */
#ifndef USER_MUTEX_H
#define USER_MUTEX_H

#define MUTEX_RECURSIVE	 1u
#define MUTEX_ERRORCHECK 2u
#define MUTEX_TYPE	 3u
#define MUTEX_INHERIT	 4u
#define MUTEX_SHARED	 8u /* remembered; it makes no difference */

#endif
