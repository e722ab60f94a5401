/* SPDX-License-Identifier: MIT */
/*
 * What a thread is to the library, and the words that threads wait on.
 *
 * newlib's _impure_ptr points to the struct _reent of whoever runs: it is the very slot that
 * set_tls() asks the kernel to keep, and a descriptor begins with the thread's.  So errno and
 * strtok() are the thread's own with the code that newlib has anyway, and a program without threads
 * has nothing of all this.
 *
 *	_impure_ptr --> struct __pthread { reent, ... }	 at the top of the thread's stack
 *		    \-> newlib's own struct		 the first thread; its descriptor is apart
 */
#ifndef USER_THREAD_H
#define USER_THREAD_H

#include "syscall.h"

#include <croft/futex.h>
#include <pthread.h>
#include <reent.h>
#include <stdbool.h>

enum { THREAD_JOINABLE, THREAD_DETACHED, THREAD_EXITED, THREAD_JOINED };

struct __pthread {
	struct _reent reent; /* of the first thread unused: see above */
	unsigned int tid;    /* 0 when it has ended: the kernel's exit_word */
	unsigned int state;
	union {
		void *(*start)(void *);
		void *result;
	};
	void *arg;
	void *map; /* the stack that the library made; NULL: none */
	size_t map_len;
	struct __pthread_cleanup *cleanup;
	struct thread_value *values; /* see pthread_key.c */
	unsigned int nvalues;
	struct __pthread *next; /* of those that can be named */
	unsigned int cancelled; /* somebody has asked for its end; see pthread_cancel.c */
	bool cancel_off, cancel_async;
};

extern struct __pthread __croft_main_thread;

/* Is it a thread, and not one that was joined, or was detached and has ended?  Its memory may be gone. */
bool __croft_thread_exists(const struct __pthread *thread);

/* The id of the running thread: a system call the first time in the first thread. */
unsigned int __croft_tid(void);

/* Give a new thread its struct _reent, of bytes 0, and take back what that came to hold. */
void __croft_reent_init(struct _reent *reent);
void __croft_reent_end(struct _reent *reent);

/* Call the destructors of the running thread's keys; there only in a program that has keys. */
void __croft_keys_end(struct __pthread *self) __attribute__((weak));

static inline struct __pthread *thread_self(void)
{
	struct _reent *reent = _impure_ptr;

	return reent == _GLOBAL_REENT ? &__croft_main_thread : (struct __pthread *)reent;
}

/* ---- Words.  Results are 0 or an error as errno has them; errno itself stays. ---- */

#define WORD_LOAD(word)	     __atomic_load_n((word), __ATOMIC_ACQUIRE)
#define WORD_STORE(word, to) __atomic_store_n((word), (to), __ATOMIC_RELEASE)
#define WORD_ADD(word, n)    __atomic_add_fetch((word), (n), __ATOMIC_ACQ_REL)
#define WORD_SUB(word, n)    __atomic_sub_fetch((word), (n), __ATOMIC_ACQ_REL)

/* Make @to of @from; otherwise @from is what the word was. */
static inline bool word_change(unsigned int *word, unsigned int *from, unsigned int to)
{
	return __atomic_compare_exchange_n(word, from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* When @until of @clock is on the clock that the kernel waits by.  EINVAL: it is no time. */
int __croft_deadline(clockid_t clock, const struct timespec *until, struct timespec *deadline);

/* Sleep while the word is @value; @deadline as above or NULL.  EAGAIN, EINTR, ETIMEDOUT. */
int __croft_wait(unsigned int *word, unsigned int value, const struct timespec *deadline);
void __croft_wake(unsigned int *word, unsigned int most);

/* Sleep so that pthread_cancel() ends it: EINTR, and cancel_here() then ends the thread. */
int __croft_cancel_wait(unsigned int *word, unsigned int value, const struct timespec *deadline)
	__attribute__((weak));

static inline bool cancel_is_due(const struct __pthread *self)
{
	return WORD_LOAD(&self->cancelled) && !self->cancel_off;
}

static inline int wait_or_cancel(unsigned int *word, unsigned int value,
				 const struct timespec *deadline)
{
	return __croft_cancel_wait ? __croft_cancel_wait(word, value, deadline)
				   : __croft_wait(word, value, deadline);
}

/* A lock with priority inheritance, of one word.  EDEADLK, ETIMEDOUT; EPERM: it is not ours. */
int __croft_lock(unsigned int *word, const struct timespec *deadline);
int __croft_unlock(unsigned int *word);

/*
 * Guests: threads that still look at an object when others may believe it free of them.  Who
 * destroys it waits for them.
 */
void __croft_guest_leave(unsigned int *guests);
void __croft_guests_await(unsigned int *guests);

#endif
