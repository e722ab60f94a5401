/* SPDX-License-Identifier: MIT */
/* Views of one store.  See mm/views.h. */
#include "views.h"

#include <croft/mman.h>

bool views_allow(const struct backing *backing, const struct mm *mm, addr_t start, addr_t end,
		 unsigned int prot)
{
	unsigned int opposite;
	const struct vma *vma;

	if (prot & PROT_WRITE)
		opposite = backing->nexec ? PROT_EXEC : 0;
	else
		opposite = (prot & PROT_EXEC) && backing->nwrite ? PROT_WRITE : 0;
	if (!opposite)
		return true;
	LIST_FOREACH(vma, &backing->vmas, on_backing)
		if ((vma->prot & opposite) && vma->region->is_store && vma->mm != mm &&
		    vma->start < end && start < vma->end)
			return false;
	return true;
}
