/* SPDX-License-Identifier: MIT */
/* The calls about threads. */
#include <croft/mman.h>
#include <croft/thread.h>
#include <errno.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>

/* May the caller give a thread that priority?  Root any; others at most their own. */
static bool may_have(int priority)
{
	return current_proc()->euid == 0 || priority <= current->base_priority;
}

static bool is_policy(int policy)
{
	return policy == CROFT_SCHED_KEEP || policy == CROFT_SCHED_FIFO || policy == CROFT_SCHED_RR;
}

int thread_judge_sched(int policy, int priority)
{
	if (!is_policy(policy) || priority < 0 || priority >= NPRIORITIES)
		return -EINVAL;
	return may_have(priority) ? 0 : -EPERM;
}

void thread_set_policy(struct thread *thread, int policy)
{
	if (policy >= 0)
		thread->is_fifo = policy == CROFT_SCHED_FIFO;
}

long sys_thread_create(uaddr_t from)
{
	struct proc *proc = current_proc();
	struct thread_args args;
	struct thread *thread;
	uaddr_t frame;
	void *ptr;
	int err = user_read(proc->mm, &args, from, sizeof(args));

	if (err)
		return err;
	if (args.priority < 0)
		args.priority = current->base_priority;
	err = thread_judge_sched(args.policy, args.priority);
	if (err)
		return err;
	frame.addr = args.stack_top - ARCH_FRAME_MAX;
	if ((args.stack_top & 7) || user_range(proc->mm, frame, ARCH_FRAME_MAX, PROT_WRITE, &ptr))
		return -EFAULT;
	thread = thread_create(proc, (unsigned int)args.priority);
	if (!thread)
		return -EAGAIN;
	err = mm_stack_find(proc->mm, args.stack_top, &thread->stack);
	if (err) {
		thread_free(thread);
		return err;
	}
	if (args.exit_word) {
		uint32_t tid = (uint32_t)thread->tid;

		err = user_write(proc->mm, (uaddr_t){ args.exit_word }, &tid, sizeof(tid));
		if (err) {
			thread_free(thread);
			return err;
		}
	}
	thread->is_fifo = current->is_fifo;
	thread_set_policy(thread, args.policy);
	thread->tls = args.tls;
	thread->exit_word = args.exit_word;
	thread->blocked = current->blocked;
	arch_context_init(&thread->context, args.entry, args.stack_top, proc->data_base);
	arch_frame(&thread->context)->r0 = args.arg;
	sched_insert(thread);
	return thread->tid;
}

long sys_thread_exit(uaddr_t stack, size_t len)
{
	struct mm *mm = current_mm();

	current->is_exiting = true;
	mm->job.result = &current->result;
	(void)mm_unmap_begin(mm, stack.addr, len, &mm->job);
	/* A word on the stack goes with it, and its place may be another's by then. */
	if (current->exit_word - stack.addr < len)
		current->exit_word = 0;
	sched_request();
	return NO_RESULT;
}

long sys_gettid(void)
{
	return current->tid;
}

long sys_set_tls(uaddr_t slot, unsigned long tls)
{
	struct proc *proc = current_proc();
	uint32_t word = (uint32_t)tls;
	int err;

	if (slot.addr & 3)
		return -EINVAL;
	err = user_write(proc->mm, slot, &word, sizeof(word));
	if (err)
		return err;
	proc->tls_slot = slot.addr;
	proc->tls_changes = proc->mm->changes;
	mm_rely_on(proc->mm, slot.addr);
	current->tls = word;
	proc_unsettle(proc);
	sched_request();
	return 0;
}

/* A thread of the caller's process, or, for root, of any; 0: the caller. */
static struct thread *find(int tid)
{
	struct thread *thread = tid == 0 ? current : thread_find(tid);

	if (thread && thread->proc != current_proc() && current_proc()->euid)
		return NULL;
	return thread;
}

/* Of its equals the thread is the last then, but where pthread_setschedprio() does not raise it, and
 * where it has what others wait for. */
long sys_thread_set_sched(int tid, int policy, int priority)
{
	struct thread *thread = find(tid);
	bool is_prio = policy == CROFT_SCHED_PRIO;
	int err = thread_judge_sched(is_prio ? CROFT_SCHED_KEEP : policy, priority);
	bool is_last;

	if (!thread)
		return -ESRCH;
	if (err)
		return err;
	is_last = (!is_prio || priority > thread->base_priority) && LIST_EMPTY(&thread->donors);
	thread_set_policy(thread, policy);
	thread_set_priority(thread, (unsigned int)priority);
	if (is_last)
		sched_put_last(thread);
	sched_request();
	return 0;
}

long sys_thread_get_sched(int tid)
{
	const struct thread *thread = find(tid);

	if (!thread)
		return -ESRCH;
	return CROFT_SCHED(thread->is_fifo ? CROFT_SCHED_FIFO : CROFT_SCHED_RR,
			   thread->base_priority);
}
