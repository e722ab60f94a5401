/* SPDX-License-Identifier: MIT */
/*
 * Attack 42: timers, messages, signals and waits that outlive their process.  Whatever was under way
 * when a process ended reaches nobody else, holds nobody up, and leaves nothing behind.
 */
#include <channel.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include <generated/syscalls.h>

#include "tap.h"

#define ROUNDS	 30
#define SOON	 30000 /* microseconds */
#define MOMENT	 3000  /* of which random moments are made */
#define QUEUE	 "/outlive"
#define PRIORITY 20 /* of who waits for the lock */

/* In a page of a RAM file, which all parts map. */
static struct shared {
	sem_t sem;
	pthread_mutex_t mutex;
	volatile int is_locked, goes_on;
} * shared;
static int shared_fd;

static void map(int fd)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static unsigned int random_below(unsigned int n)
{
	static unsigned int seed = 42;

	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static void nothing(int sig)
{
	(void)sig;
}

/* ---- Those that end. ---- */

/* Have all timers come all the time: @a 1: handled, 0: blocked. */
static int times(long a, long b)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec often = { .it_value.tv_nsec = 1000, .it_interval.tv_nsec = 1000 };
	struct itimerval alarms = { .it_value.tv_usec = 3000, .it_interval.tv_usec = 1000 };
	sigset_t set;
	timer_t timer;

	(void)b;
	sigfillset(&set);
	if (a)
		signal(SIGUSR1, nothing), signal(SIGALRM, nothing);
	else
		sigprocmask(SIG_BLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &alarms, NULL);
	while (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &often, NULL);
	for (;;)
		if (a)
			pause();
	return 0;
}

/* A timer for a thread that has ended, or that ends with its signal pending. */
static void *leave(void *arg)
{
	struct itimerspec soon = { .it_value.tv_nsec = 2000000 };
	sigset_t set;
	long id =
		__sys_timer_create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0, (int)__sys_gettid());

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	__sys_timer_settime((int)id, 0, &soon, NULL);
	return arg;
}

static int threads_timer(long a, long b)
{
	pthread_t thread;

	(void)a;
	(void)b;
	for (int i = 0; i < 5; i++) {
		pthread_create(&thread, NULL, leave, NULL);
		pthread_join(thread, NULL);
	}
	usleep(SOON); /* SIGUSR1 would end us */
	return 0;
}

static int wait_sem(long fd, long b)
{
	(void)b;
	map((int)fd);
	return sem_wait(&shared->sem);
}

/* Hold the lock, for ever or until told. */
static int own(long fd, long b)
{
	(void)b;
	map((int)fd);
	pthread_mutex_lock(&shared->mutex);
	shared->is_locked = 1;
	while (!shared->goes_on)
		usleep(1000);
	pthread_mutex_unlock(&shared->mutex);
	return 0;
}

static int contend(long fd, long b)
{
	(void)b;
	map((int)fd);
	pthread_setschedprio(pthread_self(), PRIORITY);
	return pthread_mutex_lock(&shared->mutex);
}

/* Call, and be asked for a word. */
static int call(long fd, long b)
{
	unsigned int words[CHANNEL_WORDS] = { 0 };

	(void)b;
	return channel_call((int)fd, words, NULL) < 0 ? errno : 0;
}

/* Take a call and never answer. */
static int take(long fd, long b)
{
	unsigned int words[CHANNEL_WORDS];

	close((int)b);
	channel_receive((int)fd, words, NULL);
	pause();
	return 0;
}

/* Answer one call, and no more. */
static int answer(long fd, long b)
{
	unsigned int words[CHANNEL_WORDS];

	close((int)b);
	channel_reply((int)fd, channel_receive((int)fd, words, NULL), 0, words);
	pause();
	return 0;
}

static int poll_it(long fd, long b)
{
	struct pollfd poller = { .fd = (int)fd, .events = POLLIN };

	(void)b;
	poll(&poller, 1, -1);
	return 0;
}

/* ---- One with a thread in each call that waits. ---- */

