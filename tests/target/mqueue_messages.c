/* SPDX-License-Identifier: MIT */
/* Message queues: order, limits, waiting, names, rights, notification, and what is left of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define NAME "/queue"
#define SOON 30000

static const struct mq_attr *const usual = NULL; /* attributes: as usual */

static mqd_t make(long maxmsg, long msgsize, int flags)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };

	return mq_open(NAME, O_RDWR | O_CREAT | flags, 0600, &attr);
}

static struct timespec in(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

/* ---- Parts. ---- */

/* Send @a messages, each with its number. */
static int sender(long a, long b)
{
	mqd_t queue = mq_open(NAME, O_WRONLY);

	(void)b;
	for (long i = 0; i < a; i++)
		if (mq_send(queue, (const char *)&i, sizeof(i), 0))
			return 1;
	return mq_receive(queue, (char *)&a, sizeof(a), NULL) == -1 && errno == EBADF ? 0 : 2;
}

/* Receive one, of which the first byte is the exit status. */
static int receiver(long a, long b)
{
	mqd_t queue = mq_open(NAME, O_RDONLY);
	char text[64];

	(void)a;
	(void)b;
	return mq_receive(queue, text, sizeof(text), NULL) < 0 ? 99 : text[0];
}

static void nothing(int sig)
{
	(void)sig;
}

/* Wait for a message that does not come, until a signal does. */
static int interrupted(long restart, long b)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = restart ? SA_RESTART : 0 };
	mqd_t queue = mq_open(NAME, O_RDWR);
	char text[64];

	(void)b;
	sigaction(SIGUSR1, &action, NULL);
	if (mq_receive(queue, text, sizeof(text), NULL) >= 0)
		return text[0];
	return errno == EINTR ? 7 : 99;
}

static int stranger(long a, long b)
{
	(void)a;
	(void)b;
	setuid(7);
	if (mq_open(NAME, O_RDONLY) != -1 || errno != EACCES)
		return 1;
	return mq_unlink(NAME) != -1 || errno == ENOENT;
}

/* Register, and end with that. */
static int watcher(long a, long b)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	(void)a;
	(void)b;
	return mq_notify(mq_open(NAME, O_RDONLY), &event);
}

static volatile int error_of_wait;

static void *receive_in_vain(void *arg)
{
	char text[64];

	if (mq_receive(*(mqd_t *)arg, text, sizeof(text), NULL) < 0)
		error_of_wait = errno;
	return arg;
}

/* A queue goes while a thread waits for it.  The exit status is the error of its call; 0: it waits on. */
static int lone(long a, long b)
{
	mqd_t queue = mq_open(NAME, O_RDONLY);
	pthread_t thread;

	(void)a;
	(void)b;
	pthread_create(&thread, NULL, receive_in_vain, &queue);
	usleep(SOON);
	mq_unlink(NAME);
	mq_close(queue);
	usleep(SOON);
	return error_of_wait;
}

static const struct part parts[] = { { "sender", sender },
				     { "receiver", receiver },
				     { "interrupted", interrupted },
				     { "stranger", stranger },
				     { "watcher", watcher },
				     { "lone", lone },
				     { 0 } };

/* ---- Tests. ---- */

