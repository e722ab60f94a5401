/* SPDX-License-Identifier: MIT */
/*
 * posix_memalign(), which newlib declares and leaves to the system, and aligned_alloc(), which there leaves
 * errno as it was; memalign() it has.  Source: POSIX.1-2017, C11.
 */
#include "syscall.h"

#include <malloc.h>
#include <stdlib.h>

int posix_memalign(void **to, size_t alignment, size_t size)
{
	int saved = errno;
	void *p;

	if (alignment < sizeof(void *) || (alignment & (alignment - 1)))
		return EINVAL;
	p = memalign(alignment, size);
	errno = saved;
	if (!p)
		return ENOMEM;
	*to = p;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	if (alignment && !(alignment & (alignment - 1)))
		return memalign(alignment, size);
	errno = EINVAL;
	return NULL;
}
