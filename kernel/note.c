/* SPDX-License-Identifier: MIT */
/* Notes about pending signals.  See include/kernel/note.h. */
#include <croft/signal.h>
#include <kernel/note.h>
#include <kernel/proc.h>
#include <mm/pool.h>

static struct pool note_pool = POOL_INIT(struct note);

struct note *note_create(void)
{
	struct note *note = pool_alloc(&note_pool);

	if (note)
		note->is_pooled = true;
	return note;
}

void note_free(struct note *note)
{
	pool_free(&note_pool, note);
}

void note_add(struct proc *proc, struct note *note)
{
	struct note **end = &proc->notes;

	if (note->is_listed)
		return;
	while (*end)
		end = &(*end)->next;
	*end = note;
	note->next = NULL;
	note->is_listed = true;
}

/* Take the note away that *@link leads to. */
static void drop(struct note **link)
{
	struct note *note = *link;

	*link = note->next;
	note->is_listed = false;
	if (note->is_pooled)
		pool_free(&note_pool, note);
}

static struct note **find(struct proc *proc, const struct thread *thread, int sig)
{
	struct note **link = &proc->notes;

	while (*link && ((*link)->sig != sig || (*link)->thread != thread))
		link = &(*link)->next;
	return link;
}

void note_take(struct proc *proc, const struct thread *thread, int sig, struct croft_siginfo *info)
{
	struct note **link = find(proc, thread, sig);
	const struct note *note = *link;

	*info = (struct croft_siginfo){ .signo = sig };
	if (!note)
		return;
	info->code = note->code;
	info->pid = note->pid;
	info->uid = note->uid;
	info->status = note->status;
	info->value = addr_ptr(note->value);
	drop(link);
}

bool note_exists(const struct proc *proc, const struct thread *thread, int sig)
{
	const struct note *note = proc->notes;

	while (note && (note->sig != sig || note->thread != thread))
		note = note->next;
	return note != NULL;
}

unsigned int note_count(const struct proc *proc)
{
	unsigned int n = 0;

	for (const struct note *note = proc->notes; note; note = note->next)
		n++;
	return n;
}

void note_remove(struct proc *proc, struct note *note)
{
	struct note **link = &proc->notes;

	if (!note->is_listed)
		return;
	while (*link != note)
		link = &(*link)->next;
	drop(link);
}

void notes_drop_signals(struct proc *proc, uint32_t set)
{
	struct note **link = &proc->notes;

	while (*link)
		if (set & 1u << (*link)->sig)
			drop(link);
		else
			link = &(*link)->next;
}

void notes_drop(struct proc *proc, const struct thread *thread)
{
	struct note **link = &proc->notes;

	while (*link)
		if (!thread || (*link)->thread == thread)
			drop(link);
		else
			link = &(*link)->next;
}
