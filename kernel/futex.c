/* SPDX-License-Identifier: MIT */
/*
 * Futexes.  See include/kernel/futex.h.
 *
 * All who wait are on one list, which is looked through: it is as long as there are threads that
 * wait for a word.
 */
#include <croft/futex.h>
#include <croft/mman.h>
#include <errno.h>
#include <kernel/fetch.h>
#include <kernel/futex.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>
#include <time.h>

static struct waitq waiting = { .threads = TAILQ_HEAD_INITIALIZER(waiting.threads) };

bool futex_holds(const struct thread *thread)
{
	return thread->waiting_on == &waiting;
}

/*
 * Does a thread wait for the word that @mm has there?  What a process has given back may be another's by
 * now: only where both map it, it is the same.
 */
static bool waits_for(const struct thread *thread, const struct mm *mm, addr_t word)
{
	struct mm *own = thread->proc->mm;

	return thread->futex == word && (own == mm || mm_find(own, word));
}

/* The most urgent thread that waits for the word, the longest of equals; NULL: none. */
static struct thread *best_waiter(const struct mm *mm, addr_t word)
{
	struct thread *thread, *best = NULL;

	TAILQ_FOREACH(thread, &waiting.threads, link)
		if (waits_for(thread, mm, word) && (!best || thread->priority > best->priority))
			best = thread;
	return best;
}

uint32_t futex_wake(const struct mm *mm, addr_t word, uint32_t most)
{
	struct thread *thread;
	uint32_t n = 0;

	while (n < most && (thread = best_waiter(mm, word)) != NULL) {
		thread_wake_result(thread, 0);
		n++;
	}
	return n;
}

/* Sleep on the word until woken or @deadline. */
static long wait_for(addr_t word, uint64_t deadline)
{
	current->futex = word;
	return thread_wait_result(&waiting, deadline);
}

static long lock_pi(uint32_t *word, addr_t at, uint64_t deadline)
{
	uint32_t self = (uint32_t)current->tid;
	struct thread *owner;

	if ((*word & FUTEX_TID_MASK) == 0) {
		*word = self | (*word & FUTEX_WAITERS);
		return 0;
	}
	owner = thread_find((int)(*word & FUTEX_TID_MASK));
	if (!owner)
		return -ESRCH;
	if (donate_would_loop(current, owner))
		return -EDEADLK;
	*word |= FUTEX_WAITERS;
	donate(current, owner);
	return wait_for(at, deadline);
}

static long unlock_pi(uint32_t *word, addr_t at)
{
	const struct mm *mm = current_mm();
	struct thread *next, *other;

	if ((*word & FUTEX_TID_MASK) != (uint32_t)current->tid)
		return -EPERM;
	next = best_waiter(mm, at);
	if (!next) {
		*word = 0;
		return 0;
	}
	thread_wake_result(next, 0);
	*word = (uint32_t)next->tid;
	/* Who still waits, waits for the new owner. */
	TAILQ_FOREACH(other, &waiting.threads, link)
		if (waits_for(other, mm, at)) {
			*word |= FUTEX_WAITERS;
			donate_end(other);
			donate(other, next);
		}
	return 0;
}

long sys_futex(uaddr_t at, int op, unsigned int value, uaddr_t timeout)
{
	uint64_t deadline;
	uint32_t *word;
	void *ptr;
	int err;

	if (at.addr & 3)
		return -EINVAL;
	err = user_range(current_mm(), at, sizeof(*word), op == FUTEX_WAIT ? PROT_READ : PROT_WRITE,
			 &ptr);
	if (err)
		return err;
	word = ptr;
	switch (op) {
	case FUTEX_WAIT:
		if (*word != value)
			return -EAGAIN;
		err = fetch_deadline(timeout, &deadline);
		return err ? err : wait_for(at.addr, deadline);
	case FUTEX_WAKE:
		return (long)futex_wake(current_mm(), at.addr, value);
	case FUTEX_LOCK_PI:
		err = fetch_deadline(timeout, &deadline);
		return err ? err : lock_pi(word, at.addr, deadline);
	case FUTEX_UNLOCK_PI:
		return unlock_pi(word, at.addr);
	default:
		return -EINVAL;
	}
}
