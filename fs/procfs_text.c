/* SPDX-License-Identifier: MIT */
/*
 * Reading a text that does not exist.
 *
 *	text   line one\n line two\n line three\n ...
 *	                  ^off       ^next: place    \ not made yet
 *	                  |-- line --|
 *
 * A text is made line by line as it is read, so it takes no memory however long it is, and one
 * that is read byte by byte makes each line once.  Going back starts again from the first line.  A line is
 * a step: where there are others before the one that is asked for, they are made one in each call.
 * What changes meanwhile shows in the lines still to come: a place is an address or a number,
 * so it means something whatever has gone.
 */
#include "procfs.h"

#include <errno.h>
#include <string.h>

_Static_assert(PROCFS_LINE <= 256, "the length of a line fits its byte");

/* Make the next line.  Its length; 0: at the end; -ESRCH. */
static int next_line(struct procfs_text *text)
{
	int len;

	text->off += text->len;
	text->len = 0;
	len = text->make(text->file.pid, &text->next, text->line);
	if (len <= 0)
		return len;
	if (len >= PROCFS_LINE) {
		len = PROCFS_LINE - 1;
		text->line[len - 1] = '\n';
	}
	text->len = (uint8_t)len;
	return len;
}

ssize_t procfs_text_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	struct procfs_text *text = procfs_text_of(inode);
	uint32_t skip;

	if (off < text->off) {
		text->off = text->len = 0;
		text->next = (struct procfs_place){ 0 };
	}
	if (off - text->off >= text->len) {
		int made = next_line(text);

		if (made <= 0)
			return made;
	}
	skip = off - text->off;
	if (skip >= text->len)
		return -EINPROGRESS;
	len = MIN(len, text->len - skip);
	memcpy(to, text->line + skip, len);
	return (ssize_t)len;
}
