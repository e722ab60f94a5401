/* SPDX-License-Identifier: MIT */
/*
 * mm/uaccess.c: the input lays out mappings and then names pointers, lengths and strings.  Each
 * is judged a byte at a time against the rights of the pages, and must get the same answer;
 * what is copied is what was there, and a refusal writes nothing.
 */
#include "fuzz.h"

#include <errno.h>
#include <mm/uaccess.h>
#include <mm_env.h>

#define PLACE	 RAM_B
#define WINDOW	 12u /* pages of it that are laid out */
#define MOST	 PG(3)
#define POINTERS 24u

static struct mm *const mm = &procs[0];
static unsigned int page_rights[WINDOW];

/* Two bits a page, from bit 0 on: none, nothing granted, read, read and write. */
static void lay_out(struct input *input)
{
	static const int prots[] = { -1, PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE };
	uint32_t kinds = take32(input);

	for (unsigned int i = 0; i < WINDOW; i++) {
		int prot = prots[kinds >> (2 * i) & 3];
		struct map_request request = { .addr = PLACE + PG(i),
					       .len = PG(1),
					       .prot = PROT_READ | PROT_WRITE,
					       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };
		addr_t at;

		page_rights[i] = 0;
		if (prot < 0 || env_map(mm, &request, &at))
			continue;
		for (uint32_t k = 0; k < PAGE_SIZE; k++) /* strings end here and there */
			((uint8_t *)addr_ptr(at))[k] = (uint8_t)(k * 37 % 251 + k / 1000 + i);
		CHECK(mm_protect(mm, at, PAGE_SIZE, prot) == 0);
		page_rights[i] = (unsigned int)prot;
	}
}

static bool may(uint64_t at, unsigned int want)
{
	return at >= PLACE && at < PLACE + PG(WINDOW) &&
	       (page_rights[(at - PLACE) >> CONFIG_PAGE_SHIFT] & want) == want;
}

static bool may_all(addr_t at, size_t len, unsigned int want)
{
	for (size_t i = 0; i < len; i++)
		if (i > PG(WINDOW) || !may((uint64_t)at + i, want))
			return false;
	return true;
}

static void check_string(addr_t at, size_t max)
{
	size_t len = 0, expected_len = 0;
	const char *string;
	int err = user_string(mm, (uaddr_t){ at }, max, &string, &len), expected = -ENAMETOOLONG;

	for (; expected_len < max && (uint64_t)at + expected_len < UINT32_MAX; expected_len++) {
		/* A page that is not granted is an error also where the string would end before. */
		if (!may((uint64_t)at + expected_len, PROT_READ)) {
			expected = -EFAULT;
			break;
		}
		if (((const char *)addr_ptr(at))[expected_len] == 0) {
			expected = 0;
			break;
		}
	}
	CHECK(err == expected);
	CHECK(err || (len == expected_len && string == addr_ptr(at)));
}

static void check_copies(addr_t at, size_t len)
{
	uint8_t *here = malloc(len), *was = malloc(len);
	bool can_read = may_all(at, len, PROT_READ), can_write = may_all(at, len, PROT_WRITE);

	memset(here, 0xaa, len);
	CHECK(user_read(mm, here, (uaddr_t){ at }, len) == (can_read ? 0 : -EFAULT));
	if (can_read)
		CHECK(len == 0 || memcmp(here, addr_ptr(at), len) == 0);
	for (size_t i = 0; i < len && !can_read; i++)
		CHECK(here[i] == 0xaa);
	if (can_read && len)
		memcpy(was, addr_ptr(at), len);
	memset(here, 0x55, len);
	CHECK(user_write(mm, (uaddr_t){ at }, here, len) == (can_write ? 0 : -EFAULT));
	if (can_read && len)
		CHECK(memcmp(addr_ptr(at), can_write ? here : was, len) == 0);
	if (can_write && len)
		memcpy(addr_ptr(at), was, len);
	free(here);
	free(was);
}

static void check_pointer(struct input *input)
{
	uint8_t how = take8(input);
	addr_t at = PLACE + take16(input);
	size_t len = take16(input);
	unsigned int want = how & 1 ? PROT_WRITE : PROT_READ;
	void *ptr = NULL;

	if (how & 2)
		at = take32(input);
	if (how & 4) /* near the end of the address space, or far behind it */
		len = (size_t)(0x100000000u - at) + take8(input) - 128;
	if (how & 8)
		len = SIZE_MAX - take8(input);
	CHECK(user_range(mm, (uaddr_t){ at }, len, want, &ptr) ==
	      (may_all(at, len, want) ? 0 : -EFAULT));
	CHECK(ptr == addr_ptr(at));
	check_string(at, len);
	if (len <= MOST)
		check_copies(at, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	env_setup_once();
	env_begin(NULL);
	lay_out(&input);
	for (unsigned int i = 0; input.left && i < POINTERS; i++)
		check_pointer(&input);
	env_end(NULL);
	return 0;
}
