/* SPDX-License-Identifier: MIT */
/* What poll() is asked and tells.  Source: POSIX.1-2017 <poll.h>; the numbers are those of Linux. */
#ifndef CROFT_UAPI_POLL_H
#define CROFT_UAPI_POLL_H

#define POLLIN	 0x0001 /* reading would not wait */
#define POLLPRI	 0x0002 /* never: there are no priorities */
#define POLLOUT	 0x0004 /* writing would not wait */
#define POLLERR	 0x0008 /* told always: nobody reads any more */
#define POLLHUP	 0x0010 /* told always: nobody writes any more */
#define POLLNVAL 0x0020 /* told always: the descriptor is not open */

#define POLLRDNORM POLLIN
#define POLLWRNORM POLLOUT

struct pollfd {
	int fd; /* negative: passed over */
	short events;
	short revents;
};

#endif
