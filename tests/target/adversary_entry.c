/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with entry, exit and stacks: the numbers are those of docs/adversary.md.
 * fault_stack.c, fault_signals.c and syscall_numbers.c try more of them.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include <croft/signal.h>
#include <croft/thread.h>

#include "raw.h"
#include "tap.h"

#define TICK	   40	 /* ns: of the fastest clock of a board */
#define NEAR	   30000 /* ns: before the call begins */
#define FAR	   70000 /* and after its end */
#define XPSR_THUMB (1u << 24)

static size_t page;

/* For the parts, too. */
__attribute__((constructor)) static void find_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

static uint32_t control(void)
{
	uint32_t word;

	__asm volatile("mrs %0, control" : "=r"(word));
	return word;
}

static volatile uint32_t handled, privileged;

static void on_alarm(int sig)
{
	uint32_t ipsr;

	(void)sig;
	__asm volatile("mrs %0, ipsr" : "=r"(ipsr));
	handled++;
	privileged += !(control() & 1) || ipsr != 0;
}

/* Where, seen from a call, one interrupt has come. */
static struct {
	uint32_t before, during, after, lost, free;
} shots;

/* Have the timer come @ns after now, which is before, in or behind a call that is made meanwhile. */
static void shoot(timer_t timer, long ns, int pad, int fd, long number)
{
	struct itimerspec once = { .it_value.tv_nsec = ns };
	uint32_t at_first = handled, before, turns = 500;
	long got;

	raw6(SYS_timer_settime, (long)timer, 0, (long)&once, 0, 0, 0);
	/* The counter makes shots of 10 us at least: what follows is to come later than that. */
	__asm volatile("1: subs %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
	if (pad > 0)
		__asm volatile("nop");
	if (pad > 1)
		__asm volatile("nop");
	before = handled;
	got = raw3(SYS_lseek, fd, number, SEEK_SET);
	shots.before += before != at_first;
	shots.during += before == at_first && handled != before;
	shots.after += handled == at_first;
	shots.lost += got != number;
	shots.free += !(control() & 1);
	while (handled == at_first)
		;
}

/*
 * A call with arguments and a timer's interrupt at every distance from one another: the clock moves by
 * one or two instructions, and up to two more come before the call.
 */
static void test_3_calls_and_ticks(void)
{
	int fd = open("/tmp/ticks", O_RDWR | O_CREAT, 0600), nshots = 0;
	timer_t timer;

	signal(SIGALRM, on_alarm);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	for (int pad = 0; pad < 3; pad++)
		for (long ns = NEAR; ns < FAR; ns += TICK)
			shoot(timer, ns, pad, fd, 1000 + nshots++);
	timer_delete(timer);
	close(fd);
	unlink("/tmp/ticks");
	note("interrupts before, in and after a call:", (long)shots.before);
	note("", (long)shots.during);
	note("", (long)shots.after);
	OK(shots.before && shots.during && shots.after,
	   "#3 interrupts come before, in and after a call");
	IS(shots.lost, 0, "#3 and each call gets its arguments and gives its result");
	IS(shots.free, 0, "#4 after each call and interrupt the program is unprivileged");
	IS(handled, nshots, "#3 no interrupt is lost");
	IS(privileged, 0, "#18 so are its handlers of signals, in thread mode");
}

enum forged {
	PC_KERNEL,
	PC_NOWHERE,
	PC_EXC_RETURN,
	SP_KERNEL,
	SP_NOWHERE,
	SP_DATA,
	AT_KERNEL,
	AT_EDGE,
	FORGED
};

static const char *const forged_names[] = {
	"#5 sigreturn with pc in the kernel dies",
	"#5 sigreturn with pc nowhere dies",
	"#5 sigreturn with pc an EXC_RETURN dies",
	"#5 sigreturn with sp in the kernel dies",
	"#5 sigreturn with sp nowhere dies",
	"#5 sigreturn with sp in data dies",
	"#5 sigreturn from a frame in the kernel dies",
	"#5 sigreturn from a frame over the end of memory dies",
};

static uint32_t data[64];

static void goes_on(void)
{
	uint32_t ipsr;

	__asm volatile("mrs %0, ipsr" : "=r"(ipsr));
	raw3(SYS_exit, ipsr == 0 && (control() & 1) ? 7 : 8, 0, 0);
}

static int forge(long a, long b)
{
	struct croft_ucontext context = { .pc = (uint32_t)(uintptr_t)test_3_calls_and_ticks,
					  .sp = (uint32_t)(uintptr_t)__builtin_frame_address(0) -
						64,
					  .xpsr = XPSR_THUMB };
	long from = (long)&context;

	(void)b;
	switch ((enum forged)a) {
	case PC_KERNEL:
		context.pc = 0x101;
		break;
	case PC_NOWHERE:
		context.pc = 0x70000001;
		break;
	case PC_EXC_RETURN:
		context.pc = 0xfffffff1;
		break;
	case SP_KERNEL:
		context.sp = 0x20000400;
		break;
	case SP_NOWHERE:
		context.sp = 0xfffffff8;
		break;
	case SP_DATA:
		context.sp = (uint32_t)(uintptr_t)&data[60];
		break;
	case AT_KERNEL:
		from = 0x20000000;
		break;
	default:
		from = -16;
	}
	raw3(SYS_sigreturn, from, 0, 0);
	return 0;
}

/* Thumb off, an exception's number, IT state, all bits: only what a program may set is taken. */
static int forge_xpsr(long a, long b)
{
	struct croft_ucontext context = {
		.pc = (uint32_t)(uintptr_t)goes_on,
		.sp = ((uint32_t)(uintptr_t)__builtin_frame_address(0) - 256) & ~7u,
		.xpsr = (uint32_t)a
	};
	uint32_t base;

	(void)b;
	__asm volatile("mov %0, r9" : "=r"(base));
	context.r[9] = base;
	raw3(SYS_sigreturn, (long)&context, 0, 0);
	return 0;
}

static int died_of_fault(pid_t pid)
{
	int status = part_status(pid),
	    sig = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return sig == SIGSEGV || sig == SIGILL || sig == SIGBUS || sig == SIGKILL;
}

/*
 * The frame would lie below the stack, in other memory.  The child has its parent's memory, which can be
 * looked at when it is dead.
 */
static void test_5_no_room(void)
{
	struct croft_ucontext context = { .pc = (uint32_t)(uintptr_t)goes_on, .xpsr = XPSR_THUMB };
	char *low =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t intact = 0;
	pid_t pid;

	mmap(low + page, page, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_FIXED, -1, 0);
	memset(low, 0x5a, page);
	context.sp = (uint32_t)(uintptr_t)(low + page + 8);
	pid = vfork();
	if (pid == 0) {
		raw3(SYS_sigreturn, (long)&context, 0, 0);
		_exit(1);
	}
	OK(died_of_fault(pid), "#5 sigreturn with sp where a stack has no room for a frame dies");
	while (intact < page && low[intact] == 0x5a)
		intact++;
	IS(intact, page, "#5 and what lies below is as it was");
	munmap(low, 2 * page);
}

static void test_5_forged_frames(void)
{
	static const long words[] = { 0, 3, 11, XPSR_THUMB | 3, XPSR_THUMB | 0x1ff };
	int good = 0;

	for (long i = 0; i < FORGED; i++)
		OK(died_of_fault(part_start("forge", i, 0)), forged_names[i]);
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		good += part_ended(part_start("xpsr", words[i], 0), 7);
	IS(good, sizeof(words) / sizeof(words[0]),
	   "#5 sigreturn with Thumb off or an exception's number goes on as a program");
}

static void at_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	_exit(info->si_code == SEGV_MAPERR && info->si_addr == (void *)(uintptr_t)data[0] ? 7 : 8);
}