static int pipe_end, channel_end;

static void *in_sem(void *arg)
{
	sem_wait(&shared->sem);
	return arg;
}

static void *in_read(void *arg)
{
	char c;

	read(pipe_end, &c, 1);
	return arg;
}

static void *in_lock(void *arg)
{
	pthread_setschedprio(pthread_self(), PRIORITY);
	pthread_mutex_lock(&shared->mutex);
	return arg;
}

static void *in_call(void *arg)
{
	call(channel_end, 0);
	return arg;
}

static void *in_queue(void *arg)
{
	char c;

	mq_receive(mq_open(QUEUE, O_RDWR), &c, 1, NULL);
	return arg;
}

static void *in_sleep(void *arg)
{
	usleep(4 * SOON);
	return arg;
}

static void *in_poll(void *arg)
{
	poll_it(pipe_end, 0);
	return arg;
}

static void *in_signal(void *arg)
{
	sigset_t set;
	int sig;

	sigfillset(&set);
	sigwait(&set, &sig);
	return arg;
}

static int many(long fd, long others)
{
	static void *(*const waits[])(void *) = { in_sem,   in_read,  in_lock, in_call,
						  in_queue, in_sleep, in_poll, in_signal };
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all;

	map((int)fd);
	pipe_end = (int)(others & 255);
	channel_end = (int)(others >> 8);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	pthread_attr_setguardsize(&attr, 0);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (pthread_create(&thread, &attr, waits[i], NULL))
			return 1;
	shared->is_locked = 1;
	pause();
	return 0;
}

/* Collect signals, stopped or not, until killed. */
static int collect(long a, long b)
{
	sigset_t set;

	(void)b;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (a)
		raise(SIGSTOP);
	for (;;)
		usleep(SOON);
	return 0;
}

static int watch(long a, long b)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

	(void)a;
	(void)b;
	return mq_notify(mq_open(QUEUE, O_RDONLY), &event);
}

/* Lend one's memory to a child that outlives one. */
static int lend(long fd, long b)
{
	pid_t pid = vfork();
	char c;

	(void)b;
	if (pid == 0) {
		read((int)fd, &c, 1);
		_exit(0);
	}
	return 0;
}

/* ---- Those that come after, in the same records: any signal that is not theirs ends them. ---- */

static int quiet(long a, long b)
{
	(void)b;
	usleep((useconds_t)a);
	return 0;
}

static const struct part parts[] = { { "times", times },
				     { "threads_timer", threads_timer },
				     { "sem", wait_sem },
				     { "own", own },
				     { "contend", contend },
				     { "call", call },
				     { "take", take },
				     { "answer", answer },
				     { "poll", poll_it },
				     { "many", many },
				     { "collect", collect },
				     { "watch", watch },
				     { "lend", lend },
				     { "quiet", quiet },
				     { 0 } };

static int killed(pid_t pid)
{
	kill(pid, SIGKILL);
	return part_died(pid, SIGKILL);
}

static void test_timers(void)
{
	int good = 1, calm = 1;

	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = part_start("times", i & 1, 0);

		usleep(random_below(MOMENT));
		if (i & 2)
			kill(pid, SIGSTOP);
		good &= killed(pid);
		calm &= part_ended(part_start("quiet", 5000, 0), 0);
	}
	OK(good, "processes end with all timers under way");
	OK(calm, "those that come after get none of their signals");
	OK(part_ended(part_start("threads_timer", 0, 0), 0),
	   "a timer outlives its thread: nothing");
}

