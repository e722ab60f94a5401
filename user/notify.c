/* SPDX-License-Identifier: MIT */
/* The thread that calls the functions of SIGEV_THREAD.  See notify.h. */
#include "notify.h"

#include "thread.h"

#include <stdlib.h>

struct notification {
	struct notification *next;
	int key;
	enum notify_source source;
	int id; /* of the timer or the queue */
	void (*function)(union sigval);
	union sigval value;
};

static struct notification *notifications;
static unsigned int lock; /* of them; not held while a function is called */
static int last_key;
static pthread_t helper;
static bool has_helper;

static struct notification **find_key(int key)
{
	struct notification **link = &notifications;

	while (*link && (*link)->key != key)
		link = &(*link)->next;
	return link;
}

static void drop(struct notification **link)
{
	struct notification *it = *link;

	*link = it->next;
	free(it);
}

/* A queue tells once, a timer as long as it is there. */
static void call(int key)
{
	struct notification it = { .function = NULL }, **link;

	__croft_lock(&lock, NULL);
	link = find_key(key);
	if (*link) {
		it = **link;
		if (it.source == NOTIFY_QUEUE)
			drop(link);
	}
	__croft_unlock(&lock);
	if (it.function)
		it.function(it.value);
}

static void *help(void *arg)
{
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, NOTIFY_SIGNAL);
	for (;;)
		if (sigwaitinfo(&set, &info) == NOTIFY_SIGNAL &&
		    (info.si_code == SI_TIMER || info.si_code == SI_MESGQ))
			call(info.si_value.sival_int);
	return arg;
}

/* It blocks every signal: those of the process are for other threads. */
static int start(const pthread_attr_t *attr)
{
	sigset_t all, before;
	int error;

	if (has_helper)
		return 0;
	sigfillset(&all);
	__sys_sigprocmask(SIG_BLOCK, (unsigned int *)&all, (unsigned int *)&before);
	error = pthread_create(&helper, attr, help, NULL);
	__sys_sigprocmask(SIG_SETMASK, (unsigned int *)&before, NULL);
	has_helper = error == 0;
	return error;
}

int __croft_notify_begin(const struct sigevent *event, enum notify_source source, int id, int *tid)
{
	struct notification *it = malloc(sizeof(*it));
	int key = -EAGAIN;

	__croft_lock(&lock, NULL);
	if (it && start(event->sigev_notify_attributes) == 0) {
		key = ++last_key;
		*tid = (int)WORD_LOAD(&helper->tid);
		*it = (struct notification){ .next = notifications,
					     .key = key,
					     .source = source,
					     .id = id,
					     .function = event->sigev_notify_function,
					     .value = event->sigev_value };
		notifications = it;
		it = NULL;
	}
	__croft_unlock(&lock);
	free(it);
	return key;
}

void __croft_notify_is(int key, int id)
{
	struct notification **link;

	__croft_lock(&lock, NULL);
	link = find_key(key);
	if (*link)
		(*link)->id = id;
	__croft_unlock(&lock);
}

void __croft_notify_cancel(int key)
{
	struct notification **link;

	__croft_lock(&lock, NULL);
	link = find_key(key);
	if (*link)
		drop(link);
	__croft_unlock(&lock);
}

void __croft_notify_end(enum notify_source source, int id)
{
	struct notification **link = &notifications;

	__croft_lock(&lock, NULL);
	while (*link)
		if ((*link)->source == source && (*link)->id == id)
			drop(link);
		else
			link = &(*link)->next;
	__croft_unlock(&lock);
}
