/* SPDX-License-Identifier: MIT */
/* Faults, switches, stores, pins, pointers and exits, in the model.  See model.h. */
#include "model.h"

void leave(unsigned int proc)
{
	say("P%u exit\n", proc);
	mm_unmap_all(&procs[proc]);
	mm_destroy(&procs[proc]);
	mm_init(&procs[proc]);
	memset(&model[proc], 0, sizeof(model[proc]));
	if (proc == 1)
		procs[proc].max_vmas = 12;
	if (proc == 2)
		procs[proc].max_pages = 24;
	if (proc == running) {
		user_sp = 0;
		mm_activate(&procs[proc], NULL);
	}
}

bool finish(unsigned int proc, struct mm_job *job, uint32_t chance)
{
	while (!mm_job_is_done(job)) {
		if (chance % 256 == 0) {
			leave(proc);
			return true;
		}
		mm_job_step(job);
	}
	return false;
}

/* As the fault entry of a port does it: the short way, then the long one. */
static enum mm_verdict fault(addr_t at, enum mm_access access)
{
	return env_refill(at, access, user_sp, at) ? VERDICT_REFILLED
						   : mm_fault(&procs[running], at, access, user_sp);
}

void op_fault(const struct op *op)
{
	addr_t at = some_address(running, op->a) + (op->b & PAGE_MASK & ~3u);
	enum mm_access access = op->c % 3 ? ACCESS_DATA : ACCESS_FETCH;
	int may = rights(running, at);
	enum mm_verdict verdict, expected = VERDICT_REFILLED;
	bool resident = mpu_grants(at) != 0;

	if (may < 0)
		expected = VERDICT_MAPERR;
	else if (!(may & (access == ACCESS_FETCH ? PROT_EXEC : PROT_READ)) || resident)
		expected = VERDICT_ACCERR;
	say("P%u %s at %08x", running, access == ACCESS_FETCH ? "fetch" : "access", at);
	verdict = fault(at, access);
	if (MPU_MAY_OVERLAP && resident && verdict == VERDICT_REFILLED)
		verdict = fault(at, access); /* what was loaded twice is found */
	say(" = %d\n", verdict);
	if (verdict != expected)
		wrong("the verdict is %d, not %d", verdict, expected);
	if (verdict == VERDICT_REFILLED && mpu_grants(at) != (unsigned int)may)
		wrong("after a refill the MPU grants %x, not %x", mpu_grants(at), may);
}

/* Let another process run, on a stack if it has one. */
void op_switch(const struct op *op)
{
	struct model_proc *m = &model[op->proc];
	addr_t sp = some_address(op->proc, op->a) + 8;
	struct page_layers *l = layers(op->proc, sp);
	addr_t start, end;

	running = op->proc;
	if (m->has_stack && op->b % 4) {
		bool held = m->stack.end != 0, holds;
		struct mm_stack was = m->stack;

		l = layers(op->proc, was.start);
		if (held &&
		    (!l->n || !(l->layer[0].flags & VMA_STACK) || !(l->layer[0].prot & PROT_WRITE)))
			held = false;
		if (held) {
			piece(op->proc, was.start, &l->layer[0], &start, &end);
			held = start <= was.start && was.end <= end;
		}
		holds = mm_stack_holds(&procs[running], &m->stack);
		say("P%u runs on stack %08x: %d\n", running, was.start, holds);
		if (held != holds)
			wrong("the stack holds: %d, not %d", holds, held);
		mm_activate(&procs[running], &m->stack);
		user_sp = m->stack.end ? m->stack.end - 16 : 0;
		if (!holds)
			m->has_stack = false;
		return;
	}
	m->has_stack = mm_stack_find(&procs[running], sp, &m->stack) == 0;
	say("P%u runs on %08x: %d\n", running, sp, m->has_stack);
	if (m->has_stack !=
	    (l->n && (l->layer[0].flags & VMA_STACK) && (l->layer[0].prot & PROT_WRITE)))
		wrong("is it a stack? %d", m->has_stack);
	mm_activate(&procs[running], m->has_stack ? &m->stack : NULL);
	user_sp = m->has_stack ? sp : 0;
	if (m->has_stack && mpu_grants(sp - 1) != (unsigned int)l->layer[0].prot)
		wrong("the stack at %08x has rights %x", sp, mpu_grants(sp - 1));
}

void op_write(const struct op *op)
{
	addr_t at = some_address(op->proc, op->a) + (op->b & PAGE_MASK & ~15u);
	int may = rights(op->proc, at), page = page_at(at);

	if (may < 0 || !(may & PROT_WRITE) || page >= (int)NRAM)
		return;
	say("P%u writes at %08x\n", op->proc, at);
	memset(addr_ptr(at), (int)op->c | 1, 16);
	memset(bytes[page] + (at & PAGE_MASK), (int)op->c | 1, 16);
}

void op_pin(const struct op *op)
{
	unsigned int page = op->a % NRAM;

	for (unsigned int i = 0; i < NRAM; i++)
		if (pins[i] && (op->b & 1)) {
			say("unpin %08x\n", addr_of(i));
			pins[i]--;
			page_put(addr_of(i), 1);
			return;
		}
	for (unsigned int i = 0; i < NPROCS; i++)
		if (model[i].at[page].n && (op->b & 2)) {
			say("pin %08x\n", addr_of(page));
			pins[page]++;
			page_get(addr_of(page), 1);
			return;
		}
}

void op_uaccess(const struct op *op)
{
	addr_t at = some_address(op->proc, op->a) + (op->b & PAGE_MASK);
	size_t len = op->c % PG(3);
	unsigned int want = op->d & 1 ? PROT_WRITE : PROT_READ;
	int expected = 0, err;
	void *ptr;

	if (op->d % 64 == 2)
		len = SIZE_MAX - at - 5;
	if (op->d % 64 == 4)
		len = 0u - at;
	for (size_t i = 0; i < len && !expected; i = i + PAGE_SIZE - ((at + i) & PAGE_MASK))
		if (at + i > UINT32_MAX || at + i - DEVICE_AT < PG(DEVICE_PAGES) ||
		    rights(op->proc, (addr_t)(at + i)) < 0 ||
		    !((unsigned int)rights(op->proc, (addr_t)(at + i)) & want))
			expected = -EFAULT;
	err = user_range(&procs[op->proc], (uaddr_t){ at }, len, want, &ptr);
	say("P%u pointer %08x, %zx, %u = %d\n", op->proc, at, len, want, err);
	if (err != expected)
		wrong("a pointer is judged %d, not %d", err, expected);
}

void op_trim(const struct op *op)
{
	mm_nr_trim_pages = op->a % 2 ? 1 : op->b % 4;
	say("nr_trim_pages = %u\n", mm_nr_trim_pages);
}
