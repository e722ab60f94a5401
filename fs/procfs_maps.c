/* SPDX-License-Identifier: MIT */
/*
 * The lists of regions and of mappings.
 *
 *	20002000-20003400 rw-s 00000000 00:02 5          /tmp/log usage 2	/proc/maps
 *	20002000-20003000 r--s 00000000 00:02 5          /tmp/log		/proc/<pid>/maps
 *
 * The columns are those of Linux: the name starts behind 49 characters.  A place in the list of
 * regions is the address where the next may start; in a list of mappings, which may coincide,
 * it is what the last one was sorted by.
 */
#include "procfs.h"

#include <croft/mman.h>
#include <errno.h>
#include <fs/vfs.h>
#include <inttypes.h>
#include <mm/space.h>
#include <stdio.h>
#include <string.h>

#define NAME_COLUMN 49
#define USAGE_ROOM  20 /* bytes for " usage 16777215\n" and the end */

/* One line of either list. */
struct shown {
	addr_t start, end;
	unsigned int rights; /* PROT_* */
	bool is_shared;
	uint32_t offset; /* bytes */
	const struct backing *backing;
};

static int put_columns(const struct shown *shown, char line[PROCFS_LINE])
{
	const struct backing *backing = shown->backing;

	return sniprintf(line, PROCFS_LINE,
			 "%08" PRIx32 "-%08" PRIx32 " %c%c%c%c %08" PRIx32 " 00:%02x %" PRIu32 " ",
			 shown->start, shown->end, shown->rights & PROT_READ ? 'r' : '-',
			 shown->rights & PROT_WRITE ? 'w' : '-',
			 shown->rights & PROT_EXEC ? 'x' : '-', shown->is_shared ? 's' : 'p',
			 backing ? shown->offset : 0, backing ? (unsigned int)backing->dev : 0,
			 backing ? backing->ino : 0);
}

static int pad(char *line, int len)
{
	while (len < NAME_COLUMN)
		line[len++] = ' ';
	line[len] = '\0';
	return len;
}

static bool has_path(const struct backing *backing)
{
	return backing && backing->ops->path;
}

static int put_path(const struct backing *backing, char *line, int len)
{
	len = pad(line, len);
	backing->ops->path(backing, line + len, (size_t)(PROCFS_LINE - USAGE_ROOM - len));
	return len + (int)strlen(line + len);
}

static unsigned int rights_in(struct mm *mm, const struct region *region)
{
	unsigned int rights = 0;
	struct vma *vma;

	for (vma = mm_first(mm, region->start, region->top); vma;
	     vma = mm_next(vma, region->start, region->top))
		rights |= vma->prot;
	return rights;
}

/* What all mappings of a region grant together: over its range there are no others. */
static unsigned int region_rights(const struct region *region)
{
	unsigned int rights = 0;
	struct mm *mm;

	LIST_FOREACH(mm, &spaces, link)
		rights |= rights_in(mm, region);
	return rights;
}

int procfs_maps_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	struct region *region = region_find_from(place->at[0]);
	struct shown shown;
	int len;

	(void)pid;
	if (region && region->start < place->at[0]) /* told already; it has grown since */
		region = region_next(region);
	if (!region)
		return 0;
	place->at[0] = region->top;
	shown = (struct shown){
		.start = region->start,
		.end = region->end,
		.rights = region_rights(region),
		.is_shared = region->is_store,
		.offset = region->offset,
		.backing = region->backing,
	};
	len = put_columns(&shown, line);
	if (has_path(shown.backing))
		len = put_path(shown.backing, line, len);
	else
		len = pad(line, len) - 1; /* " usage" brings its own space */
	return len +
	       sniprintf(line + len, (size_t)(PROCFS_LINE - len), " usage %u\n", region->usage);
}

int procfs_pid_maps_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	struct mm *mm = proc_view_mm(pid);
	const struct vma *vma;
	struct shown shown;
	int len;

	if (!mm)
		return proc_view_exists(pid) ? 0 : -ESRCH;
	vma = mm_behind(mm, place->at[0], place->at[1], place->at[2]);
	if (!vma)
		return 0;
	*place = (struct procfs_place){ { vma->start, vma->end, vma->serial } };
	shown = (struct shown){
		.start = vma->start,
		.end = vma->end,
		.rights = vma->prot,
		.is_shared = (vma->flags & VMA_SHARED) != 0,
		.offset = vma->region->offset + (vma->start - vma->region->start),
		.backing = vma->region->backing,
	};
	len = put_columns(&shown, line);
	if (vma->flags & (VMA_HEAP | VMA_STACK)) {
		len = pad(line, len);
		len += sniprintf(line + len, (size_t)(PROCFS_LINE - len),
				 vma->flags & VMA_HEAP ? "[heap]" : "[stack]");
	} else if (has_path(shown.backing)) {
		len = put_path(shown.backing, line, len);
	}
	line[len++] = '\n';
	return len;
}
