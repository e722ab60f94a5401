/* SPDX-License-Identifier: MIT */
/*
 * What the groups of measurements share.
 *
 *	for (int i = 0; i < 50; i++) {
 *		BEGIN();
 *		getpid();
 *		END();
 *	}
 *	row("getpid", NONE, 50);
 *
 * The emulator counts the instructions from BEGIN() to END() (tests/bench/count.c).  Rows are told
 * in the order in which their measurements were made; where two take turns they are one row
 * "mmap,munmap".  Nothing is printed before the group ends, so no console disturbs it.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <sys/types.h>

#define NONE (-1L) /* of a row that has no number */

#define BEGIN() __asm volatile("mov r10, r10" ::: "memory")
#define END()	__asm volatile("mov r11, r11" ::: "memory")

/* Around a sleep: what lies between the interrupt that ends it and WOKEN() is measured. */
#define SLEEPING() __asm volatile("mov r12, r12" ::: "memory")
#define WOKEN()	   __asm volatile("mov r8, r8" ::: "memory")

struct group {
	const char *name;
	void (*run)(long n);
};

extern size_t page;

/* @samples measurements of each of @names; @n tells rows of one name apart. */
void row(const char *names, long n, long samples);

/* A figure that is no number of instructions. */
void value(const char *name, long n, long figure);

/* End, and say why, where something that is measured does not work. */
void must(int good, const char *what);

/* Start "GROUP:N" as a process beside this one, and wait until it calls helper_ready(). */
pid_t helper_start(const char *group);
void helper_ready(void);
void helper_end(pid_t pid);

void group_calls(long n);
void group_switch(long n);
void group_grow(long n);
void group_others(long n);
void group_memory(long n);
void group_ram(long n);
void group_spawn(long n);
void group_delay(long n);
void group_interrupt(long n);
void group_chain(long n);
void helper_yield(long n);
void helper_echo(long n);
void helper_map(long n);
void helper_sleep(long n);
void helper_driver(long n);
void helper_serve(long n);

#endif
