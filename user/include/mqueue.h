/* SPDX-License-Identifier: MIT */
/*
 * Message queues.  Source: POSIX.1-2017 <mqueue.h>.
 */
#ifndef _MQUEUE_H
#define _MQUEUE_H

#include <sys/cdefs.h>
#include <sys/types.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include <croft/mqueue.h>

#define MQ_PRIO_MAX CROFT_MQ_PRIO_MAX

typedef int mqd_t; /* a descriptor: it can be polled, and closed */

struct mq_attr {
	long mq_flags; /* O_NONBLOCK */
	long mq_maxmsg;
	long mq_msgsize;
	long mq_curmsgs;
};

__BEGIN_DECLS

/* The name begins with the only slash in it.  With O_CREAT: mode_t, and struct mq_attr * or NULL. */
mqd_t mq_open(const char *name, int oflag, ...);
int mq_close(mqd_t queue);
int mq_unlink(const char *name);

int mq_send(mqd_t queue, const char *message, size_t len, unsigned int priority);
int mq_timedsend(mqd_t queue, const char *message, size_t len, unsigned int priority,
		 const struct timespec *until);
ssize_t mq_receive(mqd_t queue, char *message, size_t len, unsigned int *priority);
ssize_t mq_timedreceive(mqd_t queue, char *__restrict message, size_t len,
			unsigned int *__restrict priority, const struct timespec *__restrict until);

int mq_notify(mqd_t queue, const struct sigevent *event);
int mq_getattr(mqd_t queue, struct mq_attr *attr);
int mq_setattr(mqd_t queue, const struct mq_attr *__restrict attr, struct mq_attr *__restrict old);

__END_DECLS

#endif
