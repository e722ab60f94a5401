/* SPDX-License-Identifier: MIT */
/*
 * Every call that waits, and what ends its waiting: the time that it was given, a signal, the other
 * side's end, its process's own end.
 *
 * Each is made by a part, whose exit status is what came of it: 0 or errno.
 */
#include <channel.h>
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define SOON	  30 /* ms: more than a part takes to start and wait */
#define QUEUE	  "/block"
#define STAYS	  200 /* no errno: it goes on waiting */
#define NONE	  201 /* there is no such case */
#define CLOSE	  202 /* of what a part is given: both ends are open */
#define SERVED	  "/block"
#define FILE_OF	  SERVED "/file"
#define ROW(call) ((int)((call)-calls))

enum way { TIME, SIGNAL, RESTART, OTHER, DEATH, WAYS };

static const char *const way_names[WAYS] = { "time", "signal", "signal, SA_RESTART",
					     "the other side's end", "own end" };

/* What a part waits with: pairs of descriptors that its parent made. */
enum pair { NOTHING, PIPE, CHANNEL, SERVER };

/* A time on CLOCK_REALTIME; NULL where there is to be none. */
static const struct timespec *until(enum way way)
{
	static struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += SOON * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return way == TIME ? &t : NULL;
}

static const struct timespec *monotonic(enum way way)
{
	static struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec++;
	return way == TIME ? &t : NULL;
}

/* ---- The calls.  0, or errno. ---- */

static int errno_of(long result)
{
	return result < 0 ? errno : 0;
}

static int read_pipe(const int *fds, enum way way)
{
	char c;

	(void)way;
	close(fds[1]);
	return errno_of(read(fds[0], &c, 1));
}

static int write_pipe(const int *fds, enum way way)
{
	(void)way;
	close(fds[0]);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], "x", 1) == 1)
		;
	fcntl(fds[1], F_SETFL, 0);
	return errno_of(write(fds[1], "x", 1));
}

static int read_console(const int *fds, enum way way)
{
	char c;

	(void)fds;
	(void)way;
	return errno_of(read(STDIN_FILENO, &c, 1));
}

static int poll_pipe(const int *fds, enum way way)
{
	struct pollfd poller = { .fd = fds[0], .events = POLLIN };

	close(fds[1]);
	return errno_of(poll(&poller, 1, way == TIME ? SOON : -1));
}

static int select_pipe(const int *fds, enum way way)
{
	struct timeval t = { .tv_usec = SOON * 1000 };
	fd_set set;

	close(fds[1]);
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	return errno_of(select(fds[0] + 1, &set, NULL, NULL, way == TIME ? &t : NULL));
}

/* The child has the memory, and goes when nobody writes any more. */
static int lend(const int *fds, enum way way)
{
	static char c;
	pid_t pid;

	(void)way;
	close(fds[1]);
	pid = vfork();
	if (pid == 0) {
		read(fds[0], &c, 1);
		_exit(0);
	}
	return errno_of(waitpid(pid, NULL, 0));
}

static int wait_child(const int *fds, enum way way)
{
	pid_t pid = part_start("eof", fds[0], fds[1]);
	int result;

	(void)way;
	close(fds[0]);
	close(fds[1]);
	result = errno_of(waitpid(pid, NULL, 0));
	kill(pid, SIGKILL);
	return result;
}

static int sleep_long(const int *fds, enum way way)
{
	struct timespec t = { .tv_sec = way != TIME, .tv_nsec = 1000000 * SOON };

	(void)fds;
	t.tv_sec *= 1000;
	return errno_of(nanosleep(&t, NULL));
}

static int sleep_until(const int *fds, enum way way)
{
	struct timespec t;

	(void)fds;
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += way == TIME ? 1 : 1000;
	return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
}

static int wait_for_good(const int *fds, enum way way)
{
	sigset_t set;
	int sig;

	(void)fds;
	(void)way;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return sigwait(&set, &sig);
}

static int wait_signal(const int *fds, enum way way)
{
	struct timespec t = { .tv_nsec = 1000000 * SOON };
	sigset_t set;

	(void)fds;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return errno_of(sigtimedwait(&set, NULL, way == TIME ? &t : NULL));
}

static int call_pause(const int *fds, enum way way)
{
	(void)fds;
	(void)way;
	return errno_of(pause());
}

