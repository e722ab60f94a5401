/* SPDX-License-Identifier: MIT */
/*
 * Threads as C11 has them, instead of newlib's <threads.h>, which is for other systems: other names of
 * what <pthread.h> has.  thread_local is there for completeness; the linker refuses such variables.
 *
 * Source: C11 7.26.
 */
#ifndef _THREADS_H_
#define _THREADS_H_

#include <pthread.h>
#include <sys/cdefs.h>
#include <time.h>

#ifndef __cplusplus
#define thread_local _Thread_local
#endif

#define ONCE_FLAG_INIT	    PTHREAD_ONCE_INIT
#define TSS_DTOR_ITERATIONS PTHREAD_DESTRUCTOR_ITERATIONS

typedef pthread_t thrd_t;
typedef pthread_mutex_t mtx_t;
typedef pthread_cond_t cnd_t;
typedef pthread_key_t tss_t;
typedef pthread_once_t once_flag;
typedef int (*thrd_start_t)(void *);
typedef void (*tss_dtor_t)(void *);

enum { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };
enum { mtx_plain, mtx_recursive, mtx_timed };

__BEGIN_DECLS

void call_once(once_flag *flag, void (*func)(void));

int thrd_create(thrd_t *thread, thrd_start_t func, void *arg);
thrd_t thrd_current(void);
int thrd_detach(thrd_t thread);
int thrd_equal(thrd_t a, thrd_t b);
void thrd_exit(int result) __attribute__((__noreturn__));
int thrd_join(thrd_t thread, int *result);
/* 0; -1: a signal came; another negative number: an error. */
int thrd_sleep(const struct timespec *duration, struct timespec *remaining);
void thrd_yield(void);

int mtx_init(mtx_t *mutex, int type);
void mtx_destroy(mtx_t *mutex);
int mtx_lock(mtx_t *mutex);
int mtx_timedlock(mtx_t *__restrict mutex, const struct timespec *__restrict until);
int mtx_trylock(mtx_t *mutex);
int mtx_unlock(mtx_t *mutex);

int cnd_init(cnd_t *cond);
void cnd_destroy(cnd_t *cond);
int cnd_broadcast(cnd_t *cond);
int cnd_signal(cnd_t *cond);
int cnd_timedwait(cnd_t *__restrict cond, mtx_t *__restrict mutex,
		  const struct timespec *__restrict until);
int cnd_wait(cnd_t *cond, mtx_t *mutex);

int tss_create(tss_t *key, tss_dtor_t destructor);
void tss_delete(tss_t key);
void *tss_get(tss_t key);
int tss_set(tss_t key, void *value);

__END_DECLS

#endif
