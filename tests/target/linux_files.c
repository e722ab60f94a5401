/* SPDX-License-Identifier: MIT */
/* A2 files in flash, A3 RAM files, A4 devices.  See linux.h. */
#include "linux.h"

static int is_at(char *p, size_t pages, const char *want)
{
	int good = p != MAP_FAILED && (!want || p == want);

	if (p != MAP_FAILED)
		unmap(p, pages);
	return good;
}

static int child_truncates(long a, long b)
{
	(void)a, (void)b;
	return !(ftruncate(open(RAM_FILE, O_RDWR), 0) == -1 && errno == ETXTBSY);
}

static int child_address(long at, long b)
{
	(void)b;
	return map(open(RAM_FILE, O_RDWR), 0, 3, R | W, MAP_SHARED) != (char *)at;
}

static const struct part parts[] = { { "truncate", child_truncates },
				     { "address", child_address },
				     { 0 } };

static void test_flash(void)
{
	int fd = open(LONG_FILE, O_RDONLY), odd = open(ODD_FILE, O_RDONLY);
	size_t n = (ODD_SIZE + P - 1) / P;
	long before = copy_kb();
	char *p = map(fd, 0, 3, R, MAP_PRIVATE), *q, *r;

	SAME("A2 R, PRIVATE: in place, MmapCopy +0", "ok",
	     MUST(is_file(p, 0, 3 * P) && copy_kb() == before));
	SAME("A2 the same again: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, R, MAP_PRIVATE), 3, p)));
	SAME("A2 R, SHARED: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, R, MAP_SHARED), 3, p)));
	SAME("A2 R+X, PRIVATE: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, R | X, MAP_PRIVATE), 3, p)));
	SAME("A2 PROT_NONE: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, PROT_NONE, MAP_PRIVATE), 3, p)));
	SAME("A2 X alone: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, X, MAP_PRIVATE), 3, p)));
	q = map(fd, 0, 3, R | W, MAP_PRIVATE);
	r = map(fd, 0, 3, W, MAP_PRIVATE);
	SAME("A2 R+W and W, PRIVATE: two copies in RAM", "ok",
	     MUST(q != p && r != p && q != r && copy_kb() - before == kb(6)));
	poke(q, 'x');
	SAME("A2 their contents are independent", "ok", MUST(is_file(r, 0, P) && is_file(p, 0, P)));
	unmap(q, 3), unmap(r, 3);
	MORE("A2 R+W+X, PRIVATE", "ok", "ENOTSUP", "2.7", map(fd, 0, 3, R | W | X, MAP_PRIVATE));
	SAME("A2 R+W, SHARED, opened to read", "EACCES", map(fd, 0, 3, R | W, MAP_SHARED));
	SAME("A2 open to write", "EROFS", open(LONG_FILE, O_RDWR));
	MORE("A2 each file lies at a page", "at any address", "ok", "2.17",
	     MUST(((uintptr_t)p & (P - 1)) == 0));
	SAME("A2 R, PRIVATE, from page 1: its place in the file", "ok",
	     MUST(is_at(map(fd, 1, 1, R, MAP_PRIVATE), 1, p + P)));
	q = map(odd, 0, n, R, MAP_PRIVATE);
	MORE("A2 the end of the last page: zero", "whatever lies there", "ok", "2.17",
	     MUST(is_file(q, 0, ODD_SIZE) && all(q + ODD_SIZE, n * P - ODD_SIZE, 0)));
	unmap(q, n);
	MORE("A2 a page past the end, R, PRIVATE", "EINVAL", "ok", "2.17",
	     MUST(is_at(map(odd, 0, n + 1, R, MAP_PRIVATE), n + 1, NULL)));
	MORE("A2 a page past the end, R, SHARED", "EINVAL", "ENODEV", "2.19",
	     map(odd, 0, n + 1, R, MAP_SHARED));
	q = map(odd, 0, n + 1, R | W, MAP_PRIVATE);
	SAME("A2 a page past the end, R+W, PRIVATE: zero there", "ok",
	     MUST(all(q + ODD_SIZE, (n + 1) * P - ODD_SIZE, 0)));
	unmap(q, n + 1);
	MORE("A2 from the end on, R, PRIVATE", "EINVAL", "ok", "2.17",
	     MUST(is_at(map(fd, LONG_SIZE / P, 1, R, MAP_PRIVATE), 1, NULL)));
	q = map(fd, LONG_SIZE / P, 1, R | W, MAP_PRIVATE);
	SAME("A2 from the end on, R+W, PRIVATE: zero", "ok", MUST(all(q, P, 0)));
	unmap(q, 1);
	SAME("A2 past the largest offset", "EOVERFLOW",
	     mmap(NULL, 2 * P, R, MAP_PRIVATE, fd, (off_t)(INT32_MAX - (int32_t)P + 1)));
	MORE("A2 an offset within a page", "not expressible", "EINVAL", "2.1",
	     mmap(NULL, P, R, MAP_PRIVATE, fd, 512));
	SAME("A2 maps: p for PRIVATE (6.12)", "ok", MUST(lines(OWN, p, 3, "r--p") == 1));
	unmap(p, 3);
	p = map(fd, 0, 3, R, MAP_SHARED);
	SAME("A2 maps: shared, s", "ok", MUST(lines(OWN, p, 3, "r--s") == 1));
	unmap(p, 3);
	close(fd), close(odd);
}

static void test_ram(void)
{
	int fd = ram_file(3), reader = open(RAM_FILE, O_RDONLY), writer = open(RAM_FILE, O_WRONLY),
	    ends[2];
	long before = copy_kb();
	char *p = map(fd, 0, 3, R | W, MAP_SHARED), *q, *r;

	SAME("A3 ftruncate, R+W, SHARED: in place, MmapCopy +0", "ok",
	     MUST(p != MAP_FAILED && copy_kb() == before));
	memcpy(p, "map", 3);
	put(fd, 4, "write");
	SAME("A3 read, write and the map agree", "ok",
	     MUST(gets_from(fd, 0, "map") && !memcmp(p + 4, "write", 5)));
	SAME("A3 again: the same address", "ok",
	     MUST(is_at(map(fd, 0, 3, R | W, MAP_SHARED), 3, p)));
	SAME("A3 again in another process: the same address", "ok",
	     MUST(part_ended(part_start("address", (long)p, 0), 0)));
	q = map(fd, 0, 2, R | W, MAP_SHARED), r = map(fd, 1, 2, R | W, MAP_SHARED);
	SAME("A3 overlaps that are no subsets: each at its place", "ok",
	     MUST(q == p && r == p + P && is_at(map(fd, 1, 1, R | W, MAP_SHARED), 1, p + P)));
	unmap(q, 2), unmap(r, 2);
	SAME("A3 past the end, R+W, SHARED", "ENODEV", map(fd, 0, 4, R | W, MAP_SHARED));
	q = map(fd, 0, 4, R | W, MAP_PRIVATE);
	SAME("A3 past the end, R+W, PRIVATE: a copy, zero there", "ok",
	     MUST(!memcmp(q, "map", 3) && all(q + 3 * P, P, 0)));
	unmap(q, 4);
	q = map(fd, 0, 3, R, MAP_PRIVATE);
	put(fd, 0, "now");
	SAME("A3 R, PRIVATE: in place, sees later writes", "ok",
	     MUST(q == p && !memcmp(q, "now", 3)));
	unmap(q, 3);
	q = map(fd, 0, 3, R | W, MAP_PRIVATE);
	memcpy(q, "own", 3);
	SAME("A3 R+W, PRIVATE: a copy of its own", "ok", MUST(q != p && !memcmp(p, "now", 3)));
	unmap(q, 3);
	SAME("A3 opened to read, R+W, SHARED", "EACCES", map(reader, 0, 1, R | W, MAP_SHARED));
	SAME("A3 opened to write, W, SHARED", "EACCES", map(writer, 0, 1, W, MAP_SHARED));
	SAME("A3 opened to read, R+W, PRIVATE", "ok",
	     MUST(is_at(map(reader, 0, 1, R | W, MAP_PRIVATE), 1, NULL)));
	SAME("A3 bad fd", "EBADF", map(15, 0, 1, R, MAP_SHARED));
	q = map(open("/tmp", O_RDONLY), 0, 1, R, MAP_SHARED);
	SAME("A3 directory", "ENODEV", map(open("/tmp", O_RDONLY), 0, 1, R, MAP_SHARED));
	SAME("A3 pipe", "ENODEV", pipe(ends) ? 0 : (long)map(ends[0], 0, 1, R, MAP_SHARED));
	close(ends[0]), close(ends[1]), close(reader), close(writer);
	SAME("A3 ftruncate into the last mapped page", "ETXTBSY",
	     ftruncate(fd, (off_t)(3 * P) - 96));
	SAME("A3 ftruncate down into a SHARED map", "ETXTBSY", ftruncate(fd, (off_t)P));
	SAME("A3 the same from another process: ETXTBSY", "ok",
	     MUST(part_ended(part_start("truncate", 0, 0), 0)));
	unmap(p + 2 * P, 1);
	SAME("A3 ftruncate down to the end of all SHARED maps", "ok",
	     ftruncate(fd, (off_t)(2 * P)));
	unmap(p, 2);
	p = map(fd, 0, 2, R, MAP_PRIVATE);
	SAME("A3 ftruncate to 0 with R, PRIVATE maps only", "ok", ftruncate(fd, 0));
	MORE("A3 and what they showed: not mapped any more", "still readable", "ok", "N6",
	     MUST(holds(OWN, p) == 0));
	SAME("A3 ftruncate up", "ok", ftruncate(fd, (off_t)P));
	p = map(fd, 0, 1, R | W, MAP_SHARED);
	unmap(p, 1);
	SAME("A3 ftruncate down after munmap", "ok", ftruncate(fd, 0));
	SAME("A3 size 0, R+W, SHARED", "ENODEV", map(fd, 0, 1, R | W, MAP_SHARED));
	SAME("A3 size 0, R+W, PRIVATE", "ok",
	     MUST(is_at(map(fd, 0, 1, R | W, MAP_PRIVATE), 1, NULL)));
	SAME("A3 size 0, R, PRIVATE", "ok", MUST(is_at(map(fd, 0, 1, R, MAP_PRIVATE), 1, NULL)));
	put(fd, 0, "a page that was written");
	SAME("A3 made by write(), a page, R+W, SHARED", "ok",
	     MUST(is_at(map(fd, 0, 1, R | W, MAP_SHARED), 1, NULL)));
	for (size_t i = 1; i < 20; i++)
		put(fd, i * P / 10, "piece");
	MORE("A3 made by 20 write()s, 2 pages, R+W, SHARED", "ENODEV", "ok", "2.19",
	     MUST(is_at(map(fd, 0, 2, R | W, MAP_SHARED), 2, NULL)));
	ftruncate(fd, 0), ftruncate(fd, (off_t)P), ftruncate(fd, (off_t)(2 * P));
	MORE("A3 ftruncate in two steps, 2 pages, R+W, SHARED", "ENODEV", "ok", "2.19",
	     MUST(is_at(map(fd, 0, 2, R | W, MAP_SHARED), 2, NULL)));
	SAME("A3 the first page of it, R+W, SHARED", "ok",
	     MUST(is_at(map(fd, 0, 1, R | W, MAP_SHARED), 1, NULL)));
	p = map(fd, 0, 3, R, MAP_PRIVATE);
	SAME("A3 a copy, R, PRIVATE: the same request shares it", "ok",
	     MUST(is_at(map(fd, 0, 3, R, MAP_PRIVATE), 3, p)));
	SAME("A3 a part of it (in place there: 1 page) works", "ok",
	     MUST(is_at(map(fd, 1, 2, R, MAP_PRIVATE), 2, p + P)));
	q = map(fd, 0, 4, R, MAP_PRIVATE);
	SAME("A3 more than it: a new copy", "ok", MUST(q != p && is_at(q, 4, NULL)));
	unmap(p, 3);
	MORE("A3 ftruncate to more than there is", "EFBIG", "ENOMEM", "4.2",
	     ftruncate(fd, INT32_MAX));
	SAME("A3 PROT_NONE", "ok", MUST(is_at(map(fd, 0, 1, PROT_NONE, MAP_SHARED), 1, NULL)));
	SAME("A3 PROT_EXEC", "ok", MUST(is_at(map(fd, 0, 1, X, MAP_SHARED), 1, NULL)));
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	close(fd), unlink(RAM_FILE);
	memset(p, 'u', 2 * P);
	SAME("A3 closed and unlinked: the map stays", "ok",
	     MUST(all(p, 2 * P, 'u') && count_of(p) > 0));
	unmap(p, 2);
	SAME("A3 its pages go with munmap", "ok", MUST(count_of(p) == 0));

	fd = open("/proc/meminfo", O_RDONLY);
	p = map(fd, 0, 1, R, MAP_PRIVATE);
	SAME("A3 /proc/meminfo, R, PRIVATE: a copy", "ok",
	     MUST(p != MAP_FAILED && !strncmp(p, "MemTotal", 8)));
	SAME("A3 /proc/meminfo again: the same copy", "ok",
	     MUST(p != MAP_FAILED && is_at(map(fd, 0, 1, R, MAP_PRIVATE), 1, p)));
	MORE("A3 /proc/meminfo, more than the copy", "EINVAL", "ok", "2.20",
	     MUST(is_at(map(fd, 0, 2, R, MAP_PRIVATE), 2, NULL)));
	SAME("A3 /proc/meminfo, R+W, PRIVATE", "ok",
	     MUST(is_at(map(fd, 0, 1, R | W, MAP_PRIVATE), 1, NULL)));
	SAME("A3 /proc/meminfo, R, SHARED", "ENODEV", map(fd, 0, 1, R, MAP_SHARED));
	if (p != MAP_FAILED)
		unmap(p, 1);
	close(fd);
}

static void test_devices(void)
{
	int zero = open("/dev/zero", O_RDWR), null = open("/dev/null", O_RDWR),
	    uart = open("/dev/uart1", O_RDWR);

	MORE("A4 /dev/zero, R+W, PRIVATE", "EINVAL", "ok", "2.18",
	     MUST(is_at(map(zero, 0, 1, R | W, MAP_PRIVATE), 1, NULL)));
	MORE("A4 /dev/zero, R, PRIVATE", "EINVAL", "ok", "2.17",
	     MUST(is_at(map(zero, 0, 1, R, MAP_PRIVATE), 1, NULL)));
	SAME("A4 /dev/zero, R+W, SHARED", "ENODEV", map(zero, 0, 1, R | W, MAP_SHARED));
	MORE("A4 /dev/mem", "all addresses", "ENOENT", "2.21", open("/dev/mem", O_RDWR));
	SAME("A4 a window, SHARED: at its address", "ok",
	     MUST(is_at(map(uart, 0, 1, R | W, MAP_SHARED), 1, NULL)));
	SAME("A4 a window, PRIVATE", "ENODEV", map(uart, 0, 1, R | W, MAP_PRIVATE));
	SAME("A4 /dev/null, SHARED", "ENODEV", map(null, 0, 1, R | W, MAP_SHARED));
	SAME("A4 /dev/null, PRIVATE", "ENODEV", map(null, 0, 1, R | W, MAP_PRIVATE));
	MORE("A4 /dev/mtd0: files in flash are mapped by name", "ok", "ENOENT", "2.17",
	     open("/dev/mtd0", O_RDONLY));
	close(zero), close(null), close(uart);
}

static void test(void)
{
	keep_proc();
	test_flash();
	test_ram();
	test_devices();
}

TAP_MAIN(parts, test)