static void test_order(void)
{
	static const struct {
		const char *text;
		unsigned int priority;
	} sent[] = { { "c", 3 }, { "e", 1 }, { "a", 31 }, { "d", 3 }, { "f", 0 }, { "b", 31 } };
	mqd_t queue = make(6, 8, O_EXCL);
	char got[7] = "", text[8];
	unsigned int priority = 99;
	struct mq_attr attr;

	if (!OK(queue >= 0, "a queue"))
		return;
	for (int i = 0; i < 6; i++)
		mq_send(queue, sent[i].text, 1, sent[i].priority);
	OK(mq_getattr(queue, &attr) == 0 && attr.mq_maxmsg == 6 && attr.mq_msgsize == 8 &&
		   attr.mq_curmsgs == 6 && attr.mq_flags == 0,
	   "mq_getattr()");
	for (int i = 0; i < 6; i++) {
		IS(mq_receive(queue, text, sizeof(text), &priority), 1, "a message");
		got[i] = text[0];
	}
	OK(strcmp(got, "abcdef") == 0, "the most urgent first, equals as they were sent");
	IS(priority, 0, "its priority is told");
	IS(mq_send(queue, text, 0, 0), 0, "a message of no bytes");
	IS(mq_receive(queue, text, sizeof(text), NULL), 0, "comes");
	OK(mq_send(queue, text, 9, 0) == -1 && errno == EMSGSIZE, "too long: EMSGSIZE");
	OK(mq_receive(queue, text, 7, NULL) == -1 && errno == EMSGSIZE,
	   "too little room, even for none: EMSGSIZE");
	OK(mq_send(queue, text, 1, MQ_PRIO_MAX) == -1 && errno == EINVAL, "priority 32: EINVAL");
	OK(mq_send(queue, (char *)0x20000000, 8, 0) == -1 && errno == EFAULT, "EFAULT");
	mq_send(queue, "x", 1, 0);
	OK(mq_receive(queue, (char *)0x20000000, 8, NULL) == -1 && errno == EFAULT, "EFAULT");
	OK(mq_receive(queue, text, 8, (unsigned int *)0x20000000) == -1 && errno == EFAULT,
	   "for the priority, too");
	mq_getattr(queue, &attr);
	IS(attr.mq_curmsgs, 1, "and nothing is lost by it");
	OK(read(queue, text, 8) == -1 && write(queue, text, 8) == -1, "it is not read or written");
	OK(mq_close(queue) == 0 && mq_unlink(NAME) == 0, "closed, and its name taken away");
	OK(mq_send(queue, "x", 1, 0) == -1 && errno == EBADF, "EBADF");
	OK(mq_send(STDOUT_FILENO, "x", 1, 0) == -1 && errno == EBADF, "no queue: EBADF");
}

static void test_names(void)
{
	struct mq_attr none = { .mq_maxmsg = 0, .mq_msgsize = 1 },
		       huge = { .mq_maxmsg = 4096, .mq_msgsize = 4096 };
	mqd_t queue, other;
	struct dirent *entry;
	struct stat st;
	char text[64];
	DIR *dir;
	int seen = 0;

	OK(mq_open(NAME, O_RDWR) == -1 && errno == ENOENT, "there is none: ENOENT");
	OK(mq_open("queue", O_RDWR) == -1 && errno == EINVAL, "no slash: EINVAL");
	OK(mq_open("/a/b", O_RDWR) == -1 && errno == EINVAL, "two: EINVAL");
	OK(mq_open("/", O_RDWR) == -1 && errno == EINVAL, "only one: EINVAL");
	OK(mq_open("/a-name-that-is-far-too-long-for-a-file", O_RDWR | O_CREAT, 0600, usual) ==
			   -1 &&
		   errno == ENAMETOOLONG,
	   "ENAMETOOLONG");
	OK(mq_open(NAME, O_RDWR | O_CREAT, 0600, &none) == -1 && errno == EINVAL,
	   "of no messages: EINVAL");
	OK(mq_open(NAME, O_RDWR | O_CREAT, 0600, &huge) == -1 && errno == ENOSPC,
	   "of 16 MiB: ENOSPC");
	queue = mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600, usual);
	OK(queue >= 0, "one as usual");
	OK(mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600, usual) == -1 && errno == EEXIST,
	   "EEXIST");
	OK(stat("/dev/mqueue" NAME, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0600,
	   "it is a file in /dev/mqueue");
	dir = opendir("/dev/mqueue");
	while (dir && (entry = readdir(dir)) != NULL)
		seen += strcmp(entry->d_name, &NAME[1]) == 0;
	closedir(dir);
	IS(seen, 1, "which is listed");
	OK(part_ended(part_start("stranger", 0, 0), 0), "another user may not: EACCES");
	other = mq_open(NAME, O_RDWR);
	IS(mq_unlink(NAME), 0, "without its name");
	OK(mq_open(NAME, O_RDWR) == -1 && errno == ENOENT, "it is not found");
	mq_send(queue, "x", 1, 0);
	mq_close(queue);
	IS(mq_receive(other, text, sizeof(text), NULL), 1, "and lives while it is open");
	mq_close(other);
	OK(mq_unlink(NAME) == -1 && errno == ENOENT, "unlinked again: ENOENT");
}

