/* SPDX-License-Identifier: MIT */
/*
 * Programs are loaded in steps, and anything may happen between two of them.
 *
 * A more urgent thread does something while this one makes a call that starts a program: at the
 * beginning of the call first, and each time a little later, so that it comes at every step.
 */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

#define POINTS	40
#define AHEAD	200000L /* ns: the urgent one is asleep by then */
#define ENDED	7
#define LADDER	24 /* pages given back one by one */
#define FILE	"/tmp/program"
#define ABOVE	20 /* of 31 */
#define URGENT	24
#define PATIENT 100

static sem_t told, did;
static struct timespec start;
static long delay;		/* ns behind start */
static volatile int is_calling; /* the urgent one came before the call was over */
static int hits;
static void (*volatile what)(void);
static volatile long acted;
static pid_t next; /* the number of the process that is started next */

static void add_ns(struct timespec *at, long ns)
{
	at->tv_nsec += ns;
	if (at->tv_nsec >= 1000000000L) {
		at->tv_nsec -= 1000000000L;
		at->tv_sec++;
	}
}

static void *urgent(void *arg)
{
	struct timespec until;

	(void)arg;
	for (;;) {
		sem_wait(&told);
		until = start;
		add_ns(&until, delay);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		hits += is_calling;
		what();
		sem_post(&did);
	}
	return NULL;
}

static int start_urgent(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	struct sched_param param = { .sched_priority = URGENT };

	sem_init(&told, 0, 0);
	sem_init(&did, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&attr, &param);
	pthread_attr_setstacksize(&attr, 2048);
	return pthread_create(&thread, &attr, urgent, NULL);
}

/* Make a call; @act comes @ns after it has begun. */
static long meanwhile(void (*act)(void), long ns, long (*call)(void))
{
	struct timespec now;
	long result;

	what = act;
	delay = ns;
	clock_gettime(CLOCK_MONOTONIC, &start);
	add_ns(&start, AHEAD);
	sem_post(&told);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < start.tv_sec ||
	       (now.tv_sec == start.tv_sec && now.tv_nsec < start.tv_nsec));
	is_calling = 1;
	result = call();
	is_calling = 0;
	sem_wait(&did);
	return result;
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static char **argv_of_end;

static char **end_argv(void)
{
	static char *argv[] = { NULL, "end", "0", "0", NULL };

	argv[0] = tap_self;
	return argv;
}

static pid_t spawn(const char *path, char **argv)
{
	struct spawn_args args = { .path = path, .argv = argv, .envp = environ };
	pid_t pid = croft_spawn(&args);

	if (pid > 0)
		next = pid + 1;
	return pid;
}

static const char *self(void)
{
	static char path[40] = "/bin/";
	const char *slash = strrchr(tap_self, '/');

	if (!path[5])
		strcat(path, slash ? slash + 1 : tap_self);
	return path;
}

static long spawn_end(void)
{
	return spawn(self(), argv_of_end);
}

/* It would run at once, were it ready. */
static long spawn_above(void)
{
	struct spawn_args args = { .path = self(),
				   .argv = argv_of_end,
				   .envp = environ,
				   .flags = SPAWN_SETSCHED,
				   .priority = ABOVE };
	pid_t pid = croft_spawn(&args);

	if (pid > 0)
		next = pid + 1;
	return pid;
}

static long exec_end(void)
{
	return execv(self(), argv_of_end);
}

static long spawn_file(void)
{
	return spawn(FILE, argv_of_end);
}

static void nothing(void)
{
}

/* How long the call takes, ns. */
static long duration(long (*call)(void))
{
	struct timespec from, to;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &from);
	call();
	clock_gettime(CLOCK_MONOTONIC, &to);
	waitpid(-1, &status, 0);
	return (to.tv_sec - from.tv_sec) * 1000000000L + to.tv_nsec - from.tv_nsec;
}

/* Is memory as it was, within a second? */
static int comes_back(long pages)
{
	for (int i = 0; i < PATIENT && system_info(INFO_FREE_PAGES) != pages; i++)
		usleep(10000);
	return system_info(INFO_FREE_PAGES) == pages;
}

