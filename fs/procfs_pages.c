/* SPDX-License-Identifier: MIT */
/*
 * /proc/pagemap: whose each page of RAM is, as runs of pages.
 *
 *	20000000-20001800     6 static  -
 *	20001800-20001c00     1 kernel  -
 *	20001c00-20002000     1 stack   1
 *	20002000-20003400     5 store   4,7	/tmp/log
 *	20003400-20010000    51 free    -
 *
 * Only root may read it: it tells what every process has.
 */
#include "procfs.h"

#include <fs/vfs.h>
#include <inttypes.h>
#include <mm/page.h>
#include <mm/space.h>
#include <stdio.h>
#include <string.h>

#define OWNERS_LEN 48 /* bytes of the list of owners; what is longer is cut */

static int put_run(char line[PROCFS_LINE], addr_t start, addr_t end, const char *kind)
{
	return sniprintf(line, PROCFS_LINE, "%08" PRIx32 "-%08" PRIx32 " %5" PRIu32 " %-7s ", start,
			 end, (end - start) >> CONFIG_PAGE_SHIFT, kind);
}

/* What a mapping of anonymous memory is for. */
static const char *anon_kind(const struct vma *vma)
{
	if (vma->flags & VMA_STACK)
		return "stack";
	return vma->flags & VMA_HEAP ? "heap" : "anon";
}

static const char *kind_name(const struct region *region)
{
	if (region->is_store)
		return "store";
	if (region->backing)
		return "copy";
	return anon_kind(container_of(region, struct vma, own));
}

/* The processes that map it; "-": none. */
static int put_owners(char *line, int len, const struct region *region)
{
	int begun = len, most = len + OWNERS_LEN;
	struct mm *mm;

	LIST_FOREACH(mm, &spaces, link)
		if (len < most && mm_first(mm, region->start, region->end))
			len += sniprintf(line + len, 8, "%s%d", len > begun ? "," : "", mm->pid);
	if (len == begun)
		line[len++] = '-';
	return len;
}

static int put_region(char line[PROCFS_LINE], const struct region *region, addr_t start, addr_t end)
{
	const struct backing *backing = region->backing;
	bool is_spare = start >= region->end;
	int len = put_run(line, start, end, is_spare ? "spare" : kind_name(region));

	len = put_owners(line, len, region);
	if (backing && backing->ops->path && !is_spare) {
		line[len++] = '\t';
		backing->ops->path(backing, line + len, (size_t)(PROCFS_LINE - len - 2));
		len += (int)strlen(line + len);
	}
	line[len++] = '\n';
	return len;
}

static int put_nobodys(char line[PROCFS_LINE], addr_t start, addr_t end, const char *kind)
{
	int len = put_run(line, start, end, kind);

	return len + sniprintf(line + len, 3, "-\n");
}

/* A place is the address to go on at; the kernel's own data comes first, so 0 stands for it. */
int procfs_pagemap_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	addr_t start = place->at[0], end;
	const struct region *region;
	int count;

	(void)pid;
	if (place->at[1]++ == 0) {
		proc_view_kernel_ram(&start, &end);
		return put_nobodys(line, start, end, "static");
	}
	count = page_run(&start, &end);
	if (count < 0)
		return 0;
	region = count > 0 ? region_find_from(start) : NULL;
	if (region && region->start > start) {
		end = MIN(end, region->start);
		region = NULL;
	}
	if (region)
		end = MIN(end, start < region->end ? region->end : region->top);
	place->at[0] = end;
	if (region)
		return put_region(line, region, start, end);
	return put_nobodys(line, start, end, count ? "kernel" : "free");
}
