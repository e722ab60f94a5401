/* SPDX-License-Identifier: MIT */
/*
 * What the kernel gives a program to which it delivers a signal.
 *
 * The kernel knows of each signal only what becomes of it (enum sig_disposition), and one entry in
 * the program, which it calls with every signal blocked:
 *
 *	entry(sig, struct croft_siginfo *, struct croft_ucontext *)
 *
 * The program's library finds the handler, sets the mask, calls it, and ends with sigreturn().
 */
#ifndef CROFT_UAPI_SIGNAL_H
#define CROFT_UAPI_SIGNAL_H

enum sig_disposition {
	SIG_DISP_DEFAULT = 0,
	SIG_DISP_IGNORE = 1,
	SIG_DISP_HANDLE = 2,
	SIG_DISP_ASK = 3
};

/* What sigaction() returns: what was before. */
#define CROFT_SIGACTION(disposition, flags) ((flags) << 2 | (disposition))
#define CROFT_SIGACTION_DISPOSITION(result) ((result)&3)
#define CROFT_SIGACTION_FLAGS(result)	    ((result) >> 2)

/* Flags of sigaction(). */
#define CROFT_SA_RESTART 1 /* a call that the signal ends is made again */
#define CROFT_SA_ONSTACK 2 /* the entry is called on the alternate stack, where there is one */

/* Flags of sigaction() for SIGCHLD. */
#define CROFT_SA_NOCLDSTOP 4 /* not for children that are stopped or continued */
#define CROFT_SA_NOCLDWAIT 8 /* children leave no status behind */

/* si_code: who sent it; of SIGCHLD: what became of the child. */
#define CROFT_SI_USER  0
#define CROFT_SI_QUEUE (-1)
#define CROFT_SI_TIMER (-2)
#define CROFT_SI_MESGQ (-3)

/* And of a fault. */
#define CROFT_ILL_ILLOPC  1
#define CROFT_ILL_COPROC  7
#define CROFT_FPE_INTDIV  1
#define CROFT_SEGV_MAPERR 1
#define CROFT_SEGV_ACCERR 2
#define CROFT_BUS_ADRALN  1
#define CROFT_BUS_ADRERR  2
#define CROFT_TRAP_BRKPT  1

#define CROFT_CLD_EXITED    1
#define CROFT_CLD_KILLED    2
#define CROFT_CLD_DUMPED    3
#define CROFT_CLD_STOPPED   5
#define CROFT_CLD_CONTINUED 6

/* Of the same layout as siginfo_t. */
struct croft_siginfo {
	int signo;
	int code;
	int err;
	int pid;
	unsigned int uid;
	int status;
	void *addr;
	void *value;
};

/* Registers, and the signals that were blocked: what sigreturn() goes back to. */
struct croft_ucontext {
	unsigned int r[13]; /* r0 to r12 */
	unsigned int sp, lr, pc, xpsr;
	unsigned int mask;
};

/* An alternate stack, of the same layout as stack_t.  It lies in a MAP_STACK mapping. */
struct croft_altstack {
	void *sp;
	int flags; /* CROFT_SS_ bits */
	unsigned long size;
};

#define CROFT_SS_ONSTACK 1
#define CROFT_SS_DISABLE 2

#define CROFT_MINSIGSTKSZ 1024 /* the least size of one */

#endif
