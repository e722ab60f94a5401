/* SPDX-License-Identifier: MIT */
/*
 * Signals: instead of newlib's <sys/signal.h>, whose siginfo_t has no si_addr and which has no
 * SA_SIGINFO.  The numbers and sigset_t are newlib's, since its objects are built with them:
 * bit N of a set is signal N.  The codes of siginfo_t are those of Linux.
 *
 * Source: POSIX.1-2017 <signal.h>.
 */
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H

#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>

#include <croft/signal.h>

#define SIGHUP	  1
#define SIGINT	  2
#define SIGQUIT	  3
#define SIGILL	  4
#define SIGTRAP	  5
#define SIGABRT	  6
#define SIGIOT	  SIGABRT
#define SIGEMT	  7
#define SIGFPE	  8
#define SIGKILL	  9
#define SIGBUS	  10
#define SIGSEGV	  11
#define SIGSYS	  12
#define SIGPIPE	  13
#define SIGALRM	  14
#define SIGTERM	  15
#define SIGURG	  16
#define SIGSTOP	  17
#define SIGTSTP	  18
#define SIGCONT	  19
#define SIGCHLD	  20
#define SIGCLD	  SIGCHLD
#define SIGTTIN	  21
#define SIGTTOU	  22
#define SIGIO	  23
#define SIGPOLL	  SIGIO
#define SIGXCPU	  24
#define SIGXFSZ	  25
#define SIGVTALRM 26
#define SIGPROF	  27
#define SIGWINCH  28
#define SIGLOST	  29
#define SIGUSR1	  30
#define SIGUSR2	  31
#define NSIG	  32 /* one more than the highest */

typedef void (*_sig_func_ptr)(int); /* newlib's <signal.h> uses this name */

#ifndef _SIGSET_T_DECLARED
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#if __POSIX_VISIBLE

/* si_code: who sent it, or what the fault was. */
#define SI_USER	   CROFT_SI_USER
#define SI_QUEUE   CROFT_SI_QUEUE
#define SI_TIMER   CROFT_SI_TIMER
#define SI_MESGQ   CROFT_SI_MESGQ
#define SI_ASYNCIO (-4)

/* Those with a comment the kernel tells of; POSIX names the others, too. */
#define ILL_ILLOPC  CROFT_ILL_ILLOPC /* SIGILL: no such instruction */
#define ILL_ILLOPN  2
#define ILL_ILLADR  3
#define ILL_ILLTRP  4
#define ILL_PRVOPC  5
#define ILL_PRVREG  6
#define ILL_COPROC  CROFT_ILL_COPROC /* no such coprocessor */
#define ILL_BADSTK  8
#define FPE_INTDIV  CROFT_FPE_INTDIV /* SIGFPE: integer division by zero */
#define FPE_INTOVF  2
#define FPE_FLTDIV  3
#define FPE_FLTOVF  4
#define FPE_FLTUND  5
#define FPE_FLTRES  6
#define FPE_FLTINV  7
#define FPE_FLTSUB  8
#define SEGV_MAPERR CROFT_SEGV_MAPERR /* SIGSEGV: nothing is mapped there */
#define SEGV_ACCERR CROFT_SEGV_ACCERR /* the mapping does not grant that */
#define BUS_ADRALN  CROFT_BUS_ADRALN  /* SIGBUS: not aligned */
#define BUS_ADRERR  CROFT_BUS_ADRERR  /* nothing answers there */
#define BUS_OBJERR  3
#define TRAP_BRKPT  CROFT_TRAP_BRKPT /* SIGTRAP: a breakpoint that no debugger took */
#define TRAP_TRACE  2

#define CLD_EXITED    CROFT_CLD_EXITED /* SIGCHLD: ended by itself */
#define CLD_KILLED    CROFT_CLD_KILLED /* ended by a signal */
#define CLD_DUMPED    CROFT_CLD_DUMPED /* and left a core file */
#define CLD_TRAPPED   4
#define CLD_STOPPED   CROFT_CLD_STOPPED	  /* stopped */
#define CLD_CONTINUED CROFT_CLD_CONTINUED /* continued */

union sigval {
	int sival_int;
	void *sival_ptr;
};

typedef struct {
	int si_signo;
	int si_code;
	int si_errno;
	pid_t si_pid;
	uid_t si_uid;
	int si_status;
	void *si_addr; /* the address that was touched, for a fault */
	union sigval si_value;
} siginfo_t;

/* sa_flags */
#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO   0x00000004
#define SA_ONSTACK   0x08000000
#define SA_RESTART   0x10000000
#define SA_NODEFER   0x40000000
#define SA_RESETHAND 0x80000000

struct sigaction {
	union {
		_sig_func_ptr sa_handler_;
		void (*sa_sigaction_)(int, siginfo_t *, void *);
	} sa_function_;
	sigset_t sa_mask;
	int sa_flags;
};

#define sa_handler   sa_function_.sa_handler_
#define sa_sigaction sa_function_.sa_sigaction_

#define SIG_SETMASK 0
#define SIG_BLOCK   1
#define SIG_UNBLOCK 2

/* sigev_notify */
#define SIGEV_NONE   1
#define SIGEV_SIGNAL 2
#define SIGEV_THREAD 3

struct sigevent {
	int sigev_notify;
	int sigev_signo;
	union sigval sigev_value;
	void (*sigev_notify_function)(union sigval);
	void *sigev_notify_attributes; /* a pthread_attr_t */
};

/* ss_flags */
#define SS_ONSTACK  1
#define SS_DISABLE  2
#define MINSIGSTKSZ CROFT_MINSIGSTKSZ
#define SIGSTKSZ    2048

typedef struct sigaltstack {
	void *ss_sp;
	int ss_flags;
	size_t ss_size;
} stack_t;

#endif /* __POSIX_VISIBLE */

__BEGIN_DECLS

#if __POSIX_VISIBLE
int kill(pid_t pid, int sig);
int killpg(pid_t pgid, int sig);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigismember(const sigset_t *set, int sig);

int sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigwait(const sigset_t *set, int *sig);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int sigqueue(pid_t pid, int sig, const union sigval value);
int sigaltstack(const stack_t *stack, stack_t *old);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int pthread_kill(pthread_t thread, int sig);
#endif

#if __MISC_VISIBLE || __XSI_VISIBLE
#define SIG_HOLD ((void (*)(int))2) /* of sigset() alone */
int sighold(int sig);
int sigrelse(int sig);
int sigignore(int sig);
int sigpause(int sig);
void (*sigset(int sig, void (*handler)(int sig)))(int sig);
#endif

__END_DECLS

/* <sys/signal.h> and <signal.h> are the same to programs. */
#ifndef _SIGNAL_H_
#include <signal.h>
#endif

#endif
