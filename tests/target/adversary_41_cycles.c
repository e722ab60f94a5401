/* SPDX-License-Identifier: MIT */
/*
 * Attack 41: processes are started and killed at random moments, ten thousand times (or as often as
 * the first argument says), and nothing of them is left: no page, no record, no id, no descriptor.
 *
 * A victim does without end what makes the kernel hold something for it, in random order, with
 * children, threads and handlers.
 */
/* timeout: 900 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <time.h>

#include "tap.h"

#define CYCLES	  10000
#define CHECKS	  10   /* times within them that what is left is counted */
#define LIFE_MAX  3000 /* microseconds that a victim lives at most */
#define SHM_KEY	  41
#define FILE_NAME "/tmp/41"
#define STACK_LEN 1024
#define SOON_NS	  200000

static unsigned int cycles = CYCLES, seed;

static unsigned int random_below(unsigned int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static void on_signal(int sig)
{
	(void)sig;
}

static void maps(void)
{
	size_t page = (size_t)getpagesize(), n = 1 + random_below(4);
	char *p = mmap(NULL, n * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	p[0] = 1;
	mprotect(p + random_below((unsigned int)n) * page, page, PROT_READ);
	munmap(p + random_below((unsigned int)n) * page, page);
	if (random_below(2))
		munmap(p, n * page);
}

static void pipes(void)
{
	int fds[2];

	if (pipe(fds))
		return;
	write(fds[1], "x", 1);
	read(fds[0], fds, 1);
	close(fds[0]);
	if (random_below(2))
		close(fds[1]);
}

static void files(void)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT, 0600);

	if (fd < 0)
		return;
	ftruncate(fd, (off_t)random_below(3000));
	mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (random_below(2))
		close(fd);
	if (random_below(2))
		unlink(FILE_NAME);
}

static void timers(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec soon = { .it_value.tv_nsec = SOON_NS, .it_interval.tv_nsec = SOON_NS };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &soon, NULL);
}

static void *thread_part(void *arg)
{
	usleep(random_below(300));
	return arg;
}

static void threads(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &attr, thread_part, NULL);
}

/* A child that ends when its parent does, at the latest. */
static void children(void)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return;
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	pid = part_start("child", fds[0], 0);
	close(fds[0]);
	close(fds[1]);
	if (pid > 0 && random_below(2))
		waitpid(pid, NULL, 0);
}

static void borrows(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (random_below(2))
			execl("/no/such/program", "x", NULL);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void segments(void)
{
	int id = shmget(SHM_KEY, 100, IPC_CREAT | 0600);

	if (id < 0)
		return;
	shmat(id, NULL, 0);
	if (random_below(2))
		shmctl(id, IPC_RMID, NULL);
}

static void signals(void)
{
	sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 1 });
	sigqueue(getppid(), SIGURG, (union sigval){ .sival_int = 1 });
}

static void sleeps(void)
{
	struct timespec t = { .tv_nsec = (long)random_below(SOON_NS) };

	nanosleep(&t, NULL);
}

static void heap(void)
{
	free(malloc(random_below(700)));
}

static int victim(long a, long b)
{
	static void (*const acts[])(void) = { maps,    pipes,	 files,	  timers, threads, heap,
					      borrows, segments, signals, sleeps, children };
	sigset_t usr2;

	(void)b;
	seed = (unsigned int)a;
	signal(SIGUSR1, on_signal);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	for (;;)
		acts[random_below(sizeof(acts) / sizeof(acts[0]))]();
	return 0;
}

static int child(long a, long b)
{
	char c;

	(void)b;
	while (read((int)a, &c, 1) > 0)
		;
	return 0;
}

static const struct part parts[] = { { "victim", victim }, { "child", child }, { 0 } };

/* Start a victim, and end it after a random while.  0: it could not be started. */
static int cycle(void)
{
	pid_t pid = part_start("victim", (long)(random_below(0x7ffffffe) + 1), 0);
	struct timespec life = { .tv_nsec = (long)random_below(LIFE_MAX) * 1000 };

	if (pid < 0)
		return errno == EAGAIN || errno == ENOMEM ? 0 : -1;
	if (random_below(8))
		nanosleep(&life, NULL);
	if (random_below(8) == 0)
		kill(pid, SIGSTOP);
	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0) == pid ? 1 : -1;
}

/* Names and segments outlive who made them, as they must. */
static void clean(void)
{
	int id = shmget(SHM_KEY, 1, 0);

	unlink(FILE_NAME);
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
}

/* How many segments can be made: ids that are lost are missing here. */
static int count_segments(void)
{
	int ids[80], n = 0;

	while (n < 80 && (ids[n] = shmget(IPC_PRIVATE, 1, 0600)) >= 0)
		n++;
	for (int i = 0; i < n; i++)
		shmctl(ids[i], IPC_RMID, NULL);
	return n;
}

/* How many descriptors are free. */
static int count_descriptors(void)
{
	int fds[64], n = 0;

	while (n < 64 && (fds[n] = open("/dev/null", O_RDWR)) >= 0)
		n++;
	for (int i = 0; i < n; i++)
		close(fds[i]);
	return n;
}

static void test(void)
{
	long pages, now = 0;
	int segments_before, descriptors, refused = 0, wrong = 0;

	seed = 41;
	cycle();
	clean();
	usleep(100000);
	segments_before = count_segments();
	descriptors = count_descriptors();
	pages = system_info(INFO_FREE_PAGES);
	for (unsigned int check = 0; check < CHECKS; check++) {
		for (unsigned int i = 0; i < cycles / CHECKS; i++) {
			int came = cycle();

			refused += came == 0;
			wrong += came < 0;
		}
		clean();
		/* Children of the dead belong to the first process, and end in their own time. */
		for (int i = 0; i < 100; i++) {
			now = system_info(INFO_FREE_PAGES);
			if (now == pages)
				break;
			usleep(20000);
		}
		IS(now, pages, "all pages are free again");
	}
	note("cycles", (long)cycles);
	note("not started for want of memory", refused);
	IS(wrong, 0, "every victim was started, killed and waited for");
	OK(refused < (int)cycles / 10 + 1, "nearly all could be started");
	IS(count_segments(), segments_before, "all segment ids are there");
	IS(count_descriptors(), descriptors, "all descriptors are there");
	OK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "no child is left");
}

int main(int argc, char **argv)
{
	if (argc == 2)
		cycles = (unsigned int)strtoul(argv[1], NULL, 10);
	return tap_run(argc, argv, parts, test);
}