static int suspend(const int *fds, enum way way)
{
	sigset_t none;

	(void)fds;
	(void)way;
	sigemptyset(&none);
	return errno_of(sigsuspend(&none));
}

static int wait_sem(const int *fds, enum way way)
{
	sem_t sem;

	(void)fds;
	sem_init(&sem, 0, 0);
	return errno_of(way == TIME ? sem_timedwait(&sem, until(way)) : sem_wait(&sem));
}

static int lock_mutex(const int *fds, enum way way)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	(void)fds;
	pthread_mutex_lock(&mutex);
	return way == TIME ? pthread_mutex_timedlock(&mutex, until(way))
			   : pthread_mutex_lock(&mutex);
}

/* With inheritance, and of another thread, which ends without giving it back. */
static pthread_mutex_t lent;

static void *take_and_end(void *fd)
{
	char c;

	pthread_mutex_lock(&lent);
	read(*(int *)fd, &c, 1);
	return NULL;
}

static int lock_lent(const int *fds, enum way way)
{
	pthread_mutexattr_t attr;
	pthread_t thread;
	sigset_t all, before;
	int fd = fds[0];

	close(fds[1]);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&lent, &attr);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pthread_create(&thread, NULL, take_and_end, &fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	usleep(1000);
	return way == TIME ? pthread_mutex_timedlock(&lent, until(way)) : pthread_mutex_lock(&lent);
}

static int lock_to_read(const int *fds, enum way way)
{
	pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

	(void)fds;
	lock._writers = 1; /* one that waits, as it seems */
	return way == TIME ? pthread_rwlock_timedrdlock(&lock, until(way))
			   : pthread_rwlock_rdlock(&lock);
}

static int lock_to_write(const int *fds, enum way way)
{
	pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

	(void)fds;
	pthread_rwlock_rdlock(&lock);
	return way == TIME ? pthread_rwlock_timedwrlock(&lock, until(way))
			   : pthread_rwlock_wrlock(&lock);
}

static int wait_barrier(const int *fds, enum way way)
{
	pthread_barrier_t barrier;

	(void)fds;
	(void)way;
	pthread_barrier_init(&barrier, NULL, 2);
	return pthread_barrier_wait(&barrier);
}

static int wait_cond(const int *fds, enum way way)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

	(void)fds;
	pthread_mutex_lock(&mutex);
	return way == TIME ? pthread_cond_timedwait(&cond, &mutex, until(way))
			   : pthread_cond_wait(&cond, &mutex);
}

static mqd_t queue(int is_full)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	mqd_t made = mq_open(QUEUE, O_RDWR | O_CREAT, 0600, &attr);

	if (is_full)
		mq_send(made, "x", 1, 0);
	mq_unlink(QUEUE);
	return made;
}

static int receive_message(const int *fds, enum way way)
{
	char c;

	(void)fds;
	return errno_of(mq_timedreceive(queue(0), &c, 1, NULL, until(way)));
}

static int send_message(const int *fds, enum way way)
{
	(void)fds;
	return errno_of(mq_timedsend(queue(1), "y", 1, 0, until(way)));
}

static int call_channel(const int *fds, enum way way)
{
	struct channel_buffers buffers = { .until = monotonic(way), .give = -1 };
	unsigned int words[CHANNEL_WORDS] = { 0 };

	close(fds[0]);
	return errno_of(channel_call(fds[1], words, &buffers));
}

static int receive_channel(const int *fds, enum way way)
{
	unsigned int words[CHANNEL_WORDS];

	close(fds[1]);
	return errno_of(channel_receive(fds[0], words, monotonic(way)));
}

static void *hold(void *fd)
{
	char c;

	read(*(int *)fd, &c, 1);
	return NULL;
}