static int has_no_child(void)
{
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

/* ---- What happens to one that is started ----------------------------------------------------- */

static void kill_it(void)
{
	acted = kill(next, SIGKILL);
}

static void terminate_it(void)
{
	acted = kill(next, SIGTERM);
}

static void stop_it(void)
{
	acted = kill(next, SIGSTOP);
}

static void signal_self(void)
{
	kill(getpid(), SIGUSR1);
}

static volatile int handled;

static void handler(int sig)
{
	(void)sig;
	handled++;
}

/* The process is told, and ends by @sig where it was sent in time. */
static void test_signal(void (*act)(void), int sig, const char *name)
{
	long took = duration(spawn_above), before = system_info(INFO_FREE_PAGES);
	int bad = 0, by_signal = 0, status;

	hits = 0;
	for (int i = 0; i < POINTS; i++) {
		pid_t pid = (pid_t)meanwhile(act, took * i / POINTS, spawn_above);

		status = -1;
		if (sig == SIGSTOP && waitpid(pid, &status, WUNTRACED) == pid &&
		    WIFSTOPPED(status)) {
			by_signal++;
			kill(pid, SIGCONT);
			status = part_status(pid);
		} else if (sig != SIGSTOP) {
			status = part_status(pid);
		}
		if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == sig)
			by_signal++;
		else
			bad += status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != ENDED;
	}
	IS(bad, 0, name);
	OK(hits > POINTS / 8, "it came between steps");
	OK(by_signal > POINTS / 8 || sig == SIGUSR1, "and did what it does");
	OK(has_no_child() && system_info(INFO_FREE_PAGES) == before, "nothing is left");
}

/* ---- What happens to what is read ------------------------------------------------------------ */

static char *lent;
static size_t page;

static void unmap_lent(void)
{
	munmap(lent, page);
}

static void test_lost_arguments(void)
{
	long took = duration(spawn_end), before = system_info(INFO_FREE_PAGES);
	int bad = 0, lost = 0;

	for (int i = 0; i < POINTS; i++) {
		char **argv;
		long pid;

		lent = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		argv = (char **)lent;
		memcpy(argv, end_argv(), 5 * sizeof(*argv));
		argv[3] = strcpy(lent + 64, "0");
		argv_of_end = argv;
		errno = 0;
		pid = meanwhile(unmap_lent, took * i / POINTS, spawn_end);
		lost += pid == -1;
		bad += pid == -1 ? errno != EFAULT : !part_ended((pid_t)pid, ENDED);
	}
	argv_of_end = end_argv();
	IS(bad, 0, "arguments are taken away while they are read: EFAULT, or they came through");
	OK(lost > 0, "at times they are gone");
	OK(has_no_child() && system_info(INFO_FREE_PAGES) == before, "nothing is left");
}

static int file;

static void cut_file(void)
{
	ftruncate(file, 0);
}

static void make_file(void)
{
	char bytes[128];
	int from = open("/bin/true", O_RDONLY);
	ssize_t n;

	file = open(FILE, O_RDWR | O_CREAT | O_TRUNC, 0700);
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		write(file, bytes, (size_t)n);
	close(from);
}

static void test_cut_file(void)
{
	long before = system_info(INFO_FREE_PAGES), took;
	int bad = 0, lost = 0, status;

	make_file();
	took = duration(spawn_file);
	for (int i = 0; i < POINTS; i++) {
		long pid;

		errno = 0;
		pid = meanwhile(cut_file, took * i / POINTS, spawn_file);
		lost += pid == -1;
		status = pid == -1 ? 0 : part_status((pid_t)pid);
		bad += pid == -1 ? errno != ENOEXEC
				 : status != 0 && !(status != -1 && WIFSIGNALED(status));
		close(file);
		make_file();
	}
	close(file);
	unlink(FILE);
	IS(bad, 0, "a program is cut while it is loaded: ENOEXEC, or it is started");
	OK(lost > 0, "at times it is none any more");
	OK(has_no_child() && comes_back(before), "nothing is left");
}

/* ---- What a file asks for --------------------------------------------------------------------- */

