/* SPDX-License-Identifier: MIT */
/* Any range of addresses, with any rights wanted, in a space of which only mm_rights()'s contract is known. */
#include "eva.h"

#include <mm/uaccess.h>

int main(void)
{
	static struct mm mm;
	void *ptr;

	return user_range(&mm, (uaddr_t){ any() }, any(), any(), &ptr);
}
