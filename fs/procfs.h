/* SPDX-License-Identifier: MIT */
/* What the files of /proc share: inodes, and how a text is made line by line. */
#ifndef FS_PROCFS_INTERNAL_H
#define FS_PROCFS_INTERNAL_H

#include <fs/procfs.h>
#include <fs/vfs.h>

#define PROCFS_LINE 160 /* bytes in a line, with its end; what is longer is cut */

/* Which line comes next: numbers and addresses, never pointers.  All 0: the first. */
struct procfs_place {
	uint32_t at[3];
};

/*
 * Make the line at @place, with its '\n', and move on to the next.
 * Return: what sniprintf() does; 0: there are no more; -ESRCH: the process has gone.
 */
typedef int procfs_line(int pid, struct procfs_place *place, char line[PROCFS_LINE]);

struct procfs_inode {
	struct inode inode;
	int pid;      /* 0 where it is of no process */
	uint8_t node; /* enum node_id */
};

/* A text while it is read; a directory is one of which that is not used. */
struct procfs_text {
	struct procfs_inode file;
	struct backing backing; /* a mapping is a copy of the text as it is then */
	uint8_t len;		/* bytes in @line */
	uint32_t off;		/* where @line is in the text */
	struct procfs_place next;
	procfs_line *make;
	char line[PROCFS_LINE];
};

static inline struct procfs_text *procfs_text_of(struct inode *inode)
{
	return container_of(inode, struct procfs_text, file.inode);
}

/* As inode_ops.read; what is left of one line, at most: who wants more asks again. */
ssize_t procfs_text_read(struct inode *inode, uint32_t off, void *to, size_t len);

procfs_line procfs_maps_line;	  /* the regions of the system */
procfs_line procfs_pid_maps_line; /* the mappings of a process */
procfs_line procfs_meminfo_line;
procfs_line procfs_pageinfo_line;
procfs_line procfs_uptime_line;
procfs_line procfs_version_line;
procfs_line procfs_trim_line;
procfs_line procfs_shm_line;
procfs_line procfs_interrupts_line;
procfs_line procfs_pagemap_line; /* whose each page is */
procfs_line procfs_status_line;	 /* a process */
procfs_line procfs_stat_line;
procfs_line procfs_mpu_line;
procfs_line procfs_core_to_line;
procfs_line procfs_kmsg_line;  /* what the kernel has said */
procfs_line procfs_trace_line; /* the last events */

/* Set vm.nr_trim_pages from decimal digits.  Bytes taken, or -EINVAL. */
ssize_t procfs_trim_write(const char *from, size_t len);

/* Choose where core dumps go, by name.  Bytes taken, or -EINVAL. */
ssize_t procfs_core_to_write(const char *from, size_t len);

#endif
