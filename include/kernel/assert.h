/* SPDX-License-Identifier: MIT */
/*
 * What the kernel does about its own mistakes.
 *
 * An ASSERT that fails, or a panic, prints who, where and why on the console and ends the
 * system.  No input of a program ever reaches one: a program's mistake is an errno, or a signal.
 */
#ifndef KERNEL_ASSERT_H
#define KERNEL_ASSERT_H

#include <kernel/config.h>

#define ASSERT(cond)                                                                               \
	do {                                                                                       \
		if (__builtin_expect(!(cond), 0)) {                                                \
			if (IS_ENABLED(CONFIG_ASSERT_TEXT))                                        \
				panic("%s:%d: %s", __FILE__, __LINE__, #cond);                     \
			assert_failed(__LINE__);                                                   \
		}                                                                                  \
	} while (0)

/* The same without texts: the line, and where in the code.  Context: any. */
/*@ requires \false;
  @ assigns \nothing;
  @*/
void assert_failed(int line) __attribute__((noreturn, cold));

/* Tell why and stop.  Context: any.  Where code is proven (docs/proofs.md), it never gets here. */
/*@ requires \false;
  @ assigns \nothing;
  @*/
void panic(const char *format, ...) __attribute__((noreturn, cold, format(printf, 1, 2)));

/* Tell more of an epitaph.  Context: panic. */
void panic_say(const char *format, ...) __attribute__((cold, format(printf, 1, 2)));

#endif
