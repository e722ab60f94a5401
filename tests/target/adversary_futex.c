/* SPDX-License-Identifier: MIT */
/*
 * Attack 42, by words that are waited for: a thread waits for one in memory that its process gives back.  Who
 * gets that memory has words at the same address, and the threads that wait for those are woken, no others.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>

#include <croft/futex.h>
#include <generated/syscalls.h>

#include "tap.h"

#define URGENT 20 /* the attacker's threads wait with this, so they would be woken first */
#define SOON   30000
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)

static unsigned int *words; /* the first is waited for, the second a lock */
static volatile int woken, locked;

static void *wait_word(void *arg)
{
	__sys_futex(&words[0], FUTEX_WAIT, 0, NULL);
	woken++;
	return arg;
}

static void *wait_lock(void *arg)
{
	__sys_futex(&words[1], FUTEX_LOCK_PI, 0, NULL);
	locked++;
	return arg;
}

static void begin(void *(*wait)(void *), int priority)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	pthread_attr_setguardsize(&attr, 0);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_RR);
	pthread_attr_setschedparam(&attr, &param);
	pthread_create(&thread, &attr, wait, NULL);
}

/* Two threads that wait for words, of a lock that this one has. */
static void wait_for_both(int priority)
{
	words[0] = 0;
	words[1] = (unsigned int)__sys_gettid();
	begin(wait_word, priority);
	begin(wait_lock, priority);
	usleep(SOON);
}

/* Give the words back while they are waited for, and tell where they were. */
static int linger(long fd, long b)
{
	(void)b;
	words = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, ANON, -1, 0);
	wait_for_both(URGENT);
	munmap(words, (size_t)sysconf(_SC_PAGESIZE));
	write((int)fd, &words, sizeof(words));
	usleep(10 * SOON);
	return woken + locked;
}

static void test(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned int *at;
	int ends[2];
	pid_t pid;

	pipe(ends);
	pid = part_start("linger", ends[1], 0);
	IS(read(ends[0], &at, sizeof(at)), sizeof(at),
	   "#42 two threads wait for words that are gone");
	words = mmap(at, page, PROT_READ | PROT_WRITE, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	OK(words == at, "#42 their memory is ours");
	wait_for_both(1);
	IS(__sys_futex(&words[0], FUTEX_WAKE, 1, NULL), 1,
	   "one is woken, of those that wait for ours");
	usleep(SOON);
	IS(woken, 1, "#42 it is our own");
	IS(__sys_futex(&words[0], FUTEX_WAKE, 100, NULL), 0, "#42 and there is no other");
	IS(__sys_futex(&words[1], FUTEX_UNLOCK_PI, 0, NULL), 0, "#42 the lock is given up");
	usleep(SOON);
	IS(locked, 1, "#42 our own thread gets it");
	OK((words[1] & FUTEX_TID_MASK) != 0 && !(words[1] & FUTEX_WAITERS),
	   "and nobody waits for it");
	OK(part_ended(pid, 0), "#42 nobody of those who gave the memory back was woken");
}

static const struct part parts[] = { { "linger", linger }, { 0 } };

TAP_MAIN(parts, test)
