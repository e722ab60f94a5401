/* SPDX-License-Identifier: MIT */
/* mm/uaccess.c: what a program names is judged whole, before anything is done (part B of attacks). */
#include <mm_test.h>

#include <mm/uaccess.h>

/* Pages of PLACE: 0-1 rw, 2 rw of another mapping, 3 r, 4 none, 5 hole, 6 rw. */
static void map_all(void)
{
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(2), 1, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(3), 1, RO, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(4), 1, PROT_NONE, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(6), 1, RW, MAP_FIXED, 0);
}

static void test_ranges(void **state)
{
	const struct {
		addr_t at;
		size_t len;
		int read, write;
	} rows[] = {
		{ PLACE, 1, 0, 0 },
		{ PLACE + 3, PG(3) - 3, 0, 0 },	  /* over two mappings */
		{ PLACE, PG(3) + 1, 0, -EFAULT }, /* its last byte */
		{ PLACE + PG(3) - 1, 2, 0, -EFAULT },
		{ PLACE, PG(4), 0, -EFAULT },
		{ PLACE, PG(4) + 1, -EFAULT, -EFAULT },
		{ PLACE - 1, 2, -EFAULT, -EFAULT },
		{ PLACE + PG(4), 1, -EFAULT, -EFAULT },
		{ PLACE + PG(5), 1, -EFAULT, -EFAULT },
		{ PLACE + PG(6), PG(1), 0, 0 },
		{ PLACE + PG(6), PG(1) + 1, -EFAULT, -EFAULT },
		{ PLACE, SIZE_MAX, -EFAULT, -EFAULT },
		{ PLACE, (size_t)0x100000000 - PLACE, -EFAULT, -EFAULT },
		{ PLACE, (size_t)0x100000001 - PLACE, -EFAULT, -EFAULT },
		{ 0xffffffff, 1, -EFAULT, -EFAULT },
		{ 0xffffffff, 2, -EFAULT, -EFAULT },
		{ 0xffffffff, 0, 0, 0 },
		{ 0, 0, 0, 0 },
		{ 0, 1, -EFAULT, -EFAULT },
		{ RAM_A, 4, -EFAULT, -EFAULT }, /* the kernel's */
	};

	(void)state;
	map_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		void *ptr = NULL;

		if (user_range(A, (uaddr_t){ rows[i].at }, rows[i].len, PROT_READ, &ptr) !=
			    rows[i].read ||
		    user_range(A, (uaddr_t){ rows[i].at }, rows[i].len, PROT_WRITE, &ptr) !=
			    rows[i].write)
			fail_msg("row %u", i);
		assert_ptr_equal(ptr, addr_ptr(rows[i].at));
	}
	assert_int_equal(user_range(B, (uaddr_t){ PLACE }, 1, PROT_READ, &(void *){ 0 }), -EFAULT);
}

/* EFAULT: and nothing was written anywhere. */
static void test_copies(void **state)
{
	char bytes[16] = "abcdefghijklmno", back[16] = { 0 };

	(void)state;
	map_all();
	assert_int_equal(user_write(A, (uaddr_t){ PLACE + PG(2) - 5 }, bytes, 16), 0);
	assert_int_equal(user_read(A, back, (uaddr_t){ PLACE + PG(2) - 5 }, 16), 0);
	assert_memory_equal(bytes, back, 16);
	assert_int_equal(user_write(A, (uaddr_t){ PLACE + PG(3) - 15 }, bytes, 16), -EFAULT);
	for (addr_t at = PLACE + PG(3) - 15; at < PLACE + PG(3); at++)
		assert_int_equal(byte_at(at), 0);
	memset(back, 7, 16);
	assert_int_equal(user_read(A, back, (uaddr_t){ PLACE + PG(4) - 15 }, 16), -EFAULT);
	for (unsigned int i = 0; i < 16; i++)
		assert_int_equal(back[i], 7);
	assert_int_equal(user_write(A, (uaddr_t){ 0 }, bytes, 0), 0);
}

static void test_strings(void **state)
{
	const char *string;
	size_t len;

	(void)state;
	map_all();
	strcpy(addr_ptr(PLACE + 10), "hello");
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + 10 }, 6, &string, &len), 0);
	assert_int_equal(len, 5);
	assert_string_equal(string, "hello");
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + 10 }, 5, &string, &len), -ENAMETOOLONG);
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + 10 }, 6, &string, NULL), 0);
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + 10 }, 0, &string, NULL), -ENAMETOOLONG);
	/* over two mappings, and up to the very end of one */
	memset(addr_ptr(PLACE + PG(1)), 'x', PG(1) + 7);
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + PG(1) }, PG(2), &string, &len), 0);
	assert_int_equal(len, PG(1) + 7);
	memset(addr_ptr(PLACE + PG(6)), 'y', PG(1));
	*(char *)addr_ptr(PLACE + PG(7) - 1) = 0;
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + PG(7) - 3 }, 100, &string, &len), 0);
	assert_int_equal(len, 2);
	*(char *)addr_ptr(PLACE + PG(7) - 1) = 'y'; /* no end */
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + PG(7) - 3 }, 100, &string, &len),
			 -EFAULT);
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + PG(7) - 3 }, 3, &string, &len),
			 -ENAMETOOLONG);
	assert_int_equal(user_string(A, (uaddr_t){ PLACE + PG(5) }, 3, &string, &len), -EFAULT);
	assert_int_equal(user_string(A, (uaddr_t){ 0xfffffffe }, 100, &string, &len), -EFAULT);
	assert_int_equal(user_string(A, (uaddr_t){ 0 }, 100, &string, &len), -EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ranges),
		TEST(test_copies),
		TEST(test_strings),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
