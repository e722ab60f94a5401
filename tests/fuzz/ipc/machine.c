/* SPDX-License-Identifier: MIT */
/* Processes without a processor: threads run when the input says so.  See ipc.h. */
#include "ipc.h"

#include <arch/irq.h>
#include <errno.h>
#include "../../../fs/internal.h"
#include <fs/dev.h>
#include <fs/procfs.h>
#include <fs/ram.h>
#include <fs/romfs.h>
#include <fs/served.h>
#include <fs/window.h>
#include <kernel/fd.h>
#include <kernel/exec.h>
#include <kernel/futex.h>
#include <kernel/interrupt.h>
#include <kernel/poll.h>
#include <kernel/remote.h>
#include <kernel/signal.h>
#include <kernel/terminal.h>
#include <mm_env.h>

#define FRAMES_AT 0x50000000u /* an addr_t has 32 bits */

/* The host's own, whose header would redefine the constants of include/uapi. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);

struct proc processes[NPROCESSES];
addr_t homes[NPROCESSES];
struct thread *current;

static struct thread nobody;
static int last_id;
static struct line {
	struct channel *channel;
	uint32_t bits;
} lines[NLINES];

/* A directory in which nothing is but what servers add. */

static int no_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	(void)name;
	(void)len;
	(void)found;
	return -ENOENT;
}

static const struct inode_ops root_ops = { .lookup = no_lookup };
struct inode root;

/* The scheduler: whoever is ready may be chosen. */

void sched_insert(struct thread *thread)
{
	thread->state = THREAD_READY;
}

void sched_remove(struct thread *thread)
{
	CHECK(thread->state != THREAD_WAITING);
}

void sched_change_priority(struct thread *thread, unsigned int priority)
{
	thread->priority = (uint8_t)priority;
}

void sched_request(void)
{
	host_requested = true;
}

void sched_forget_current(void)
{
	current = &nobody;
}

struct frame *arch_current_frame(void)
{
	return arch_frame(&current->context);
}

int proc_next_id(void)
{
	return ++last_id;
}

/* Time comes when the input says so. */

void timer_set(struct timer *timer, uint64_t deadline)
{
	timer->due = deadline;
	timer->is_set = true;
}

void timer_cancel(struct timer *timer)
{
	timer->is_set = false;
}

int timer_ns(const struct timespec *ts, uint64_t *ns)
{
	*ns = 1;
	return ts->tv_nsec < 0 || ts->tv_nsec >= (long)NS_PER_S ? -EINVAL : 0;
}

/* Lines of interrupts: the index of a window is one, whatever the file. */

int window_irq(const struct inode *inode, unsigned int i)
{
	(void)inode;
	return i < NLINES ? (int)i : -EINVAL;
}

int interrupt_attach(int irq, struct channel *channel, uint32_t bits)
{
	if (lines[irq].channel)
		return -EBUSY;
	lines[irq] = (struct line){ channel, bits };
	return 0;
}

void interrupt_detach(const struct channel *channel)
{
	for (unsigned int i = 0; i < NLINES; i++)
		if (lines[i].channel == channel)
			lines[i].channel = NULL;
}

void interrupt_rearm(const struct channel *channel, uint32_t untold)
{
	(void)channel;
	(void)untold;
}

void interrupt_poll(void)
{
}

void line_interrupts(unsigned int line)
{
	if (lines[line].channel)
		channel_notify(lines[line].channel, lines[line].bits);
}

/* What no thread here has to do with: poll(), futexes, signals, terminals, programs. */

void poll_wake(struct waitq *q)
{
	q->is_polled = false;
}

uint32_t futex_wake(const struct mm *mm, addr_t word, uint32_t most)
{
	(void)mm;
	(void)word;
	(void)most;
	return 0;
}

bool futex_holds(const struct thread *thread)
{
	(void)thread;
	return false;
}

void notes_drop(struct proc *proc, const struct thread *thread)
{
	(void)proc;
	(void)thread;
}

void load_forget(struct thread *thread)
{
	CHECK(!thread->load);
}

void proc_forget_lender(const struct thread *thread)
{
	CHECK(!thread->fork_frame);
}

void proc_free(struct proc *proc)
{
	(void)proc;
	CHECK(!"nobody forks");
}

void proc_exit(struct proc *proc, int status)
{
	(void)proc;
	(void)status;
	CHECK(!"threads end with their process");
}

bool is_terminal(const struct file *file)
{
	(void)file;
	return false;
}

long terminal_ask(int sig)
{
	return sig;
}

int signal_kill(struct proc *proc, struct thread *thread, int sig, int code, uint32_t value)
{
	(void)proc;
	(void)thread;
	(void)sig;
	(void)code;
	(void)value;
	return 0;
}

/* File systems: vfs_init() is not called. */

int romfs_mount(addr_t start, addr_t end, struct inode **found)
{
	(void)start;
	(void)end;
	(void)found;
	return -EINVAL;
}

struct inode *dev_root(void)
{
	return NULL;
}

struct inode *procfs_root(void)
{
	return NULL;
}

struct inode *ram_tmp_root(void)
{
	return NULL;
}

struct inode *ram_shm_root(void)
{
	return NULL;
}

