/* SPDX-License-Identifier: MIT */
/* Operations of futex(), and the bits of a lock word.  See docs/syscalls.md. */
#ifndef CROFT_UAPI_FUTEX_H
#define CROFT_UAPI_FUTEX_H

#define FUTEX_WAIT	0 /* sleep while the word is @value; @timeout: absolute, CLOCK_MONOTONIC */
#define FUTEX_WAKE	1 /* wake @value threads; how many were */
#define FUTEX_LOCK_PI	2 /* take the lock, waiting for it; @timeout as above */
#define FUTEX_UNLOCK_PI 3 /* give the lock to the most urgent of those who wait */

#define FUTEX_WAITERS  0x80000000u
#define FUTEX_TID_MASK 0x0000ffffu

#endif
