/* SPDX-License-Identifier: MIT */
/*
 * /proc: what the system can tell of itself, as files of text (N9).
 *
 * Context: kernel.
 */
#ifndef FS_PROCFS_H
#define FS_PROCFS_H

#include <kernel/types.h>

struct inode;
struct mm;
struct mm_stack;

/* The root directory, counted.  Cannot fail: it is static. */
struct inode *procfs_root(void);

/*
 * What the floor above tells of its processes; kernel/proc_view.c fills it.  A process is named
 * by its number alone and looked up each time, so nothing here keeps one alive.
 */

/* Is there a process of that number, though it may have ended? */
bool proc_view_exists(int pid);

/* The memory of a process; NULL: there is none of that number, or it has ended. */
struct mm *proc_view_mm(int pid);

/* What else is told of one.  Its pointers hold until the kernel is left. */
struct proc_view {
	int pid, ppid, pgid;
	int front_pgid; /* the group that the console belongs to; 0: none */
	const char *name;
	char state; /* R: runs, or could; S: sleeps; T: stopped; Z: has ended */
	unsigned int nthreads, priority, policy; /* as SCHED_ */
	uid_t uid, euid;
	gid_t gid, egid;
	uint64_t started;	       /* ns since boot */
	uint64_t ran, children_ran;    /* ns on the processor; by the children waited for */
	uint32_t pending, all_pending; /* signals, bit n: signal n; of its first thread, of all */
	uint32_t blocked, ignored, handled;
	struct mm *mm;		      /* NULL: has ended */
	const struct mm_stack *stack; /* of its first thread; NULL: has ended */
	int status;		      /* as waitpid tells it; 0 before */
};

/* @view: filled.  false: there is no process of that number. */
bool proc_view(int pid, struct proc_view *view);

/* The least number above @pid of a process, which may have ended; 0: there is none. */
int proc_view_next(int pid);

/* The process that runs; 0: none does. */
int proc_view_self(void);

/* Where core dumps go, by name; and choosing it.  false: there is no such place. */
const char *proc_view_core_to(void);
bool proc_view_set_core_to(const char *name, size_t len);

/* ns since boot, and those of them in which no process ran. */
uint64_t proc_view_uptime(void);
uint64_t proc_view_idle(void);

/* "Croft version RELEASE (BOARD ARCHITECTURE/PROCESSOR) (COMPILER)\n". */
extern const char proc_view_version[];

/* ns in so many counts of the clock. */
uint64_t proc_view_ns(uint64_t counts);

/* An interrupt line that someone has attached to, from *@irq on: whose it is, and how often it
 * came.  NULL: there are no more. */
const char *proc_view_irq(int *irq, uint32_t *count);

/* How often the clock has interrupted. */
uint32_t proc_view_clock_interrupts(void);

/* The RAM of the kernel's own data, which is in no zone. */
void proc_view_kernel_ram(addr_t *start, addr_t *end);

#endif