/* The first fetch dies: whatever the kernel's code would do to a program later, it does not run. */
static int jump(long a, long b)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	(void)b;
	action.sa_sigaction = at_fault;
	sigaction(SIGSEGV, &action, NULL);
	data[0] = (uint32_t)a;
	((void (*)(void))(uintptr_t)(a | 1))();
	return 0;
}

static void test_6_jumps(void)
{
	int lived = 0;

	for (long at = 0; at < 0x8000; at += 0x1234)
		lived += !part_ended(part_start("jump", at, 0), 7);
	IS(lived, 0, "#6 a jump into the kernel's text, wherever, dies of its first fetch");
}

/* ---- A stack that goes away under its thread ------------------------------------------------ */

static volatile int is_ready;
static int ends[2]; /* of a pipe */
static void *stack;

static void block_or_spin(long is_blocked)
{
	is_ready = 1;
	if (is_blocked)
		raw3(SYS_read, ends[0], (long)data, 1);
	for (;;)
		;
}

/* @a: by munmap or mprotect; @b: while it is blocked or preempted. */
static int lose_stack(long a, long b)
{
	struct thread_args args = { .entry = (uint32_t)(uintptr_t)block_or_spin,
				    .arg = (uint32_t)b,
				    .policy = CROFT_SCHED_KEEP,
				    .priority = -1 };

	stack = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return 1;
	args.stack_top = (uint32_t)((uintptr_t)stack + 2 * page);
	if (pipe(ends) || raw3(SYS_thread_create, (long)&args, 0, 0) < 0)
		return 2;
	while (!is_ready)
		usleep(1000);
	usleep(30000);
	if (a ? munmap(stack, 2 * page) : mprotect(stack, 2 * page, PROT_READ))
		return 3;
	write(ends[1], "x", 1); /* who is blocked goes on */
	usleep(100000);
	return 4;
}

