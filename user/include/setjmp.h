/* SPDX-License-Identifier: MIT */
/*
 * newlib's <setjmp.h>, and the jumps of POSIX that restore the signal mask, which it lacks.
 * Source: POSIX.1-2017 <setjmp.h>.
 */
#ifndef CROFT_SETJMP_H
#define CROFT_SETJMP_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <setjmp.h>

#include <sys/_sigset.h>
#include <sys/cdefs.h>

#ifndef sigsetjmp

typedef struct {
	jmp_buf env;
	int has_mask;
	__sigset_t mask;
} sigjmp_buf[1];

__BEGIN_DECLS

/* Keep the mask where @savemask says so. */
void __croft_sigsave(sigjmp_buf env, int savemask);
void siglongjmp(sigjmp_buf env, int value) __attribute__((__noreturn__));

__END_DECLS

/* A macro, since setjmp() must be called by the function that is returned to. */
#define sigsetjmp(to, savemask) (__croft_sigsave((to), (savemask)), setjmp((to)[0].env))

#endif

#endif