static void test_waits(void)
{
	struct timespec now = { 0 };
	int fds[2];
	pid_t a, b;

	sem_init(&shared->sem, 1, 0);
	a = part_start("sem", shared_fd, 0);
	b = part_start("sem", shared_fd, 0);
	usleep(SOON);
	OK(killed(a), "who waits for a semaphore is killed");
	sem_post(&shared->sem);
	OK(part_ended(b, 0), "the post is for the one who is left");
	sem_post(&shared->sem);
	OK(sem_timedwait(&shared->sem, &now) == 0, "a post with nobody left stays");

	pipe(fds);
	a = part_start("poll", fds[0], 0);
	usleep(SOON);
	OK(killed(a), "who polls is killed");
	write(fds[1], "x", 1);
	OK(part_ended(part_start("poll", fds[0], 0), 0), "what it polled for is there for others");
	close(fds[1]);
	close(fds[0]);

	pipe(fds);
	a = part_start("lend", fds[0], 0);
	usleep(SOON);
	OK(killed(a), "who waits for a vfork child is killed");
	OK(part_ended(part_start("quiet", 1000, 0), 0), "others run");
	write(fds[1], "x", 1);
	usleep(SOON);
	close(fds[1]);
	close(fds[0]);
}

static void test_locks(void)
{
	pthread_mutexattr_t attr;
	pid_t owner, waiter;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (int who = 0; who < 2; who++) {
		pthread_mutex_init(&shared->mutex, &attr);
		shared->is_locked = shared->goes_on = 0;
		owner = part_start("own", shared_fd, 0);
		while (!shared->is_locked)
			usleep(1000);
		waiter = part_start("contend", shared_fd, 0);
		usleep(SOON);
		if (who == 0) {
			OK(killed(waiter), "a donor is killed");
			shared->goes_on = 1;
			OK(part_ended(owner, 0), "the owner goes on, and unlocks");
		} else {
			OK(killed(owner), "the owner is killed");
			OK(part_ended(waiter, EOWNERDEAD), "the waiter learns of it");
		}
	}
}

static void test_messages(void)
{
	struct timespec t;
	unsigned int words[CHANNEL_WORDS];
	int ends[2], id;
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	mqd_t queue;
	pid_t pid;
	char c;

	channel_create(ends);
	fcntl(ends[1], F_SETFD, 0);
	pid = part_start("call", ends[1], 0);
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += 3;
	id = channel_receive(ends[0], words, &t);
	OK(id > 0, "a call is received");
	OK(killed(pid), "its caller is killed");
	OK(channel_reply(ends[0], id, 0, words) == -1, "there is nobody to reply to");
	pid = part_start("call", ends[1], 0);
	do
		id = channel_receive(ends[0], words, &t);
	while (id == 0); /* that the caller has gone */
	OK(id > 0 && channel_reply(ends[0], id, 0, words) == 0, "the next call is received");
	OK(part_ended(pid, 0), "and answered");
	pid = part_start("call", ends[1], 0);
	usleep(SOON);
	OK(killed(pid), "a caller is killed that nobody has received");
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec = 999999999;
	while ((id = channel_receive(ends[0], words, &t)) == 0)
		;
	OK(id == -1 && errno == ETIMEDOUT, "its call is gone");
	close(ends[0]);
	close(ends[1]);

	channel_create(ends);
	fcntl(ends[0], F_SETFD, 0);
	fcntl(ends[1], F_SETFD, 0);
	id = part_start("take", ends[0], ends[1]);
	close(ends[0]);
	pid = part_start("call", ends[1], 0);
	usleep(SOON);
	OK(killed(id), "a receiver is killed that owes a reply");
	OK(part_ended(pid, EPIPE), "its caller learns of it");
	close(ends[1]);

	queue = mq_open(QUEUE, O_RDWR | O_CREAT, 0600, &attr);
	part_ended(part_start("watch", 0, 0), 0);
	pid = part_start("quiet", 2 * SOON, 0);
	mq_send(queue, "x", 1, 0);
	OK(part_ended(pid, 0), "a watcher of a queue that has ended is told nothing");
	IS(mq_receive(queue, &c, 1, NULL), 1, "the message is there");
	mq_close(queue);
	mq_unlink(QUEUE);
}

