/* SPDX-License-Identifier: MIT */
/*
 * poll() and select().
 *
 * The kernel waits until a moment, and returns when anything has changed about any file that
 * somebody waits for, so it is asked again until there is an answer.
 */
#include "syscall.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <croft.h>

#define MS_PER_S  1000
#define NS_PER_MS 1000000
#define NS_PER_US 1000
#define NS_PER_S  1000000000

/* @wait: NULL: for ever. */
static int wait_for(struct pollfd *fds, nfds_t nfds, const struct timespec *wait)
{
	struct timespec until = { 0 };
	long result;

	if (wait && (wait->tv_sec || wait->tv_nsec)) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += wait->tv_sec;
		until.tv_nsec += wait->tv_nsec;
		if (until.tv_nsec >= NS_PER_S) {
			until.tv_nsec -= NS_PER_S;
			until.tv_sec++;
		}
	}
	do
		result = __croft_cancel_5
				 ? __croft_cancel_5((long)fds, (long)nfds,
						    (long)(wait ? &until : NULL), 0, 0, SYS_poll)
				 : __sys_poll(fds, nfds, wait ? &until : NULL);
	while (result == -EAGAIN);
	return result == -ETIMEDOUT ? 0 : (int)syscall_result(result);
}

int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	struct timespec wait = { .tv_sec = timeout / MS_PER_S,
				 .tv_nsec = timeout % MS_PER_S * (long)NS_PER_MS };

	return wait_for(fds, nfds, timeout < 0 ? NULL : &wait);
}

static bool is_in(const fd_set *set, int fd)
{
	return set && FD_ISSET(fd, set);
}

/* Keep @fd in a set in which it was asked for, if it is @ready. */
static int keep(fd_set *set, int fd, bool ready)
{
	if (!is_in(set, fd))
		return 0;
	if (!ready)
		FD_CLR(fd, set);
	return ready;
}

/* Nothing exceptional ever happens to a file here. */
int select(int nfds, fd_set *read, fd_set *write, fd_set *except, struct timeval *timeout)
{
	long max = system_info(INFO_OPEN_MAX);
	struct pollfd fds[FD_SETSIZE];
	struct timespec wait;
	nfds_t n = 0;
	int found;

	if (nfds < 0 || nfds > FD_SETSIZE ||
	    (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0 ||
			 timeout->tv_usec >= NS_PER_S / NS_PER_US))) {
		errno = EINVAL;
		return -1;
	}
	for (int fd = 0; fd < nfds; fd++) {
		int events = (is_in(read, fd) ? POLLIN : 0) | (is_in(write, fd) ? POLLOUT : 0);

		if (!events && !is_in(except, fd))
			continue;
		if (fd >= max) {
			errno = EBADF;
			return -1;
		}
		fds[n++] = (struct pollfd){ .fd = fd, .events = (short)events };
	}
	if (timeout)
		wait = (struct timespec){ timeout->tv_sec, timeout->tv_usec * NS_PER_US };
	if (wait_for(fds, n, timeout ? &wait : NULL) < 0)
		return -1;
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents & POLLNVAL) {
			errno = EBADF;
			return -1;
		}
	found = 0;
	for (nfds_t i = 0; i < n; i++) {
		found += keep(read, fds[i].fd, fds[i].revents & (POLLIN | POLLHUP | POLLERR));
		found += keep(write, fds[i].fd, fds[i].revents & (POLLOUT | POLLERR));
		keep(except, fds[i].fd, false);
	}
	return found;
}
