/* SPDX-License-Identifier: MIT */
/* User addresses.  See include/mm/uaccess.h. */
#include <croft/mman.h>
#include <errno.h>
#include <mm/uaccess.h>
#include <string.h>

#include "internal.h"

/* How many bytes from @at on grant @want, but at most @len. */
/*@ requires \valid(mm);
  @ requires len == 0 || at + len - 1 <= UINT32_MAX;
  @ assigns mm->last;
  @ ensures \result <= len;
  @ ensures \forall integer a; at <= a < at + \result ==> grants(mm, a, want);
  @ ensures \result < len ==> !grants(mm, at + \result, want);
  @*/
static size_t granted(struct mm *mm, addr_t at, size_t len, unsigned int want)
{
	size_t good = 0;

	/*@ loop invariant good <= UINT32_MAX - at + 1;
	  @ loop invariant \forall integer a; at <= a < at + good ==> grants(mm, a, want);
	  @ loop assigns good, mm->last;
	  @ loop variant len - good;
	  @*/
	while (good < len) {
		addr_t start, end;
		int rights = mm_rights(mm, at + (addr_t)good, &start, &end);

		if (rights < 0 || ((unsigned int)rights & want) != want ||
		    mm_is_device(mm, at + (addr_t)good))
			break; /* what a register makes of an access of the kernel is unknown */
		good = end - at;
	}
	return MIN(good, len);
}

int user_range(struct mm *mm, uaddr_t at, size_t len, unsigned int want, void **ptr)
{
	*ptr = addr_ptr(at.addr);
	if (len == 0)
		return 0;
	if (mm_grants(mm, at.addr, len, want))
		return 0;
	if (len - 1 > UINT32_MAX - at.addr || granted(mm, at.addr, len, want) < len)
		return -EFAULT;
	return 0;
}

int user_string(struct mm *mm, uaddr_t at, size_t max, const char **string, size_t *len)
{
	size_t room = MIN(max, (size_t)(UINT32_MAX - at.addr));
	size_t good = 0, n;

	*string = addr_ptr(at.addr);
	/* Judge page by page, so that a short string at the end of a mapping is good. */
	while (good < room) {
		addr_t next = page_floor(at.addr + (addr_t)good) + PAGE_SIZE;
		size_t more = MIN(room, (size_t)(next - at.addr)) - good;

		if (!mm_grants(mm, at.addr + (addr_t)good, more, PROT_READ) &&
		    granted(mm, at.addr + (addr_t)good, more, PROT_READ) < more)
			return -EFAULT;
		n = strnlen(*string + good, more);
		if (n < more) {
			if (len)
				*len = good + n;
			return 0;
		}
		good += more;
	}
	return -ENAMETOOLONG;
}

int user_read(struct mm *mm, void *to, uaddr_t from, size_t len)
{
	void *ptr;
	int err = user_range(mm, from, len, PROT_READ, &ptr);

	if (!err && len > 0)
		memcpy(to, ptr, len);
	return err;
}

int user_write(struct mm *mm, uaddr_t to, const void *from, size_t len)
{
	void *ptr;
	int err = user_range(mm, to, len, PROT_WRITE, &ptr);

	if (!err && len > 0)
		memcpy(ptr, from, len);
	return err;
}