static int join_thread(const int *fds, enum way way)
{
	pthread_t thread;
	sigset_t all, before;
	int fd = fds[0];

	(void)way;
	close(fds[1]);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pthread_create(&thread, NULL, hold, &fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pthread_join(thread, NULL);
}

/* ---- Calls that a server does not answer.  The parent is the server, and answers the first open(). ---- */

static int served(const int *fds)
{
	close(fds[0]);
	close(fds[1]);
	return open(FILE_OF, O_RDWR);
}

static int open_served(const int *fds, enum way way)
{
	(void)way;
	served(fds);
	return errno_of(open(FILE_OF, O_RDONLY));
}

static int stat_served(const int *fds, enum way way)
{
	struct stat st;

	(void)way;
	served(fds);
	return errno_of(stat(FILE_OF, &st));
}

static int read_served(const int *fds, enum way way)
{
	char c;

	(void)way;
	return errno_of(read(served(fds), &c, 1));
}

static int write_served(const int *fds, enum way way)
{
	(void)way;
	return errno_of(write(served(fds), "x", 1));
}

static int list_served(const int *fds, enum way way)
{
	DIR *dir;

	(void)way;
	served(fds);
	dir = opendir(SERVED);
	errno = 0;
	readdir(dir);
	return errno;
}

static int map_served(const int *fds, enum way way)
{
	(void)way;
	return mmap(NULL, 1, PROT_READ, MAP_PRIVATE, served(fds), 0) == MAP_FAILED ? errno : 0;
}

static int poll_served(const int *fds, enum way way)
{
	struct pollfd poller = { .fd = served(fds), .events = POLLIN };

	return errno_of(poll(&poller, 1, way == TIME ? SOON : -1));
}

static const struct call {
	const char *name;
	int (*make)(const int *fds, enum way way);
	enum pair pair;
	int kept;		  /* the end that its parent closes at last: which that is */
	unsigned char came[WAYS]; /* of DEATH nothing: it dies */
} calls[] = {
	/* time, signal, signal with SA_RESTART, other; pthread_cond_wait() may return for nothing */
	{ "read() of a pipe", read_pipe, PIPE, 1, { NONE, EINTR, STAYS, 0 } },
	{ "write() to a pipe", write_pipe, PIPE, 0, { NONE, EINTR, STAYS, EPIPE } },
	{ "read() of the console", read_console, NOTHING, 0, { NONE, EINTR, STAYS, NONE } },
	{ "poll()", poll_pipe, PIPE, 1, { 0, EINTR, EINTR, 0 } },
	{ "select()", select_pipe, PIPE, 1, { 0, EINTR, EINTR, 0 } },
	{ "vfork()", lend, PIPE, 1, { NONE, STAYS, STAYS, 0 } },
	{ "waitpid()", wait_child, PIPE, 1, { NONE, EINTR, STAYS, 0 } },
	{ "nanosleep()", sleep_long, NOTHING, 0, { 0, EINTR, EINTR, NONE } },
	{ "clock_nanosleep()", sleep_until, NOTHING, 0, { 0, EINTR, EINTR, NONE } },
	{ "sigwait()", wait_for_good, NOTHING, 0, { NONE, STAYS, STAYS, NONE } },
	{ "sigtimedwait()", wait_signal, NOTHING, 0, { EAGAIN, EINTR, EINTR, NONE } },
	{ "pause()", call_pause, NOTHING, 0, { NONE, EINTR, EINTR, NONE } },
	{ "sigsuspend()", suspend, NOTHING, 0, { NONE, EINTR, EINTR, NONE } },
	{ "sem_wait()", wait_sem, NOTHING, 0, { ETIMEDOUT, EINTR, STAYS, NONE } },
	{ "pthread_mutex_lock()", lock_mutex, NOTHING, 0, { ETIMEDOUT, STAYS, STAYS, NONE } },
	{ "pthread_mutex_lock(), inheriting",
	  lock_lent,
	  PIPE,
	  1,
	  { ETIMEDOUT, STAYS, STAYS, EOWNERDEAD } },
	{ "pthread_rwlock_rdlock()", lock_to_read, NOTHING, 0, { ETIMEDOUT, STAYS, STAYS, NONE } },
	{ "pthread_rwlock_wrlock()", lock_to_write, NOTHING, 0, { ETIMEDOUT, STAYS, STAYS, NONE } },
	{ "pthread_barrier_wait()", wait_barrier, NOTHING, 0, { NONE, STAYS, STAYS, NONE } },
	{ "pthread_cond_wait()", wait_cond, NOTHING, 0, { ETIMEDOUT, 0, STAYS, NONE } },
	{ "pthread_join()", join_thread, PIPE, 1, { NONE, STAYS, STAYS, 0 } },
	{ "mq_receive()", receive_message, NOTHING, 0, { ETIMEDOUT, EINTR, STAYS, NONE } },
	{ "mq_send()", send_message, NOTHING, 0, { ETIMEDOUT, EINTR, STAYS, NONE } },
	{ "channel_call()", call_channel, CHANNEL, 0, { ETIMEDOUT, EINTR, EINTR, EPIPE } },
	{ "channel_receive()", receive_channel, CHANNEL, 1, { ETIMEDOUT, EINTR, EINTR, EPIPE } },
	{ "open() of a server's file", open_served, SERVER, 0, { NONE, EINTR, STAYS, EIO } },
	{ "stat() of it", stat_served, SERVER, 0, { NONE, EINTR, STAYS, EIO } },
	{ "read() of it", read_served, SERVER, 0, { NONE, EINTR, STAYS, EIO } },
	{ "write() to it", write_served, SERVER, 0, { NONE, EINTR, STAYS, EIO } },
	{ "readdir()", list_served, SERVER, 0, { NONE, EINTR, STAYS, EIO } },
	{ "mmap() of it", map_served, SERVER, 0, { NONE, STAYS, STAYS, EIO } },
	{ "poll() of it", poll_served, SERVER, 0, { 0, EINTR, EINTR, 0 } },
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

/* ---- Parts. ---- */

static void nothing(int sig)
{
	(void)sig;
}

/* Make call @a / WAYS in the way @a % WAYS, with the descriptors @b / 256 and @b % 256. */
static int block(long a, long b)
{
	enum way way = (enum way)(a % WAYS);
	struct sigaction action = { .sa_handler = nothing,
				    .sa_flags = way == RESTART ? SA_RESTART : 0 };
	int fds[2] = { (int)(b / 256), (int)(b % 256) };

	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	return calls[a / WAYS].make(fds, way);
}

/* End when all who could write have ended. */
static int eof(long fd, long other)
{
	char c;

	close((int)other);
	return read((int)fd, &c, 1) != 0;
}

static const struct part parts[] = { { "block", block }, { "eof", eof }, { 0 } };

/* ---- The table, row by row. ---- */

/* Wait for it, a second at most: its exit status; STAYS: it has not ended and is killed. */
static int outcome(pid_t pid, int ms)
{
	int status;

	for (int waited = 0; waited < ms; waited += 10) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : CLOSE;
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return STAYS;
}

/* Answer open(), say that the file is not ready, and no more. */
static void answer_open(int channel)
{
	static const unsigned int file[] = { 1, S_IFREG | 0666, 10 };
	unsigned int words[CHANNEL_WORDS];
	int id;

	do
		id = channel_receive(channel, words, NULL);
	while (id == 0);
	channel_reply(channel, id, 0, file);
	channel_ready(channel, 1, 0);
}

static int came_of(const struct call *call, enum way way)
{
	int fds[2] = { 0, 0 }, result;
	pid_t pid;

	if (call->pair == PIPE)
		pipe(fds);
	if (call->pair == CHANNEL || call->pair == SERVER) {
		channel_create(fds);
		fcntl(fds[0], F_SETFD, 0);
		fcntl(fds[1], F_SETFD, 0);
	}
	if (call->pair == SERVER)
		channel_serve(fds[0], SERVED, S_IFDIR | 0555);
	pid = part_start("block", ROW(call) * WAYS + (int)way, fds[0] * 256 + fds[1]);
	if (call->pair != NOTHING)
		close(fds[!call->kept]);
	if (call->pair == SERVER)
		answer_open(fds[0]);
	usleep(SOON * 1000);
	if (way == SIGNAL || way == RESTART)
		kill(pid, SIGUSR1);
	if (call->pair != NOTHING && way == OTHER)
		close(fds[call->kept]);
	result = outcome(pid, way == DEATH || call->came[way] == STAYS ? 2 * SOON : 3000);
	if (call->pair != NOTHING && way != OTHER)
		close(fds[call->kept]);
	return result;
}

static void test(void)
{
	long before;

	came_of(&calls[0], DEATH);
	before = system_info(INFO_FREE_PAGES);
	for (const struct call *call = calls; call < calls + NCALLS; call++)
		for (int way = 0; way < WAYS; way++) {
			char name[100] = "";
			int want = way == DEATH ? STAYS : call->came[way];

			if (want == NONE)
				continue;
			strcat(strcat(strcat(name, call->name), ": "), way_names[way]);
			IS(came_of(call, (enum way)way), want, name);
		}
	usleep(5 * SOON * 1000);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	OK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "nor a child");
}

TAP_MAIN(parts, test)