/* Let the program in FILE ask for so much stack. */
static int set_stack(uint32_t size)
{
	Elf32_Ehdr header;
	Elf32_Phdr segment = { 0 };
	off_t at;

	pread(file, &header, sizeof(header), 0);
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		at = (off_t)(header.e_phoff + i * sizeof(segment));
		pread(file, &segment, sizeof(segment), at);
		if (segment.p_type != PT_GNU_STACK)
			continue;
		segment.p_memsz = size;
		return pwrite(file, &segment, sizeof(segment), at) == (ssize_t)sizeof(segment);
	}
	return 0;
}

static int has_failed;

static long spawn_vast(void)
{
	errno = 0;
	has_failed += spawn(FILE, argv_of_end) == -1 && errno == ENOMEM;
	return 0;
}

static void test_vast_stack(void)
{
	long before = system_info(INFO_FREE_PAGES), usual = duration(spawn_end);

	make_file();
	OK(set_stack(INT32_MAX), "a program asks for 2 GiB of stack");
	OK(duration(spawn_vast) < usual, "it is refused before others have waited for long");
	IS(has_failed, 1, "with ENOMEM");
	close(file);
	unlink(FILE);
	OK(has_no_child() && comes_back(before), "nothing is left");
}

/* ---- What is sent to one that is never started ------------------------------------------------ */

static int nsent;

/* As many as a process may be sent. */
static void queue_it(void)
{
	const union sigval value = { .sival_int = 1 };

	while (sigqueue(next, SIGUSR2, value) == 0)
		nsent++;
}

static long spawn_nothing(void)
{
	static const char many[] = "many";
	char *argv[24];

	for (size_t i = 0; i < 23; i++)
		argv[i] = (char *)many;
	argv[23] = NULL;
	return spawn("/bin/none", argv);
}

static void test_unborn(void)
{
	long took = duration(spawn_nothing), before = system_info(INFO_FREE_PAGES);
	int bad = 0;

	next = spawn(self(), argv_of_end);
	waitpid(next++, NULL, 0);
	for (int i = 0; i < POINTS; i++, next++) /* the number is used up */
		bad += meanwhile(queue_it, took * i / POINTS, spawn_nothing) != -1;
	IS(bad, 0, "a program that is missing is not started");
	OK(nsent > POINTS, "signals came to its process before that was found");
	OK(has_no_child() && system_info(INFO_FREE_PAGES) == before, "nothing is left of them");
}

/* ---- Two at once ----------------------------------------------------------------------------- */

static void spawn_too(void)
{
	acted = spawn(self(), argv_of_end);
}

static void spawn_what_is_missing(void)
{
	acted = spawn("/bin/none", argv_of_end);
}

static void test_two(void)
{
	long took = duration(spawn_end), before = system_info(INFO_FREE_PAGES);
	int bad = 0;

	hits = 0;
	for (int i = 0; i < POINTS; i++) {
		long pid = meanwhile(i % 2 ? spawn_too : spawn_what_is_missing, took * i / POINTS,
				     spawn_end);

		bad += !part_ended((pid_t)pid, ENDED);
		bad += i % 2 ? !part_ended((pid_t)acted, ENDED) : acted != -1;
	}
	IS(bad, 0, "another program is started meanwhile, and one that is missing");
	OK(hits > POINTS / 8, "it came between steps");
	OK(has_no_child() && system_info(INFO_FREE_PAGES) == before, "nothing is left");
}

/* ---- What happens to who starts it ----------------------------------------------------------- */

enum { END_EXEC, KILL_EXEC, EXEC_TWICE, KILL_SPAWN, NENDS };

static void end_process(void)
{
	_exit(9);
}

static void kill_process(void)
{
	kill(getpid(), SIGKILL);
}

static void exec_too(void)
{
	exec_end();
}

/* A process of its own, with an urgent thread.  It ends by itself or by what that does. */
static int begin(long kind, long ns)
{
	static void (*const acts[])(void) = { end_process, kill_process, exec_too, kill_process };

	argv_of_end = end_argv();
	if (start_urgent())
		return 1;
	if (kind != KILL_SPAWN)
		return (int)meanwhile(acts[kind], ns, exec_end);
	return part_status((pid_t)meanwhile(acts[kind], ns, spawn_end)) == -1 ? 2 : 3;
}

static int end(long a, long b)
{
	(void)a, (void)b;
	return ENDED;
}