/* Processes. */

/* Of each thread, by its frame; INT32_MAX: anything. */
static int32_t mosts[NPROCESSES * NTHREADS];

static int32_t *most_of(const struct thread *thread)
{
	return &mosts[(thread->context.psp - FRAMES_AT) / sizeof(struct frame)];
}

void process_begin(unsigned int p)
{
	static struct frame *frames;
	struct proc *proc = &processes[p];
	struct map_request request = { .addr = RAM_B + PG(1 + p * (HOME_PAGES + 1)),
				       .len = PG(HOME_PAGES),
				       .prot = PROT_READ | PROT_WRITE,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };
	enum { HOST_PRIVATE = 2, HOST_ANON = 0x20, HOST_NOREPLACE = 0x100000 };
	size_t len = NPROCESSES * NTHREADS * sizeof(*frames);

	if (!frames)
		frames = mmap(addr_ptr(FRAMES_AT), len, PROT_READ | PROT_WRITE,
			      HOST_PRIVATE | HOST_ANON | HOST_NOREPLACE, -1, 0);
	CHECK(frames == addr_ptr(FRAMES_AT));
	*proc = (struct proc){ .pid = ++last_id, .mm = &procs[p], .euid = p == 2 };
	waitq_init(&proc->child_news);
	homes[p] = request.addr;
	if (env_map(proc->mm, &request, &homes[p])) /* somebody else has it now */
		homes[p] = request.addr;
	for (unsigned int i = 0; i < NTHREADS; i++) {
		struct thread *thread = thread_create(proc, PRIORITY_DEFAULT + i);

		if (!thread)
			continue;
		thread->context.psp = ptr_addr(&frames[p * NTHREADS + i]);
		*most_of(thread) = INT32_MAX;
		sched_insert(thread);
	}
}

void process_end(struct proc *proc)
{
	struct thread *thread;

	proc->is_exiting = true;
	while ((thread = proc_first_thread(proc)) != NULL && LIST_NEXT(thread, sibling))
		thread_free(thread);
	while (!fd_close_step(proc))
		;
	mm_unmap_all(proc->mm);
	if (thread)
		thread_free(thread);
}

void expect_at_most(uint32_t most)
{
	*most_of(current) = (int32_t)MIN(most, (uint32_t)INT32_MAX);
}

bool settled(struct thread *thread)
{
	bool has_result = thread->has_result && !thread->is_interrupted;

	if (thread->state != THREAD_READY)
		return false;
	env_finish(&thread->proc->mm->job);
	if (thread->fills) {
		remote_fill(thread);
		return false;
	}
	thread_settle_result(thread);
	CHECK(!has_result || (int32_t)arch_frame(&thread->context)->r0 <= *most_of(thread));
	*most_of(thread) = INT32_MAX;
	return true;
}

/* The client's descriptor @fd is of a file that a server has. */
static void open_served(struct inode *dir, int fd, mode_t mode, int flags)
{
	struct inode *inode;
	struct file *file;

	CHECK(served_inode(dir, (uint32_t)fd, mode, PG(2) - 100, &inode) == 0);
	CHECK(file_create(inode, flags, &file) == 0);
	CHECK(fd_install(&processes[2], file, 0, false) == fd);
}

/* Two channels: a server each, with a path, that can call the other; and a client of both. */
static void make_channels(void)
{
	static const char *const paths[] = { "a", "b" };
	struct file *ends[2][2], *sender;
	struct inode *dir;

	for (unsigned int i = 0; i < 2; i++) {
		struct channel *channel;

		CHECK(channel_create(&ends[i][0], &ends[i][1]) == 0);
		channel = channel_of(ends[i][0], CHANNEL_RECEIVER);
		CHECK(channel_sender(channel, &sender) == 0);
		CHECK(served_add(channel, sender, paths[i], S_IFDIR | 0777) == 0);
		file_get(ends[i][1]);
		CHECK(fd_install(&processes[i], ends[i][0], 0, false) == 0);
	}
	for (unsigned int i = 0; i < 2; i++) {
		CHECK(fd_install(&processes[1 - i], ends[i][1], 0, false) == 1);
		CHECK(fd_install(&processes[2], ends[i][1], 0, false) == (int)i);
	}
	CHECK(served_find(&root, "a", 1, &dir) == 0);
	open_served(dir, 2, S_IFREG | 0666, O_RDWR);
	open_served(dir, 3, S_IFDIR | 0777, O_RDONLY);
	open_served(dir, 4, S_IFCHR | 0666, O_RDWR | O_NONBLOCK);
	inode_put(dir);
}

void machine_begin(void)
{
	memset(lines, 0, sizeof(lines));
	root = (struct inode){ .ops = &root_ops, .ino = 1, .refs = 1, .mode = S_IFDIR | 0777 };
	path_set_root(&root);
	current = &nobody;
	for (unsigned int p = 0; p < NPROCESSES; p++)
		process_begin(p);
	make_channels();
}

void machine_end(void)
{
	for (unsigned int p = 0; p < NPROCESSES; p++) {
		process_end(&processes[p]);
		channel_poll();
		check_all();
	}
	CHECK(root.refs == 1);
}
