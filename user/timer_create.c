/* SPDX-License-Identifier: MIT */
/* Making timers and deleting them; apart, since SIGEV_THREAD brings threads into the program. */
#include "syscall.h"

#include <signal.h>
#include <time.h>

#include "notify.h"

/* A timer whose end the library's thread is told of. */
static int create_for_thread(clockid_t clock, const struct sigevent *event)
{
	int tid, id, key = __croft_notify_begin(event, NOTIFY_TIMER, -1, &tid);

	if (key < 0)
		return key;
	id = (int)__sys_timer_create((int)clock, SIGEV_SIGNAL, NOTIFY_SIGNAL, (unsigned long)key,
				     tid);
	if (id < 0)
		__croft_notify_cancel(key);
	else
		__croft_notify_is(key, id);
	return id;
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
	unsigned long value = event ? (unsigned long)event->sigev_value.sival_ptr : 0;
	int notify = event ? event->sigev_notify : SIGEV_SIGNAL;
	int sig = event ? event->sigev_signo : SIGALRM;
	int id = notify == SIGEV_THREAD
			 ? create_for_thread(clock, event)
			 : (int)__sys_timer_create((int)clock, notify, sig, value, 0);

	if (syscall_result(id) < 0)
		return -1;
	*timer = (timer_t)id;
	return 0;
}

int timer_delete(timer_t timer)
{
	if (__call_timer_delete((int)timer))
		return -1;
	__croft_notify_end(NOTIFY_TIMER, (int)timer);
	return 0;
}