static void test_waiting(void)
{
	mqd_t queue = make(2, 64, 0);
	struct pollfd poller = { .fd = queue, .events = POLLIN | POLLOUT };
	struct timespec t = in(SOON / 1000), past = { 1, 0 }, wrong = { 0, -1 };
	struct mq_attr nonblock = { .mq_flags = O_NONBLOCK }, old;
	char text[64];
	int in_order = 1;
	long number;
	pid_t pid;

	OK(mq_timedreceive(queue, text, 64, NULL, &t) == -1 && errno == ETIMEDOUT,
	   "none comes in time: ETIMEDOUT");
	clock_gettime(CLOCK_REALTIME, &past);
	OK(past.tv_sec > t.tv_sec || (past.tv_sec == t.tv_sec && past.tv_nsec >= t.tv_nsec),
	   "not early");
	OK(mq_timedreceive(queue, text, 64, NULL, &wrong) == -1 && errno == EINVAL,
	   "no time: EINVAL");
	IS(poll(&poller, 1, 0), 1, "poll(): empty");
	IS(poller.revents, POLLOUT, "can be sent to");
	mq_send(queue, "a", 1, 0);
	poll(&poller, 1, 0);
	IS(poller.revents, POLLIN | POLLOUT, "with one both");
	mq_send(queue, "b", 1, 0);
	poll(&poller, 1, 0);
	IS(poller.revents, POLLIN, "full: only received from");
	t = in(SOON / 1000);
	OK(mq_timedsend(queue, "c", 1, 0, &t) == -1 && errno == ETIMEDOUT, "full: ETIMEDOUT");
	IS(mq_timedreceive(queue, text, 64, NULL, &wrong), 1,
	   "a time that is not needed is not looked at");
	OK(mq_setattr(queue, &nonblock, &old) == 0 && old.mq_curmsgs == 1, "O_NONBLOCK");
	mq_receive(queue, text, 64, NULL);
	OK(mq_receive(queue, text, 64, NULL) == -1 && errno == EAGAIN, "empty: EAGAIN");
	nonblock.mq_flags = 0;
	mq_setattr(queue, &nonblock, NULL);

	pid = part_start("sender", 50, 0);
	for (long i = 0; i < 50; i++)
		in_order &= mq_receive(queue, (char *)text, 64, NULL) == sizeof(i) &&
			    memcpy(&number, text, sizeof(number)) && number == i;
	OK(in_order, "50 messages through a queue of two");
	OK(part_ended(pid, 0), "their sender may not receive");
	pid = part_start("receiver", 0, 0);
	usleep(SOON);
	mq_send(queue, "\7", 1, 0);
	OK(part_ended(pid, 7), "who waits is woken");
	pid = part_start("interrupted", 0, 0);
	usleep(SOON);
	kill(pid, SIGUSR1);
	OK(part_ended(pid, 7), "a signal ends waiting: EINTR");
	pid = part_start("interrupted", 1, 0);
	usleep(SOON);
	kill(pid, SIGUSR1);
	usleep(SOON);
	mq_send(queue, "\5", 1, 0);
	OK(part_ended(pid, 5), "but not with SA_RESTART");
	pid = part_start("receiver", 0, 0);
	usleep(SOON);
	kill(pid, SIGKILL);
	part_died(pid, SIGKILL);
	mq_send(queue, "\7", 1, 0);
	IS(mq_receive(queue, text, 64, NULL), 1, "what is sent when a receiver has died stays");
	mq_close(queue);
	mq_unlink(NAME);
}

static volatile int told, value;

static void on_message(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	told += info->si_code == SI_MESGQ ? 1 : 100;
	value = info->si_value.sival_int;
}

static void from_thread(union sigval v)
{
	value = v.sival_int;
	told++;
}

static void await(int n)
{
	for (int i = 0; i < 30 && told < n; i++)
		usleep(SOON / 3);
}

