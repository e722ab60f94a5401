/* SPDX-License-Identifier: MIT */
/* Filling from outside.  See include/mm/fill.h. */
#include <errno.h>
#include <mm/fill.h>
#include <mm/mmap.h>
#include <string.h>

#include "internal.h"

/* The piece of the mapping at an address, or NULL. */
static struct vma *piece(struct mm *mm, uint32_t serial, addr_t at)
{
	struct vma *vma = mm_find(mm, at);

	return vma && vma->serial == serial && region_is_owned(vma->region) ? vma : NULL;
}

bool mm_fill_is_due(struct mm *mm, uint32_t serial, addr_t at)
{
	const struct vma *vma = piece(mm, serial, at);

	return vma && vma->region->backing && !vma->region->backing->ops->read;
}

int mm_fill(struct mm *mm, uint32_t serial, addr_t at, const void *from, size_t len)
{
	addr_t end = at + (addr_t)len;

	if (end < at)
		return -EFAULT;
	for (addr_t next = at; next < end;) {
		const struct vma *vma = piece(mm, serial, next);

		if (!vma)
			return -EFAULT;
		next = vma->end;
	}
	if (len)
		memcpy(addr_ptr(at), from, len);
	return 0;
}

void mm_fill_end(struct mm *mm, uint32_t serial, addr_t at)
{
	struct vma *vma = piece(mm, serial, at);

	if (vma)
		vma->region->is_filling = 0;
}

void mm_fill_fail(struct mm *mm, uint32_t serial, addr_t at)
{
	struct vma *vma = piece(mm, serial, at);

	if (vma)
		mm_unmap_mapping(vma);
}
