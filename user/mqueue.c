/* SPDX-License-Identifier: MIT */
/* Message queues: files in /dev/mqueue, each known by its name there with a slash before it. */
#include "thread.h"

#include <mqueue.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <croft/dirent.h>
#include <croft/limits.h>

#include "notify.h"

_Static_assert(sizeof(struct mq_attr) == sizeof(struct croft_mq_attr), "the kernel's own");

/* "/name" as a path.  EINVAL, ENAMETOOLONG. */
static int path_of(const char *name, char path[CROFT_PATH_MAX])
{
	size_t len = strlen(name);

	if (name[0] != '/' || len < 2 || strchr(name + 1, '/'))
		return EINVAL;
	if (len > CROFT_NAME_MAX + 1)
		return ENAMETOOLONG;
	strcpy(path, CROFT_MQ_DIR);
	strcat(path, name);
	return 0;
}

mqd_t mq_open(const char *name, int oflag, ...)
{
	const struct croft_mq_attr *attr = NULL;
	char path[CROFT_PATH_MAX];
	unsigned int mode = 0;
	int error = path_of(name, path);
	va_list args;

	if (error)
		return (mqd_t)syscall_result(-error);
	if (oflag & O_CREAT) {
		va_start(args, oflag);
		mode = va_arg(args, unsigned int);
		attr = va_arg(args, const struct croft_mq_attr *);
		va_end(args);
	}
	return (mqd_t)__call_mq_open(path, oflag, mode, attr);
}

/* POSIX: who closes it is not told of it any more. */
int mq_close(mqd_t queue)
{
	if (__call_mq_notify(queue, CROFT_MQ_FORGET, 0, 0))
		return -1;
	if (__croft_notify_end)
		__croft_notify_end(NOTIFY_QUEUE, queue);
	return close(queue);
}

int mq_unlink(const char *name)
{
	char path[CROFT_PATH_MAX];
	int error = path_of(name, path);

	return error ? (int)syscall_result(-error) : __croft_object_unlink(path);
}

/* A time is asked for only where one would wait: what is wrong with it is told by the kernel. */
static const struct timespec *deadline(const struct timespec *until, struct timespec *there)
{
	if (!until)
		return NULL;
	if (__croft_deadline(CLOCK_REALTIME, until, there))
		there->tv_nsec = -1;
	return there;
}

static int send_by(mqd_t queue, const char *message, size_t len, unsigned int priority,
		   const struct timespec *until)
{
	if (__croft_cancel_5)
		return (int)CANCEL_5(mq_send, queue, message, len, priority, until);
	return (int)__call_mq_send(queue, message, len, priority, until);
}

static ssize_t receive_by(mqd_t queue, char *message, size_t len, unsigned int *priority,
			  const struct timespec *until)
{
	if (__croft_cancel_5)
		return (ssize_t)CANCEL_5(mq_receive, queue, message, len, priority, until);
	return (ssize_t)__call_mq_receive(queue, message, len, priority, until);
}

int mq_timedsend(mqd_t queue, const char *message, size_t len, unsigned int priority,
		 const struct timespec *until)
{
	struct timespec there;

	return send_by(queue, message, len, priority, deadline(until, &there));
}

int mq_send(mqd_t queue, const char *message, size_t len, unsigned int priority)
{
	return send_by(queue, message, len, priority, NULL);
}

ssize_t mq_timedreceive(mqd_t queue, char *restrict message, size_t len,
			unsigned int *restrict priority, const struct timespec *restrict until)
{
	struct timespec there;

	return receive_by(queue, message, len, priority, deadline(until, &there));
}

ssize_t mq_receive(mqd_t queue, char *message, size_t len, unsigned int *priority)
{
	return receive_by(queue, message, len, priority, NULL);
}

int mq_getattr(mqd_t queue, struct mq_attr *attr)
{
	return (int)__call_mq_attr(queue, NULL, (struct croft_mq_attr *)attr);
}

int mq_setattr(mqd_t queue, const struct mq_attr *restrict attr, struct mq_attr *restrict old)
{
	return (int)__call_mq_attr(queue, (const struct croft_mq_attr *)attr,
				   (struct croft_mq_attr *)old);
}
