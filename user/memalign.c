/* SPDX-License-Identifier: MIT */
/* posix_memalign(), which newlib declares and leaves to the system; memalign() it has.  Source: POSIX.1-2017. */
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
