/* SPDX-License-Identifier: MIT */
/*
 * Attack 9, at the worst moments: the memory that a thread's stack pointer is in goes while its frame lies there.
 *
 * Its own call gives it back: what the call returns must not be stored there any more.
 *
 * The thread has a fault, and before its handler is called another one writes to that memory and unmaps it.  What
 * it holds from then on may be another process's, so the handler must not be told of it.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include <croft/signal.h>

#include "clock.h"
#include "raw.h"
#include "tap.h"

#define AHEAD	  20	/* ms: both threads are ready for each other by then */
#define FROM	  8000	/* ns: the other thread comes so much behind that, */
#define TO	  72000 /* to so much, */
#define STEP	  640	/* by so much more each time */
#define OWN	  0x11111111u
#define OTHERS	  0x77777777u
#define ANON	  (MAP_PRIVATE | MAP_ANONYMOUS)
#define IS_INTACT 7
#define IS_EARLY  8
#define HAS_SEEN  9

#define WORDS_OF_FRAME 8

static size_t page;
static unsigned int *place;
static struct timespec start;
static long delay;

static void *take_away(void *arg)
{
	struct timespec until = start;

	until.tv_nsec += delay;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	for (size_t i = 0; i < page / sizeof(*place); i++)
		place[i] = OTHERS;
	munmap(place, page);
	return arg;
}

static void handler(int sig, siginfo_t *info, void *context)
{
	const struct croft_ucontext *registers = context;

	(void)sig;
	if (info->si_addr)
		_exit(IS_EARLY); /* it was gone before the stack pointer was there */
	_exit(registers->r[0] == OWN ? IS_INTACT : HAS_SEEN);
}

/* Have a fault with the stack pointer in memory that goes @ns behind the start. */
static int fault(long ns, long b)
{
	struct sched_param urgent = { .sched_priority = 24 };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = 2048 };
	struct timespec now;
	pthread_attr_t attr;
	pthread_t thread;

	(void)b;
	page = (size_t)sysconf(_SC_PAGESIZE);
	place = mmap(NULL, page, PROT_READ | PROT_WRITE, ANON, -1, 0);
	stack.ss_sp = mmap(NULL, 2048, PROT_READ | PROT_WRITE, ANON | MAP_STACK, -1, 0);
	action.sa_sigaction = handler;
	if (sigaltstack(&stack, NULL) || sigaction(SIGSEGV, &action, NULL))
		return 1;
	delay = ns;
	start = in_ms(AHEAD);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&attr, &urgent);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	if (pthread_create(&thread, &attr, take_away, NULL))
		return 2;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < start.tv_sec ||
	       (now.tv_sec == start.tv_sec && now.tv_nsec < start.tv_nsec));
	__asm volatile("str %0, [%1, #-4]\n\t" /* its entry is loaded */
		       "mov sp, %1\n\t"
		       "mov r0, %0\n\t"
		       "movs r1, #0\n\t"
		       "ldr r1, [r1]"
		       :
		       : "r"(OWN), "r"((char *)place + page)
		       : "r0", "r1", "memory");
	return 3;
}

/* ---- The call gives it back ------------------------------------------------------------------- */

static const long numbers[] = { SYS_shmdt, SYS_munmap, SYS_mprotect };
static const char *const names[] = { "#9 nothing is stored where shmdt() has detached",
				     "#9 nor where munmap() has unmapped",
				     "#9 nor where mprotect() has taken writing away" };

/* Make a call about a segment, with the frame at its start: (at, length, PROT_READ). */
static int lose(long which, long segment)
{
	unsigned int *at = shmat((int)segment, NULL, 0);
	long len = sysconf(_SC_PAGESIZE), number = numbers[which];
	register long r0 __asm("r0") = (long)at;
	register long r1 __asm("r1") = len;
	register long r2 __asm("r2") = PROT_READ;
	register long r7 __asm("r7") = number;

	__asm volatile("str r0, [%4]\n\t"
		       "mov sp, %4\n\t"
		       "svc #0"
		       : "+r"(r0)
		       : "r"(r1), "r"(r2), "r"(r7), "r"(at + WORDS_OF_FRAME)
		       : "memory");
	return 2;
}

static void test_given_back(void)
{
	int segment = shmget(IPC_PRIVATE, (size_t)sysconf(_SC_PAGESIZE), IPC_CREAT | 0600);
	const unsigned int *words = shmat(segment, NULL, 0);

	for (int i = 0; i < 3; i++) {
		int status = part_status(part_start("lose", i, segment));

		OK(WIFSIGNALED(status) && words[0] == (unsigned int)words, names[i]);
	}
	shmdt(words);
	shmctl(segment, IPC_RMID, NULL);
}

/* ---- Another thread takes it away ------------------------------------------------------------- */

static void test_taken_away(void)
{
	int nearly = 0, nintact = 0, nseen = 0, nlost = 0, nother = 0;

	for (long ns = FROM; ns < TO; ns += STEP) {
		int status = part_status(part_start("fault", ns, 0));

		if (WIFSIGNALED(status))
			nlost++;
		else if (WEXITSTATUS(status) == IS_INTACT)
			nintact++;
		else if (WEXITSTATUS(status) == IS_EARLY)
			nearly++;
		else if (WEXITSTATUS(status) == HAS_SEEN)
			nseen++;
		else
			nother++;
	}
	note("not begun:", nearly);
	note("died:", nlost);
	note("handled:", nintact);
	IS(nother, 0, "#9 a thread has a fault with its stack pointer in memory that goes");
	OK(nintact && nlost, "#9 where it goes early enough the process dies, and else it is told");
	IS(nseen, 0, "#9 it is never told what lies there when the memory has gone");
}

static const struct part parts[] = { { "lose", lose }, { "fault", fault }, { 0 } };

static void test(void)
{
	test_given_back();
	test_taken_away();
}

TAP_MAIN(parts, test)