static int is_good_end(int kind, int status)
{
	if (status == -1)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == ENDED)
		return kind != KILL_SPAWN;
	if (kind == END_EXEC)
		return WIFEXITED(status) && WEXITSTATUS(status) == 9;
	if (kind == EXEC_TWICE)
		return 0;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void test_starter(void)
{
	static const char *const names[NENDS] = {
		"a process ends while a thread of it execs",
		"a process is killed while it execs",
		"two threads exec at once, and one program runs",
		"a process is killed while it starts another",
	};
	long took = duration(spawn_end), before = system_info(INFO_FREE_PAGES);

	for (int kind = 0; kind < NENDS; kind++) {
		int bad = 0, early = 0, status;

		for (int i = 0; i < POINTS; i++) {
			status = part_status(part_start("begin", kind, took * i / POINTS));
			early += status != -1 &&
				 !(WIFEXITED(status) && WEXITSTATUS(status) == ENDED);
			bad += !is_good_end(kind, status);
			bad += !comes_back(before);
		}
		IS(bad, 0, names[kind]);
		OK(early > POINTS / 8 || kind == EXEC_TWICE, "it came between steps");
	}
	OK(has_no_child() && comes_back(before), "nothing is left");
}

/* ---- Too little memory ----------------------------------------------------------------------- */

static char *ladder[LADDER];

/* Take all memory but @LADDER pages, and these one by one. */
static void take_all(void)
{
	size_t npages = (size_t)system_info(INFO_FREE_PAGES);
	char *p;

	while (npages > 0 && system_info(INFO_FREE_PAGES) > LADDER) {
		size_t most = (size_t)(system_info(INFO_FREE_PAGES) - LADDER);

		npages = npages > most ? most : npages;
		p = mmap(NULL, npages * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			npages /= 2;
	}
	for (int i = 0; i < LADDER; i++)
		ladder[i] = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* In a process of its own, whose memory goes with it: with one page more each time. */
static int starve(long is_exec, long unused)
{
	int bad = 0, refused = 0, begun = 0;

	(void)unused;
	argv_of_end = end_argv();
	take_all();
	for (int i = 0; i < LADDER; i++) {
		volatile long before = system_info(INFO_FREE_PAGES);
		volatile int error = 0;
		pid_t pid;
		int status;

		if (is_exec) {
			pid = vfork();
			if (pid == 0) {
				exec_end();
				error = errno;
				_exit(ENDED);
			}
		} else {
			pid = spawn(self(), argv_of_end);
		}
		if (pid < 0)
			error = errno;
		status = pid < 0 ? 0 : part_status(pid);
		if (pid > 0)
			bad += !WIFEXITED(status) || WEXITSTATUS(status) != ENDED;
		bad += error != 0 && error != ENOMEM;
		refused += error != 0;
		begun += error == 0;
		bad += system_info(INFO_FREE_PAGES) != before || !has_no_child();
		if (ladder[i] != MAP_FAILED)
			munmap(ladder[i], page);
	}
	if (bad)
		return 100 + bad;
	return refused > 2 && begun > 2 ? 0 : refused;
}

static void test_memory(void)
{
	long before = system_info(INFO_FREE_PAGES);

	OK(part_ended(part_start("starve", 0, 0), 0),
	   "memory runs out at every step of spawn(): ENOMEM, and nothing is left");
	OK(part_ended(part_start("starve", 1, 0), 0), "and of execve()");
	OK(comes_back(before), "no page is lost");
}

static const struct part parts[] = {
	{ "end", end }, { "begin", begin }, { "starve", starve }, { 0 }
};

static void test(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	argv_of_end = end_argv();
	test_memory();
	test_starter();
	IS(start_urgent(), 0, "the urgent thread");
	meanwhile(nothing, 0, spawn_end);
	waitpid(-1, NULL, 0);
	test_signal(kill_it, SIGKILL, "a process is killed while it is loaded");
	test_signal(terminate_it, SIGTERM, "or terminated");
	test_signal(stop_it, SIGSTOP, "or stopped, and goes on");
	signal(SIGUSR1, handler);
	test_signal(signal_self, SIGUSR1,
		    "a signal to who starts it is handled, and it is started");
	IS(handled, POINTS, "each time");
	test_lost_arguments();
	test_cut_file();
	test_vast_stack();
	test_unborn();
	test_two();
}

TAP_MAIN(parts, test)
