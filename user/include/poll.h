/* SPDX-License-Identifier: MIT */
/*
 * Waiting for any of several files, which newlib leaves to the system.
 *
 * Source: POSIX.1-2017 <poll.h>.
 */
#ifndef _POLL_H
#define _POLL_H

#include <sys/cdefs.h>

#include <croft/poll.h>

typedef unsigned int nfds_t;

__BEGIN_DECLS

int poll(struct pollfd *fds, nfds_t nfds, int timeout);

__END_DECLS

#endif
