/* SPDX-License-Identifier: MIT */
/*
 * A worker: makes the calls that are drawn, and looks after its pattern.
 *
 * The pattern is a page that the worker may only read, so whatever it passes to the kernel, no call
 * of its own may change it; calls that would by rights (munmap and the like) are not drawn.  What
 * changes it nevertheless was done by another, or by the kernel's mistake.
 */
#include "fuzz.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <croft/thread.h>

#define LOOKS_EVERY    16 /* calls */
#define VFORKED_CALLS  4
#define WAKE_US	       4000 /* what waits gets a signal so often */
#define USER_FIRST     1000
#define PRIORITY_FIRST 12

/* What is behind struct worker in its page. */
#define FIRST_WORD ((sizeof(struct worker) + 3) / 4)

static const struct worker *self;

static struct draw call(unsigned int nr, uint32_t a, uint32_t b)
{
	return (struct draw){ .nr = nr, .arg = { a, b } };
}

static __attribute__((noreturn)) void end(int status)
{
	struct draw draw = call(SYS_exit, (uint32_t)status, 0);

	for (;;)
		fuzz_call(&draw);
}

static uint32_t pattern_word(size_t i)
{
	return fuzz_mix(self->seed, (uint32_t)i);
}

static bool is_changed(size_t i)
{
	const volatile uint32_t *words = (const volatile uint32_t *)self;

	return words[i] != pattern_word(i);
}

/*
 * A word is changed where it differs twice, and is one of the pattern.  Once it may seem to: a call may have
 * changed the registers of the worker where they lay on its stack.
 */
static void look(void)
{
	const volatile uint32_t *words = (const volatile uint32_t *)self;
	volatile size_t at; /* of which nothing is known */

	if (self->pattern != (uintptr_t)words)
		end(EXIT_MAX - 1); /* it has had the kernel write to this pointer */
	for (size_t i = FIRST_WORD; i < self->page / sizeof(*words); i++)
		if (is_changed(i) && is_changed(i)) {
			at = i;
			if (at < FIRST_WORD || at >= self->page / sizeof(*words))
				end(EXIT_MAX - 1);
			self->slot->word = words[i];
			self->slot->changed = (uint32_t)(uintptr_t)&words[i];
			end(EXIT_CHANGED);
		}
}

/* The double of a thread, in its memory, until it ends. */
static __attribute__((noreturn, noinline)) void be_vforked(uint32_t index)
{
	struct draw draw;

	for (uint32_t i = 1; i <= VFORKED_CALLS; i++) {
		draw_call(self, index + i, &draw);
		if (draw.nr != SYS_vfork)
			fuzz_call(&draw);
	}
	end(0);
}

/* One call; false: that was the last. */
static __attribute__((noinline)) bool step(void)
{
	struct slot *slot = self->slot;
	uint32_t index = __atomic_fetch_add(&slot->count, 1, __ATOMIC_RELAXED);
	struct draw draw;
	long result;

	if (index >= slot->limit)
		return false;
	draw_call(self, index, &draw);
	result = fuzz_call(&draw);
	if (draw.nr == SYS_vfork && result == 0)
		be_vforked(index);
	if ((draw.nr == SYS_mmap || draw.nr == SYS_mremap || draw.nr == SYS_shmat) &&
	    (unsigned long)result < -4096ul)
		fuzz_mapped[index % 4] = (uintptr_t)result;
	if (index % LOOKS_EVERY == 0)
		look();
	return true;
}

static __attribute__((noreturn)) void run_thread(void)
{
	struct draw draw;

	while (step())
		;
	draw = call(SYS_thread_exit, (uint32_t)fuzz_mapped[0], (uint32_t)self->page);
	for (;;)
		fuzz_call(&draw);
}

static void fault(int sig)
{
	look();
	end(EXIT_FAULT + sig);
}

static void wake(int sig)
{
	(void)sig;
}

static bool prepare(const struct worker *worker)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	const struct itimerval often = { { 0, WAKE_US }, { 0, WAKE_US } };
	uint32_t *words = mmap(NULL, worker->page, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct draw draw = { .nr = SYS_thread_set_sched,
			     .arg = { 0, CROFT_SCHED_RR, PRIORITY_FIRST + worker->seed % 8 } };
	struct worker *kept;

	if (words == MAP_FAILED)
		return false;
	kept = (struct worker *)words;
	*kept = *worker;
	kept->pattern = (uintptr_t)words;
	kept->text = (uintptr_t)step & ~(uintptr_t)1;
	kept->thread = run_thread;
	self = kept;
	for (size_t i = FIRST_WORD; i < self->page / sizeof(*words); i++)
		words[i] = pattern_word(i);
	if (mprotect(words, self->page, PROT_READ))
		return false;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		signal(faults[i], fault);
	signal(SIGALRM, wake);
	setitimer(ITIMER_REAL, &often, NULL);
	fuzz_call(&draw);
	if (!self->is_root && setuid(USER_FIRST + self->seed % 50))
		return false;
	fuzz_mapped[0] = (uintptr_t)mmap(NULL, self->page, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	return true;
}

int worker_main(const struct worker *worker)
{
	if (!prepare(worker))
		return EXIT_SETUP;
	self->slot->own = (uint32_t)self->pattern;
	while (__atomic_load_n(&self->slot->pid, __ATOMIC_RELAXED) == 0)
		; /* the parent has its time slice, too */
	while (step())
		;
	look();
	end(0);
}
