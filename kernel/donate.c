/* SPDX-License-Identifier: MIT */
/*
 * Priority inheritance.
 *
 *	A(30) --waits for--> B(20) --waits for--> C(10)	 runs with 30
 *
 * A thread that waits for what another has donates its priority to it, and so on along the chain.
 * A thread runs with the highest of its own and its donors' priorities.
 *
 * A chain has no ring: who would close one by waiting gets EDEADLK first (donate_would_loop).
 */
#include <kernel/assert.h>
#include <kernel/proc.h>

/* Set what the thread runs with, and tell whom it donates to. */
static void update(struct thread *thread)
{
	while (thread) {
		unsigned int priority = thread->base_priority;
		struct thread *donor;

		LIST_FOREACH(donor, &thread->donors, donation)
			priority = MAX(priority, donor->priority);
		if (priority == thread->priority)
			return;
		sched_change_priority(thread, priority);
		thread = thread->donates_to;
	}
}

bool donate_would_loop(const struct thread *thread, const struct thread *owner)
{
	for (; owner; owner = owner->donates_to)
		if (owner == thread)
			return true;
	return false;
}

void donate(struct thread *thread, struct thread *owner)
{
	ASSERT(!thread->donates_to && !donate_would_loop(thread, owner));
	thread->donates_to = owner;
	LIST_INSERT_HEAD(&owner->donors, thread, donation);
	update(owner);
}

void donate_end(struct thread *thread)
{
	struct thread *owner = thread->donates_to;

	if (!owner)
		return;
	LIST_REMOVE(thread, donation);
	thread->donates_to = NULL;
	update(owner);
}

void thread_set_priority(struct thread *thread, unsigned int base)
{
	thread->base_priority = (uint8_t)base;
	update(thread);
}
