/* SPDX-License-Identifier: MIT */
/*
 * What is said on the console of a process that dies of a fault: who it was, what it did where,
 * and whose memory that is.
 */
#include <croft/mman.h>
#include <kernel/console.h>
#include <kernel/proc.h>
#include <mm/page.h>
#include <signal.h>
#include <string.h>

#define SI_MAPERR 1 /* SEGV_MAPERR */

extern char __kernel_ram_start[], __kernel_ram_end[];

static const char *signal_name(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "segmentation fault";
	case SIGBUS:
		return "bus error";
	case SIGILL:
		return "illegal instruction";
	case SIGFPE:
		return "division by zero";
	case SIGTRAP:
		return "breakpoint";
	case SIGKILL:
		return "stack full or lost";
	default:
		return "fault";
	}
}

static struct proc *owner_of(addr_t at)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->mm && mm_find(proc->mm, at))
			return proc;
	return NULL;
}

static void say_rights(struct proc *proc, const struct vma *vma)
{
	kprintf("  mapped by %s (pid %d) as %c%c%c, %08lx-%08lx\n", proc->name, proc->pid,
		vma->prot & PROT_READ ? 'r' : '-', vma->prot & PROT_WRITE ? 'w' : '-',
		vma->prot & PROT_EXEC ? 'x' : '-', (unsigned long)vma->start,
		(unsigned long)vma->end);
}

/* What lies at an address that a process may not use so. */
static void say_what_lies_there(struct proc *proc, addr_t at)
{
	struct vma *vma = mm_find(proc->mm, at);
	struct proc *owner;

	if (!vma) {
		owner = owner_of(at);
		if (owner) {
			proc = owner;
			vma = mm_find(owner->mm, at);
		}
	}
	if (vma)
		say_rights(proc, vma);
	else if (at >= ptr_addr(__kernel_ram_start) && at < ptr_addr(__kernel_ram_end))
		kprintf("  kernel memory\n");
	else if (page_count(at) == 0)
		kprintf("  free memory\n");
	else if (page_count(at) > 0)
		kprintf("  memory of the kernel's records or of a file\n");
	else if (region_find(at))
		kprintf("  a file, not mapped by this process\n");
	else
		kprintf("  no memory of this process\n");
}

void report_death(const struct thread *thread, int sig)
{
	struct proc *proc = thread->proc;
	addr_t at = thread->fault_at;

	kprintf("%s (pid %d): %s", proc->name, proc->pid, signal_name(sig));
	if (thread->frame_lost) {
		kprintf(": no room for the registers at %08lx, its stack is %08lx-%08lx\n",
			(unsigned long)at, (unsigned long)thread->stack.start,
			(unsigned long)thread->stack.end);
	} else {
		const struct frame *frame = arch_frame(&thread->context);

		kprintf(" at %08lx%s, pc %08lx lr %08lx sp %08lx\n", (unsigned long)at,
			sig != SIGSEGV			  ? ""
			: thread->fault_code == SI_MAPERR ? " (not mapped)"
							  : " (not allowed)",
			(unsigned long)frame->pc, (unsigned long)frame->lr,
			(unsigned long)arch_context_sp(&thread->context));
	}
	say_what_lies_there(proc, at);
}
