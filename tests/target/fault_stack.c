/* SPDX-License-Identifier: MIT */
/*
 * Stacks: overflowing one, and running on what is none.
 *
 * Beside each attempt runs a bystander that looks for damage: it keeps a pattern in memory, and
 * in the registers that a system call would use.  A call whose frame was refused is pending in
 * the processor when its caller dies; were it to run for the next thread, that thread's r0 would
 * become the id that the number in its r7 asks for.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include <croft/limits.h>
#include <croft/thread.h>

#include "raw.h"
#include "tap.h"

#define KERNEL_RAM 0x20000800
#define PATTERN	   0x5aa55aa5
#define SPINS	   2000000

enum place { IN_KERNEL, NOWHERE, AT_TOP, IN_DATA, IN_FREE, IN_TEXT, PLACES };

static const char *const names[PLACES][2] = {
	{ "#2 sp in kernel RAM, then a call", "#1 sp in kernel RAM, then preempted" },
	{ "#2 sp 0, then a call", "#1 sp 0, then preempted" },
	{ "#2 sp at the top of memory, then a call", "#1 sp at the top of memory, then preempted" },
	{ "#2 sp in its own data, then a call", "#1 sp in its own data, then preempted" },
	{ "#2 sp in memory it gave back, then a call",
	  "#1 sp in memory it gave back, then preempted" },
	{ "#2 sp in its own text, then a call", "#1 sp in its own text, then preempted" },
};

static uint32_t data[128];

static uintptr_t place(enum place where)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	switch (where) {
	case IN_KERNEL:
		return KERNEL_RAM;
	case AT_TOP:
		return 0xfffffff8;
	case IN_DATA:
		return (uintptr_t)&data[64];
	case IN_TEXT:
		return ((uintptr_t)place & ~(uintptr_t)7) + 64;
	case IN_FREE:
		p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(p, page);
		return (uintptr_t)p + page / 2;
	default:
		return 0;
	}
}

static int move_stack(long a, long b)
{
	uintptr_t to = place((enum place)a);

	if (b)
		__asm volatile("mov sp, %0\n1:\tb 1b" : : "r"(to) : "memory");
	else
		__asm volatile("mov sp, %0\n\tmovs r7, %1\n\tmovs r0, #7\n\tsvc #0\n1:\tb 1b"
			       :
			       : "r"(to), "i"(SYS_getpid)
			       : "memory");
	return 0;
}

/* clang-format off */
__attribute__((noinline)) static int recurse(volatile int *depth)
{
	volatile int more = *depth + 1;

	return more ? recurse(&more) + more : 0;
}
/* clang-format on */

static int overflow(long a, long b)
{
	volatile int depth = 0;

	(void)b;
	if (a == 0)
		return recurse(&depth);
	if (a == 1) /* a frame far larger than the stack */
		__asm volatile("sub sp, sp, #0x100000\n\tpush {r0}" ::: "memory");
	if (a == 2) /* by the frame of an interrupt alone: the last byte of the stack is at sp */
		__asm volatile("1:\tpush {r0}\n\tb 1b" ::: "memory");
	return 0;
}

enum below { PUSHES, FRAME, INTERRUPT, CALL, BELOW };

static const char *const below_names[BELOW] = {
	"#8 pushes below a stack: dies",
	"#8 a frame that begins below a stack: dies",
	"#8 an interrupt where a stack has no room for its frame: dies",
	"#8 a call where a stack has no room for its frame: dies",
};

/* On a stack of a page. */
static void go_below(long how)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)&page & ~(page - 1);

	switch ((enum below)how) {
	case PUSHES:
		__asm volatile("1:\tpush {r0}\n\tb 1b" : : : "memory");
		break;
	case FRAME:
		__asm volatile("mov sp, %0\n\tpush {r0}\n1:\tb 1b" : : "r"(start - 64) : "memory");
		break;
	case INTERRUPT:
		__asm volatile("mov sp, %0\n1:\tb 1b" : : "r"(start + 8) : "memory");
		break;
	default:
		__asm volatile("mov sp, %0\n\tmovs r7, %1\n\tsvc #0\n1:\tb 1b"
			       :
			       : "r"(start + 8), "i"(SYS_getpid)
			       : "memory");
	}
}

