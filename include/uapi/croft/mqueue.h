/* SPDX-License-Identifier: MIT */
/* Message queues: their attributes, and the numbers of mq_notify(). */
#ifndef CROFT_UAPI_MQUEUE_H
#define CROFT_UAPI_MQUEUE_H

#define CROFT_MQ_DIR "/dev/mqueue"

#define CROFT_MQ_PRIO_MAX 32   /* one more than the most urgent */
#define CROFT_MQ_MAXMSG	  8    /* messages, of a queue for which nothing is asked */
#define CROFT_MQ_MSGSIZE  64   /* and bytes in each */
#define CROFT_MQ_LIMIT	  4096 /* most messages, and most bytes in one */

/* Of the same layout as struct mq_attr. */
struct croft_mq_attr {
	long flags; /* O_NONBLOCK */
	long maxmsg, msgsize, curmsgs;
};

/* What is done when a message comes to an empty queue. */
#define CROFT_MQ_FORGET (-1) /* nothing any more */
#define CROFT_MQ_NONE	0    /* nothing, but nobody else is told */
/* else: the number of a signal */

#endif