static void test_notify(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR2,
				  .sigev_value.sival_int = 77 };
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	mqd_t queue = make(4, 64, 0);
	char text[64];
	pid_t pid;

	action.sa_sigaction = on_message;
	sigaction(SIGUSR2, &action, NULL);
	IS(mq_notify(queue, &event), 0, "a signal is asked for");
	OK(mq_notify(queue, &event) == -1 && errno == EBUSY, "once: EBUSY");
	mq_send(queue, "a", 1, 0);
	OK(told == 1 && value == 77, "it comes, SI_MESGQ and the value");
	mq_send(queue, "b", 1, 0);
	mq_receive(queue, text, 64, NULL);
	mq_receive(queue, text, 64, NULL);
	mq_send(queue, "c", 1, 0);
	IS(told, 1, "once");
	IS(mq_notify(queue, &event), 0, "asked for again");
	mq_send(queue, "d", 1, 0);
	IS(told, 1, "the queue was not empty");
	mq_receive(queue, text, 64, NULL);
	mq_receive(queue, text, 64, NULL);
	pid = part_start("receiver", 0, 0);
	usleep(SOON);
	mq_send(queue, "\7", 1, 0);
	OK(part_ended(pid, 7) && told == 1, "not when somebody waits for the message");
	IS(mq_notify(queue, NULL), 0, "no more");
	mq_send(queue, "e", 1, 0);
	mq_receive(queue, text, 64, NULL);
	IS(told, 1, "then none comes");
	OK(part_ended(part_start("watcher", 0, 0), 0), "another process asks, and ends");
	IS(mq_notify(queue, &event), 0, "one is free to ask again");
	event.sigev_signo = 99;
	mq_notify(queue, NULL);
	OK(mq_notify(queue, &event) == -1 && errno == EINVAL, "no such signal: EINVAL");
	event = (struct sigevent){ .sigev_notify = SIGEV_THREAD,
				   .sigev_notify_function = from_thread,
				   .sigev_value.sival_int = 55 };
	IS(mq_notify(queue, &event), 0, "SIGEV_THREAD");
	mq_send(queue, "f", 1, 0);
	await(2);
	OK(told == 2 && value == 55, "its function is called, with the value");
	mq_receive(queue, text, 64, NULL);
	mq_send(queue, "g", 1, 0);
	usleep(SOON);
	IS(told, 2, "once");
	mq_close(queue);
	mq_unlink(NAME);
}

static void test_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD,
				  .sigev_notify_function = from_thread,
				  .sigev_value.sival_int = 11 };
	struct itimerspec often = { .it_value.tv_nsec = 5000000, .it_interval.tv_nsec = 5000000 };
	timer_t timer;
	int before;

	told = 0;
	OK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
		   timer_settime(timer, 0, &often, NULL) == 0,
	   "a timer with SIGEV_THREAD");
	await(3);
	OK(told >= 3 && value == 11, "its function is called again and again");
	IS(timer_delete(timer), 0, "until it is deleted");
	usleep(SOON);
	before = told;
	usleep(SOON);
	IS(told, before, "then no more");
}

/* It is a file like others, so the first queue of all may be one that nobody asked anything for. */
static void test_open(void)
{
	int fd = open("/dev/mqueue/first", O_RDWR | O_CREAT, 0600);
	struct mq_attr attr = { 0 };

	OK(fd >= 0 && mq_getattr(fd, &attr) == 0, "open() makes a queue, too");
	OK(attr.mq_maxmsg == 8 && attr.mq_msgsize == 64, "as usual");
	IS(mq_send(fd, "x", 1, 0), 0, "that takes messages");
	close(fd);
	unlink("/dev/mqueue/first");
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	char name[] = "/q0";
	int made = 0;

	test_open(); /* before mq_open() is ever called */
	test_order();
	test_names();
	test_waiting();
	mq_close(make(1, 64, 0));
	OK(part_ended(part_start("lone", 0, 0), EBADF),
	   "a queue that goes takes nobody who waits with it: EBADF");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	for (; made < 30; made++, name[2]++) {
		mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);

		if (queue < 0)
			break;
		mq_close(queue);
	}
	OK(made >= 8 && made < 30 && errno == ENOSPC, "all queues together are bounded: ENOSPC");
	while (made-- > 0) {
		name[2]--;
		mq_unlink(name);
	}
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	test_notify();
	test_timer();
}

TAP_MAIN(parts, test)