/* The threads that wait are not the one that ends the process. */
static void test_threads(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	unsigned int words[CHANNEL_WORDS];
	pthread_mutexattr_t inherit;
	int fds[2], ends[2], good = 0;
	struct timespec t;
	mqd_t queue;
	pid_t pid;
	char c;

	pthread_mutexattr_init(&inherit);
	pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&shared->mutex, &inherit);
	sem_init(&shared->sem, 1, 0);
	pipe(fds);
	channel_create(ends);
	fcntl(ends[1], F_SETFD, 0);
	queue = mq_open(QUEUE, O_RDWR | O_CREAT, 0600, &attr);
	pthread_mutex_lock(&shared->mutex);
	for (int i = 0; i < 3; i++) {
		shared->is_locked = 0;
		pid = part_start("many", shared_fd, ends[1] << 8 | fds[0]);
		while (!shared->is_locked && waitpid(pid, NULL, WNOHANG) == 0)
			usleep(1000);
		usleep(SOON);
		good += killed(pid);
	}
	IS(good, 3, "one is killed with a thread in each call that waits, three times");
	usleep(6 * SOON);
	IS(pthread_mutex_unlock(&shared->mutex), 0, "what they waited for: a lock");
	IS(pthread_mutex_trylock(&shared->mutex), 0, "is nobody's");
	pthread_mutex_unlock(&shared->mutex);
	OK(sem_post(&shared->sem) == 0 && sem_trywait(&shared->sem) == 0, "a post is for others");
	OK(write(fds[1], "x", 1) == 1 && read(fds[0], &c, 1) == 1, "so is what a pipe has");
	OK(mq_send(queue, "x", 1, 0) == 0 && mq_receive(queue, &c, 1, NULL) == 1, "and a queue");
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec++;
	while (channel_receive(ends[0], words, &t) == 0)
		;
	IS(errno, ETIMEDOUT, "and nobody calls");
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		close(ends[i]);
	}
	mq_close(queue);
	mq_unlink(QUEUE);
}

/* Who received last is lent the priority of who calls: but not when it has ended. */
static void test_receiver(void)
{
	unsigned int words[CHANNEL_WORDS];
	int ends[2], id;
	pid_t pid, last;

	channel_create(ends);
	fcntl(ends[0], F_SETFD, 0);
	fcntl(ends[1], F_SETFD, 0);
	pid = part_start("call", ends[1], 0);
	last = part_start("answer", ends[0], ends[1]);
	OK(part_ended(pid, 0), "one of two receivers answers a call");
	OK(killed(last), "and is killed");
	pid = part_start("call", ends[1], 0);
	usleep(SOON);
	for (int i = 0; i < 3; i++)
		part_status(part_start("quiet", 0, 0));
	while ((id = channel_receive(ends[0], words, NULL)) == 0)
		;
	OK(channel_reply(ends[0], id, 0, words) == 0 && part_ended(pid, 0),
	   "the other takes the next call");
	close(ends[0]);
	close(ends[1]);
}

static void test_signals(void)
{
	int good = 1;

	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = part_start("collect", i & 1, 0);

		usleep(random_below(MOMENT));
		for (int sig = 1; sig < NSIG; sig++)
			if (sig != SIGKILL && sig != SIGSTOP)
				sigqueue(pid, i & 2 ? sig : SIGUSR2,
					 (union sigval){ .sival_int = sig });
		kill(pid, SIGKILL);
		good &= part_status(pid) != -1;
	}
	OK(good, "processes end with many signals pending, stopped or not");
}

static void test(void)
{
	char name[] = "/tmp/outlive";
	long before, after = 0;

	shared_fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ftruncate(shared_fd, sizeof(*shared));
	unlink(name);
	map(shared_fd);
	part_status(part_start("quiet", 0, 0));
	before = system_info(INFO_FREE_PAGES);
	test_timers();
	test_waits();
	test_locks();
	test_messages();
	test_threads();
	test_receiver();
	test_signals();
	for (int i = 0; i < 50 && (after = system_info(INFO_FREE_PAGES)) != before; i++)
		usleep(SOON);
	IS(after, before, "all pages are free again");
	OK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no child is left");
}

TAP_MAIN(parts, test)