/* Make that stack at the address that comes by pipe @a: below it lies another's memory. */
static int start_above(long a, long how)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct thread_args args = { .entry = (uint32_t)(uintptr_t)go_below,
				    .arg = (uint32_t)how,
				    .policy = CROFT_SCHED_KEEP,
				    .priority = -1 };
	char *stack;

	if (read((int)a, &stack, sizeof(stack)) != sizeof(stack) ||
	    mmap(stack, page, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_FIXED, -1, 0) != stack)
		return 1;
	args.stack_top = (uint32_t)(uintptr_t)(stack + page);
	if (raw3(SYS_thread_create, (long)&args, 0, 0) < 0)
		return 2;
	return pause();
}

static int unmap_stack(long a, long b)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t at = (uintptr_t)&page & ~(page - 1);

	(void)b;
	if (a)
		mprotect((void *)at, page, PROT_READ);
	else
		munmap((void *)at, page);
	return 0;
}

/* Spin with a pattern where a call has its arguments; 0 when nobody touched it. */
static int bystander(long a, long b)
{
	uint32_t left = SPINS, r0, wrong = 0;

	(void)a, (void)b;
	for (uint32_t i = 0; i < 128; i++)
		data[i] = PATTERN;
	__asm volatile("mov r1, %2\n\tmov r0, r1\n\tmovs r7, %3\n"
		       "1:\tcmp r0, r1\n\tbne 2f\n\tsubs %0, %0, #1\n\tbne 1b\n"
		       "2:\tmov %1, r0"
		       : "+r"(left), "=r"(r0)
		       : "r"(PATTERN), "i"(SYS_getpid)
		       : "r0", "r1", "r7", "cc");
	for (uint32_t i = 0; i < 128; i++)
		wrong += data[i] != PATTERN;
	return left != 0 || r0 != PATTERN || wrong != 0;
}

static const struct part parts[] = { { "move", move_stack },	 { "overflow", overflow },
				     { "below", start_above },	 { "unmap", unmap_stack },
				     { "bystander", bystander }, { 0 } };

/* Wait for a process at most so long; one that lives on is killed by SIGUSR1. */
static int status_within(pid_t pid, int ms)
{
	int status = -1;

	for (; ms > 0; ms -= 20) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			return status;
		usleep(20000);
	}
	kill(pid, SIGUSR1);
	return part_status(pid);
}

/* Does it die, by SIGSEGV or as one whose stack is lost, and does nobody else notice? */
static void dies(const char *part, long a, long b, const char *name)
{
	pid_t other = part_start("bystander", 0, 0);
	int status = status_within(part_start(part, a, b), 2000);
	int sig = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	int unharmed = part_ended(other, 0);

	if (!OK((sig == SIGSEGV || sig == SIGKILL) && unharmed, name))
		note("wait status", status);
}

/* What lies below is this process's, and is to stay as it is. */
static void test_below(enum below how)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), intact = 0;
	int fds[2], status, sig;
	char *low, *stack;
	pid_t pid;

	pipe(fds);
	pid = part_start("below", fds[0], (long)how);
	usleep(20000);
	low = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(low, 0x5a, page);
	stack = low + page;
	munmap(stack, page);
	write(fds[1], &stack, sizeof(stack));
	status = status_within(pid, 2000);
	sig = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (!OK(sig == SIGSEGV || sig == SIGKILL, below_names[how]))
		note("wait status", status);
	while (intact < page && low[intact] == 0x5a)
		intact++;
	IS(intact, page, "#8 and another's memory below it is as it was");
	munmap(low, page);
	close(fds[0]);
	close(fds[1]);
}

static void test(void)
{
	long before;

	part_status(part_start("overflow", 0, 0));
	before = system_info(INFO_FREE_PAGES);
	dies("overflow", 0, 0, "#8 a stack overflows by recursion");
	dies("overflow", 1, 0, "#8 a stack overflows by one large frame");
	dies("overflow", 2, 0, "#8 a stack overflows by pushes");
	for (int how = 0; how < BELOW; how++)
		test_below((enum below)how);
	for (long where = 0; where < PLACES; where++)
		for (long how = 0; how < 2; how++)
			dies("move", where, how, names[where][how]);
	dies("unmap", 0, 0, "#9 a program unmaps its own stack");
	dies("unmap", 1, 0, "a program takes the right to write from its own stack");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
