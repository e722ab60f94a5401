/* SPDX-License-Identifier: MIT */
/*
 * What linux_*.c share: rows of what Linux does without an MMU, each beside what Croft does.
 *
 * The results of Linux were measured on kernels 5.10, 6.1 and 6.12, in the sections A1 to A8 of
 * docs/memory-model.md.  A row is a call, what it comes to, and an expression that tries it:
 *
 *	SAME("A1 mmap, len 0", "EINVAL", mmap(...))
 *	MORE("A1 mmap, MAP_FIXED at free RAM", "EINVAL", "ok", "2.11", mmap(...))
 *
 * The first is as on Linux.  The second is superseded: Linux gives EINVAL, Croft does it, by row
 * 2.11 of docs/memory-model.md.  The expression is -1 with errno, or anything else for "ok".
 * Where a result has more to it than that, MUST() turns a condition into such an expression.
 */
#ifndef LINUX_H
#define LINUX_H

#include "contract.h"

TAP_UNUSED static const char *outcome(long result)
{
	static const struct {
		int error;
		const char *name;
	} names[] = { { EINVAL, "EINVAL" },	  { ENOMEM, "ENOMEM" }, { EBADF, "EBADF" },
		      { EACCES, "EACCES" },	  { ENODEV, "ENODEV" }, { EEXIST, "EEXIST" },
		      { ENOENT, "ENOENT" },	  { EPERM, "EPERM" },	{ EFAULT, "EFAULT" },
		      { ENOTSUP, "ENOTSUP" },	  { EROFS, "EROFS" },	{ ETXTBSY, "ETXTBSY" },
		      { EOVERFLOW, "EOVERFLOW" }, { EIDRM, "EIDRM" },	{ EAGAIN, "EAGAIN" } };

	if (result != -1)
		return "ok";
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == errno)
			return names[i].name;
	return decimal(errno);
}

TAP_UNUSED static void row(const char *call, const char *on_linux, const char *here, const char *by,
			   const char *got, int line)
{
	static char name[112];

	strcpy(name, call);
	strcat(strcat(name, ": "), here);
	if (by) {
		strcat(strcat(name, " (Linux "), on_linux);
		strcat(strcat(strcat(name, ", superseded by contract "), by), ")");
	}
	if (!tap_ok(strcmp(got, here) == 0, name, line))
		SAY("# got ", got);
}

#define SAME(call, here, expr)                                                                     \
	(errno = 0, row((call), (here), (here), NULL, outcome((long)(expr)), __LINE__))
#define MORE(call, on_linux, here, by, expr)                                                       \
	(errno = 0, row((call), (on_linux), (here), (by), outcome((long)(expr)), __LINE__))

/* 0, or -1 and an errno that is in no row. */
#define MUST(condition) ((condition) ? 0 : (errno = 0, -1))

TAP_UNUSED static long copy_kb(void)
{
	return meminfo("MmapCopy");
}

#endif
