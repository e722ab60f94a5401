/* SPDX-License-Identifier: MIT */
/*
 * Priorities along calls between processes: an urgent caller waits for the work it has asked for,
 * and not for what is less urgent than itself.
 *
 *	H(30) --call--> A(20) --call--> B(15) --call--> C(10), which works for WORK ms
 *
 * and a process of priority 25 that spins much longer.  Over channels C works with priority 30; the
 * same chain over pipes, which lend nothing, shows what happens without.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <channel.h>

#include "tap.h"

#define WORK  100 /* ms */
#define SPIN  800
#define DEPTH 3

static const int priorities[DEPTH] = { 20, 15, 10 };

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void become(int priority)
{
	pthread_setschedprio(pthread_self(), priority);
}

/* Have all others run until they wait. */
static void let_run(void)
{
	become(5);
	become(16);
}

/* Processor time, for what one does itself: ticks that pass while another runs count not. */
static void work(int ms)
{
	for (long last = now_ms(), done = 0; done < ms;) {
		long now = now_ms();

		done += now - last <= 20 ? now - last : 0;
		last = now;
	}
}

/* Descriptors in a number, since a part is given two. */
#define PACK(a, b) ((a) | (b) << 8)
#define LOW(n)	   ((int)((n)&0xff))
#define HIGH(n)	   ((int)((n) >> 8 & 0xff))

/* ---- Parts ---- */

/* Serve a channel by calling the next, or by work where there is none. */
static int serve(long channels, long priority)
{
	unsigned int words[CHANNEL_WORDS];
	int id = 0, receiver = LOW(channels), next = HIGH(channels);

	become((int)priority);
	while ((id = channel_reply_receive(receiver, id, 0, words)) > 0)
		if (!next)
			work(WORK);
		else if (channel_call(next, words, NULL) < 0)
			return 1;
	return 0;
}

/* The same over pipes: a byte in, a byte out. */
static int relay(long ours, long theirs)
{
	int in = LOW(ours), out = HIGH(ours), to = LOW(theirs), from = HIGH(theirs);
	char c;

	become((int)(theirs >> 16));
	while (read(in, &c, 1) == 1) {
		if (!to)
			work(WORK);
		else if (write(to, &c, 1) != 1 || read(from, &c, 1) != 1)
			return 1;
		if (write(out, &c, 1) != 1)
			return 1;
	}
	return 0;
}

static int spin(long ready, long b)
{
	(void)b;
	become(25);
	write((int)ready, "s", 1);
	for (long end = now_ms() + SPIN; now_ms() < end;)
		;
	return 0;
}

static const struct part parts[] = {
	{ "serve", serve }, { "relay", relay }, { "spin", spin }, { 0 }
};

/* ---- Tests ---- */

static pid_t spinner;

/* A spinner that is ready to go as soon as nobody more urgent is. */
static void start_spinner(void)
{
	int ready[2];
	char c;

	pipe(ready);
	become(31);
	spinner = part_start("spin", ready[1], 0);
	read(ready[0], &c, 1);
	close(ready[0]), close(ready[1]);
}

static void end_all(const pid_t *pids, int n)
{
	become(16);
	part_status(spinner);
	for (int i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		part_status(pids[i]);
	}
}

/* A chain of servers over channels, the last first.  What calls the first. */
static int make_chain(pid_t *pids, int n)
{
	int next = 0, ends[2];

	for (int i = n; i-- > 0;) {
		channel_create(ends);
		fcntl(ends[0], F_SETFD, 0);
		if (next)
			fcntl(next, F_SETFD, 0);
		pids[i] = part_start("serve", PACK(ends[0], next), priorities[DEPTH - n + i]);
		close(ends[0]);
		if (next)
			close(next);
		next = ends[1];
	}
	return next;
}

/* How long a call takes while there is one that spins. */
static long by_channels(int n)
{
	unsigned int words[CHANNEL_WORDS] = { 1 };
	pid_t pids[DEPTH];
	int first = make_chain(pids, n);
	long begun;

	let_run();
	start_spinner();
	become(30);
	begun = now_ms();
	channel_call(first, words, NULL);
	begun = now_ms() - begun;
	end_all(pids, n);
	close(first);
	return begun;
}

static long by_pipes(int n)
{
	pid_t pids[DEPTH];
	int to = 0, from = 0, in[2], out[2];
	long begun;
	char c = 'c';

	for (int i = n; i-- > 0;) {
		pipe(in);
		pipe(out);
		pids[i] = part_start("relay", PACK(in[0], out[1]),
				     PACK(to, from) | priorities[DEPTH - n + i] << 16);
		close(in[0]), close(out[1]);
		if (to)
			close(to), close(from);
		to = in[1];
		from = out[0];
	}
	let_run();
	start_spinner();
	become(30);
	begun = now_ms();
	write(to, &c, 1);
	read(from, &c, 1);
	begun = now_ms() - begun;
	end_all(pids, n);
	close(to), close(from);
	return begun;
}

/* ---- A mutex first, then calls ---- */

static pthread_mutex_t mutex;
static int chain;

/* Priority 22: has the mutex while it calls. */
static void *holder(void *ready)
{
	unsigned int words[CHANNEL_WORDS] = { 1 };
	char c = 'h';

	pthread_mutex_lock(&mutex);
	write(*(int *)ready, &c, 1);
	channel_call(chain, words, NULL);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

/* How long H waits for the mutex, whose holder waits for A, which waits for B, that works. */
static long by_mutex_and_channels(int protocol)
{
	struct sched_param param = { .sched_priority = 22 };
	pthread_mutexattr_t of_mutex;
	pthread_attr_t of_thread;
	pthread_t thread;
	pid_t pids[2];
	int ready[2];
	long begun;
	char c;

	pthread_mutexattr_init(&of_mutex);
	pthread_mutexattr_setprotocol(&of_mutex, protocol);
	pthread_mutex_init(&mutex, &of_mutex);
	chain = make_chain(pids, 2);
	let_run();
	pipe(ready);
	become(31);
	pthread_attr_init(&of_thread);
	pthread_attr_setstacksize(&of_thread, PTHREAD_STACK_MIN);
	pthread_attr_setinheritsched(&of_thread, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&of_thread, &param);
	pthread_create(&thread, &of_thread, holder, &ready[1]);
	read(ready[0], &c, 1);
	close(ready[0]), close(ready[1]);
	start_spinner();
	become(30);
	begun = now_ms();
	pthread_mutex_lock(&mutex);
	begun = now_ms() - begun;
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	end_all(pids, 2);
	close(chain);
	return begun;
}

/* The host may be busy, but the spinner is not what was waited for. */
static int is_bounded(long ms)
{
	return ms >= WORK / 2 && ms < SPIN * 3 / 4;
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);
	long one = by_channels(1), three = by_channels(DEPTH), pipes = by_pipes(DEPTH);
	long with = by_mutex_and_channels(PTHREAD_PRIO_INHERIT);
	long without = by_mutex_and_channels(PTHREAD_PRIO_NONE);

	note("ms, one call", one);
	note("ms, three calls", three);
	note("ms, the same over pipes", pipes);
	note("ms, a mutex and two calls", with);
	note("ms, the same, the mutex lends nothing", without);
	OK(is_bounded(one), "a caller waits for the work");
	OK(is_bounded(three), "and through three processes no longer");
	OK(pipes >= SPIN * 9 / 10, "over pipes it waits for the spinner too");
	OK(is_bounded(with), "a mutex and calls make one chain");
	OK(without >= SPIN * 9 / 10, "without inheritance they do not");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
