/* SPDX-License-Identifier: MIT */
/*
 * Attack 9, at the worst moment: a thread has a fault while its stack pointer is in other memory, and before its
 * handler is called, another thread writes to that memory and unmaps it.  What it holds from then on may be
 * another process's, so the handler must not be told of it.
 */
/* timeout: 120 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include <croft/signal.h>

#include "clock.h"
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

static void test(void)
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

static const struct part parts[] = { { "fault", fault }, { 0 } };

TAP_MAIN(parts, test)
