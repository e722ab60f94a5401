/* SPDX-License-Identifier: MIT */
/* The processes of the ipc target, what stands in for the floors around them, and the checks. */
#ifndef IPC_H
#define IPC_H

#define procs kernel_procs /* mm_env.h has spaces of that name */
#include "../../../kernel/channel.h"
#undef procs
#include "../fuzz.h"

#define NPROCESSES 3u
#define NTHREADS   2u /* of each */
#define HOME_PAGES 3u
#define NLINES	   3u /* of interrupts */

extern struct proc processes[NPROCESSES];
extern addr_t homes[NPROCESSES]; /* HOME_PAGES, and behind them one that is never mapped */
extern struct inode root;	 /* of all paths; names can be added */

#define FOREACH_THREAD(thread, p)                                                                  \
	for (unsigned int p = 0; p < NPROCESSES; p++)                                              \
		LIST_FOREACH(thread, &processes[p].threads, sibling)

void machine_begin(void);
void machine_end(void);

/* End a process in the order of the kernel, or let it begin anew. */
void process_end(struct proc *proc);
void process_begin(unsigned int p);

/* A line interrupts. */
void line_interrupts(unsigned int line);

/* The running thread's call waits: what it comes to may be at most that. */
void expect_at_most(uint32_t most);

/* May the thread go on with its program?  What settle() does before. */
bool settled(struct thread *thread);

/* Every count is the number of its holders, and nobody waits for what has come. */
void check_all(void);

#endif
