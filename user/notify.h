/* SPDX-License-Identifier: MIT */
/*
 * SIGEV_THREAD: functions that are called when a timer or a message queue has something to tell.
 *
 * One thread of the library calls them all, one after the other.  The kernel sends it, and it
 * alone, a signal, whose value is the key of a notification; so one that has gone meanwhile is not
 * found, and nothing is called.
 */
#ifndef USER_NOTIFY_H
#define USER_NOTIFY_H

#include <signal.h>

/* Of the thread alone: what else is sent of it to the process is as ever. */
#define NOTIFY_SIGNAL SIGLOST

enum notify_source { NOTIFY_TIMER, NOTIFY_QUEUE };

/**
 * __croft_notify_begin - make one, and the thread where there is none
 * @id:  -1: not known yet; __croft_notify_is() tells it
 * @tid: set to whom the signal is to be sent
 *
 * Return: its key, or -EAGAIN.
 */
int __croft_notify_begin(const struct sigevent *event, enum notify_source source, int id, int *tid);
void __croft_notify_is(int key, int id);
void __croft_notify_cancel(int key);

/* That timer or queue has nothing to tell any more.  NULL where the program has no such function. */
void __croft_notify_end(enum notify_source source, int id) __attribute__((weak));

#endif
