/* SPDX-License-Identifier: MIT */
/* mq_notify(), apart, since SIGEV_THREAD brings threads into the program. */
#include "syscall.h"

#include <mqueue.h>

#include "notify.h"

static int notify_by_thread(mqd_t queue, const struct sigevent *event)
{
	int tid, key = __croft_notify_begin(event, NOTIFY_QUEUE, queue, &tid), result;

	if (key < 0)
		return (int)syscall_result(key);
	result = (int)__call_mq_notify(queue, NOTIFY_SIGNAL, (unsigned long)key, tid);
	if (result)
		__croft_notify_cancel(key);
	return result;
}

int mq_notify(mqd_t queue, const struct sigevent *event)
{
	int how = CROFT_MQ_FORGET;

	if (event && event->sigev_notify == SIGEV_THREAD)
		return notify_by_thread(queue, event);
	if (event && event->sigev_notify == SIGEV_NONE)
		how = CROFT_MQ_NONE;
	else if (event)
		how = event->sigev_notify == SIGEV_SIGNAL && event->sigev_signo > 0
			      ? event->sigev_signo
			      : NSIG;
	else
		__croft_notify_end(NOTIFY_QUEUE, queue);
	return (int)__call_mq_notify(queue, how,
				     event ? (unsigned long)event->sigev_value.sival_ptr : 0, 0);
}
