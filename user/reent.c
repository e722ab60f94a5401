/* SPDX-License-Identifier: MIT */
/*
 * A thread's struct _reent.
 *
 * newlib would give each thread streams of its own for the numbers 0, 1 and 2; POSIX has one of
 * each in a process.  So a thread gets those of the first, which are opened now if the program has
 * streams at all.  The memory that newlib's functions hang in here is given back by the list below;
 * newlib's _reclaim_reent() would bring all that it knows of into every program.
 */
#include "thread.h"

/* newlib's; there only where the program uses streams, malloc() or printing of doubles. */
extern void __sinit(struct _reent *reent) __attribute__((weak));
extern void _free_r(struct _reent *reent, void *p) __attribute__((weak));

#define BIGINTS 16 /* _Kmax + 1 of newlib's mprec.c: lists of free numbers by size */

void __croft_reent_init(struct _reent *reent)
{
	struct _reent *first = _GLOBAL_REENT;

	if (__sinit && !first->__sdidinit)
		__sinit(first);
	reent->_stdin = first->_stdin;
	reent->_stdout = first->_stdout;
	reent->_stderr = first->_stderr;
	reent->__sdidinit = first->__sdidinit;
}

static void free_chain(struct _Bigint *number)
{
	for (struct _Bigint *next; number; number = next) {
		next = number->_next;
		_free_r(_REENT, number);
	}
}

static void free_bigints(struct _mprec *mp)
{
	for (int i = 0; mp->_freelist && i < BIGINTS; i++)
		free_chain(mp->_freelist[i]);
	free_chain(mp->_p5s);
	_free_r(_REENT, mp->_freelist);
	_free_r(_REENT, mp->_result);
}

void __croft_reent_end(struct _reent *reent)
{
	if (!_free_r)
		return;
	if (reent->_mp)
		free_bigints(reent->_mp);
	_free_r(reent, reent->_mp);
	_free_r(reent, reent->_emergency);
	_free_r(reent, reent->_r48);
	_free_r(reent, reent->_localtime_buf);
	_free_r(reent, reent->_asctime_buf);
	_free_r(reent, reent->_signal_buf);
	_free_r(reent, reent->_misc);
	_free_r(reent, reent->_cvtbuf);
}