static void test_9_stacks(void)
{
	OK(died_of_fault(part_start("lose", 1, 0)),
	   "#9 a stack is unmapped while its thread is preempted: dies");
	OK(died_of_fault(part_start("lose", 0, 0)),
	   "#9 a stack is made read-only while its thread is preempted: dies");
	OK(died_of_fault(part_start("lose", 1, 1)),
	   "#9 a stack is unmapped while its thread is blocked: dies");
	OK(died_of_fault(part_start("lose", 0, 1)),
	   "#9 a stack is made read-only while its thread is blocked: dies");
}

/* ---- A frame that another thread changes ------------------------------------------------------ */

static void yield_or_spin(long is_preempted)
{
	is_ready = 1;
	while (!is_preempted)
		raw3(SYS_sched_yield, 0, 0, 0);
	for (;;)
		;
}

/* @a: bits that the frame's xPSR gets; @b: while the thread is preempted, not in a call. */
static int change_frame(long a, long b)
{
	uint32_t *end;
	struct thread_args args = { .entry = (uint32_t)(uintptr_t)yield_or_spin,
				    .arg = (uint32_t)b,
				    .policy = CROFT_SCHED_KEEP,
				    .priority = -1 };

	stack = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
		     -1, 0);
	if (stack == MAP_FAILED)
		return 1;
	end = (uint32_t *)stack + page / 4;
	args.stack_top = (uint32_t)(uintptr_t)end;
	if (raw3(SYS_thread_create, (long)&args, 0, 0) < 0)
		return 2;
	while (!is_ready)
		raw3(SYS_sched_yield, 0, 0, 0);
	usleep(b ? 30000 : 0);
	for (uint32_t *word = end - 32; word < end; word++)
		if ((*word & 0x07ffffff) == XPSR_THUMB)
			*word |= (uint32_t)a;
	usleep(30000);
	return 3;
}

/*
 * A processor may store the frame of the fault that this makes where it does not belong: on the kernel's
 * stack, a bit of it each time.  So as often as would fill that.
 */
static void test_5_changed_frames(void)
{
	int died = 0;

	for (long i = 0; i < 100; i++)
		died += died_of_fault(part_start("change", i % 2 ? 3 : 0x21, i / 2 % 2));
	IS(died, 100,
	   "#5 an exception's number in the frame of a call or of a tick dies, 100 times");
}

/* ---- Two things wrong at once ---------------------------------------------------------------- */

static int bad_both(long a, long b)
{
	__asm volatile("mov sp, %0\n\tbx %1" : : "r"(a), "r"(b) : "memory");
	return 0;
}

static void test_10_bad_frames(void)
{
	static const long sps[] = { 0x20000400, 0, -8, 0x40000000 };
	static const long pcs[] = { 0x20000001, 0x101, -1, 0x70000001 };
	int died = 0;

	for (unsigned int i = 0; i < 4; i++)
		for (unsigned int j = 0; j < 4; j++)
			died += died_of_fault(part_start("both", sps[i], pcs[j]));
	IS(died, 16, "#10 a bad stack pointer and a bad program counter at once: dies");
}

/* ---- Registers ----------------------------------------------------------------------------- */

static uint32_t seen[13];

static __attribute__((naked)) void keep_registers(void)
{
	__asm volatile("push {r0-r3}\n\t"
		       "pop {r0-r3}\n\t"
		       "stmia r0, {r0-r12}\n\t"
		       "movs r0, #0\n\tmovs r1, #0\n\tmovs r7, %0\n\tsvc #0\n\tb ."
		       :
		       : "i"(SYS_thread_exit));
}

static void test_11_registers(void)
{
	char *own = mmap(NULL, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	struct thread_args args = { .entry = (uint32_t)(uintptr_t)keep_registers,
				    .arg = (uint32_t)(uintptr_t)seen,
				    .stack_top = (uint32_t)((uintptr_t)own + page),
				    .policy = CROFT_SCHED_KEEP,
				    .priority = -1 };
	uint32_t word = 0;

	seen[12] = 1;
	OK(own != MAP_FAILED && raw3(SYS_thread_create, (long)&args, 0, 0) > 0, "#11 a new thread");
	usleep(100000);
	for (int i = 1; i < 13; i++)
		word |= i == 9 ? 0 : seen[i];
	IS(word, 0, "#11 it finds nothing in its registers but its argument");
	munmap(own, page);
}

static const struct part parts[] = { { "forge", forge },
				     { "xpsr", forge_xpsr },
				     { "jump", jump },
				     { "lose", lose_stack },
				     { "both", bad_both },
				     { "change", change_frame },
				     { 0 } };

static void test(void)
{
	test_3_calls_and_ticks();
	test_5_forged_frames();
	test_5_no_room();
	test_5_changed_frames();
	test_6_jumps();
	test_9_stacks();
	test_10_bad_frames();
	test_11_registers();
}

TAP_MAIN(parts, test)
