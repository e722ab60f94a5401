/* SPDX-License-Identifier: MIT */
/*
 * mmap(), rows 2.17 to 2.21: files in flash, RAM files, /dev/zero and windows of registers, each
 * private and shared, to read and to write, within the file and past its end.
 */
#include "contract.h"

#define UART  "/dev/uart1"
#define ODD_P ((ODD_SIZE + P - 1) / P) /* pages of the odd file */

/* What may be used by a program, and what never: pages, from the files of /dev. */
static int window(long how, long b)
{
	int fd = open(UART, O_RDWR);
	char *p = map(fd, 0, 1, how == 1 ? R : R | W, MAP_SHARED);
	volatile uint32_t *reg = (volatile uint32_t *)p;

	(void)b;
	if (p == MAP_FAILED)
		return 2;
	if (how == 0)
		return (void)reg[0], 0;
	if (how == 1)
		reg[0] = 0; /* mapped to read */
	else
		((void (*)(void))((uintptr_t)p | 1))();
	return 0;
}

/* Another user has no window. */
static int not_root(long a, long b)
{
	(void)a, (void)b;
	return setuid(NOBODY) != 0 || open(UART, O_RDWR) != -1 || errno != EACCES;
}

/* Write through a view in place of a file in flash. */
static int write_in_place(long prot, long b)
{
	char *p = map(open(LONG_FILE, O_RDONLY), 0, 1, (int)prot, MAP_PRIVATE);

	(void)b;
	poke(p, 1);
	return 0;
}

/* See the parent's file at the same address, and leave a word in it. */
static int other_view(long at, long b)
{
	char *p = map(open(RAM_FILE, O_RDWR), 0, 2, R | W, MAP_SHARED);

	(void)b;
	if (p != (char *)at)
		return 2;
	memcpy(p + 100, "child", 5);
	return 0;
}

/* Map past the end of the odd file as the parent does: the same copy? */
static int other_copy(long at, long b)
{
	(void)b;
	return map(open(ODD_FILE, O_RDONLY), 0, ODD_P + 1, R, MAP_PRIVATE) != (char *)at;
}

static const struct part parts[] = { { "window", window },
				     { "not root", not_root },
				     { "write in place", write_in_place },
				     { "other view", other_view },
				     { "other copy", other_copy },
				     { 0 } };

static void test_in_place(void)
{
	int fd = open(LONG_FILE, O_RDONLY), odd = open(ODD_FILE, O_RDONLY);
	struct state was = look();
	char *p = map(fd, 0, 2, R, MAP_PRIVATE), *q = map(fd, 1, 1, R, MAP_PRIVATE);

	OK(p != MAP_FAILED && is_file(p, 0, 2 * P), "2.17 in flash: the contents");
	OK(q == p + P, "2.17 in flash: a part lies where it lies in the file");
	OK(map(fd, 0, 2, R | X, MAP_PRIVATE) == p && unmap(p, 2) == 0,
	   "2.17 in flash: to execute, the same");
	OK(map(fd, 0, 2, PROT_NONE, MAP_PRIVATE) == p && unmap(p, 2) == 0,
	   "2.17 in flash: PROT_NONE, the same");
	OK(map(fd, 0, 2, R, MAP_SHARED) == p && unmap(p, 2) == 0,
	   "2.19 in flash: shared to read, the same");
	OK(look().free == was.free && look().copy == was.copy, "2.17 in flash: no RAM is taken");
	REFUSED(protect(p, 1, R | W), EACCES, "2.17 in flash: never writable");
	unmap(p, 2), unmap(q, 1);
	DIES("write in place", R, 0, "2.17 in flash: a store is SIGSEGV");
	DIES("write in place", R | X, 0, "2.17 in flash: also where it may be executed");

	p = map(odd, 0, ODD_P, R, MAP_PRIVATE);
	OK(p != MAP_FAILED && is_file(p, 0, ODD_SIZE) && all(p + ODD_SIZE, ODD_P * P - ODD_SIZE, 0),
	   "2.17 in flash: zero behind the end, to the end of the page");
	OK(look().copy == was.copy, "2.17 in flash: still in place");
	unmap(p, ODD_P);
	p = map(odd, 0, ODD_P + 1, R, MAP_PRIVATE);
	OK(is_file(p, 0, ODD_SIZE) && all(p + ODD_SIZE, (ODD_P + 1) * P - ODD_SIZE, 0),
	   "2.17 past the end: a copy, filled with zeros");
	IS(look().copy - was.copy, kb(ODD_P + 1), "2.17 past the end: it counts in MmapCopy");
	OK(map(odd, 0, ODD_P + 1, R, MAP_PRIVATE) == p && unmap(p, ODD_P + 1) == 0,
	   "2.17 past the end: the next comer shares the copy");
	RUNS("other copy", p, 0, "2.17 past the end: another process shares it");
	OK(map(odd, ODD_P - 1, 2, R, MAP_PRIVATE) == p + (ODD_P - 1) * P &&
		   unmap(p + (ODD_P - 1) * P, 2) == 0,
	   "2.17 past the end: a part of the copy is shared, too");
	REFUSED(protect(p, 1, R | W), EACCES, "2.17 past the end: the copy is never writable");
	q = map(odd, ODD_P - 1, 4, R, MAP_PRIVATE);
	OK(q != MAP_FAILED && q != p && is_file(q, (ODD_P - 1) * P, ODD_SIZE - (ODD_P - 1) * P) &&
		   all(q + P, 3 * P, 0),
	   "2.20 an inexact overlap: a region of its own");
	unmap(q, 4), unmap(p, ODD_P + 1);
	p = map(odd, 64, 1, R, MAP_PRIVATE);
	OK(p != MAP_FAILED && all(p, P, 0), "2.17 all past the end: zero");
	unmap(p, 1);
	REFUSED(map(odd, 0, ODD_P + 1, R, MAP_SHARED), ENODEV,
		"2.19 in flash: shared, partly past the end");
	REFUSED(map(odd, 64, 1, R, MAP_SHARED), ENODEV,
		"2.19 in flash: shared, wholly past the end");
	OK(is_as(&was), "2.17 all is as it was");
	close(fd), close(odd);
}

static void test_copies(void)
{
	int fd = open(ODD_FILE, O_RDONLY), ram = ram_file(1);
	struct state was = look();
	char *p = map(fd, 0, 2, R | W, MAP_PRIVATE), *q = map(fd, 0, 2, R | W, MAP_PRIVATE);

	OK(is_file(p, 0, 2 * P) && is_file(q, 0, 2 * P) && p != q, "2.18 two copies, each its own");
	IS(look().copy - was.copy, kb(4), "2.18 both count in MmapCopy");
	memset(p, 'c', 2 * P);
	OK(is_file(q, 0, 2 * P), "2.18 a store to one does not show in the other");
	unmap(q, 2);
	q = map(fd, 0, 2, R, MAP_PRIVATE);
	OK(q != p && is_file(q, 0, 2 * P), "2.18 nor in a view to read");
	unmap(q, 2);
	q = map(fd, 0, 2, W, MAP_PRIVATE);
	OK(is_file(q, 0, 2 * P), "2.18 PROT_WRITE alone: as PROT_READ | PROT_WRITE");
	OK(protect(q, 1, R) == 0 && protect(q, 1, R | W) == 0,
	   "2.18 one's own copy: writable again");
	OK(protect(q, 2, R | X) == 0, "2.18 one's own copy: executable in place of writable");
	unmap(q, 2), unmap(p, 2);
	p = map(fd, ODD_P - 1, 2, R | W, MAP_PRIVATE);
	OK(is_file(p, (ODD_P - 1) * P, ODD_SIZE - (ODD_P - 1) * P) && all(p + P, P, 0),
	   "2.18 past the end: zero");
	unmap(p, 2);
	OK(is_as(&was), "2.18 all is as it was");

	put(ram, 0, "file");
	p = map(ram, 0, 2, R | W, MAP_PRIVATE);
	OK(memcmp(p, "file", 4) == 0 && all(p + P, P, 0),
	   "2.18 a RAM file: a copy, zero past the end");
	memcpy(p, "copy", 4);
	OK(gets_from(ram, 0, "file"), "2.18 a RAM file: a store does not reach it");
	put(ram, 0, "more");
	OK(memcmp(p, "copy", 4) == 0, "2.18 a RAM file: a write() does not reach the copy");
	unmap(p, 2);
	close(fd), close(ram);
	fd = open("/dev/zero", O_RDWR);
	p = map(fd, 3, 2, R | W, MAP_PRIVATE);
	OK(p != MAP_FAILED && all(p, 2 * P, 0), "2.18 /dev/zero: zeroed memory");
	memset(p, 'z', 2 * P);
	q = map(fd, 3, 2, R, MAP_PRIVATE);
	OK(q != MAP_FAILED && q != p && all(q, 2 * P, 0),
	   "2.17 /dev/zero: to read, zeros of their own");
	unmap(p, 2), unmap(q, 2);
	REFUSED(map(fd, 0, 1, R | W, MAP_SHARED), ENODEV, "2.19 /dev/zero: shared");
	close(fd);
}

static void test_shared(void)
{
	int fd = ram_file(3);
	struct state was = look();
	char *p = map(fd, 0, 2, R | W, MAP_SHARED), *q = map(fd, 1, 2, R | W, MAP_SHARED), text[4];

	OK(p != MAP_FAILED && q == p + P && all(p, 3 * P, 0), "2.19 RAM file: in place, zeroed");
	OK(look().copy == was.copy && look().free == was.free,
	   "2.19 RAM file: nothing more is taken");
	put(fd, P + 2, "word");
	OK(memcmp(p + P + 2, "word", 4) == 0 && memcmp(q + 2, "word", 4) == 0,
	   "2.19 write() shows in both");
	memcpy(q + P, "tail", 4);
	OK(gets_from(fd, 2 * P, "tail"), "2.19 a store shows in read()");
	lseek(fd, 0, SEEK_SET);
	OK(read(fd, p + P, 4) == 4 && all(p + P, 2, 0),
	   "2.19 read() of a file into its own mapping");
	lseek(fd, 2, SEEK_SET);
	OK(write(fd, q + P, 4) == 4 && memcmp(p + 2, "tail", 4) == 0,
	   "2.19 write() of a mapping into its own file");
	unmap(q, 2);
	RUNS("other view", p, 0, "2.19 another process has it at the same address");
	OK(memcmp(p + 100, "child", 5) == 0, "2.19 and its store shows");
	q = map(fd, 0, 2, R, MAP_PRIVATE);
	OK(q == p, "2.17 RAM file: private to read is in place");
	put(fd, 0, "late");
	OK(memcmp(q, "late", 4) == 0, "2.17 RAM file: and sees what is written later");
	REFUSED(map(fd, 2, 2, R, MAP_SHARED), ENODEV, "2.19 RAM file: shared, partly past the end");
	REFUSED(map(fd, 3, 1, R, MAP_SHARED), ENODEV, "2.19 RAM file: shared, wholly past the end");
	unmap(p, 2), unmap(p, 2);
	ftruncate(fd, (off_t)P + 1);
	p = map(fd, 1, 1, R | W, MAP_SHARED);
	OK(p != MAP_FAILED && all(p, P, 0), "2.19 RAM file: a page that it begins is inside");
	memset(p, 'b', P);
	OK(lseek(fd, (off_t)P, SEEK_SET) == (off_t)P && read(fd, text, 4) == 1,
	   "2.19 its length stays");
	unmap(p, 1);
	OK(ftruncate(fd, (off_t)(2 * P)) == 0 && lseek(fd, (off_t)P + 1, SEEK_SET) > 0 &&
		   read(fd, text, 4) == 4 && memcmp(text, "\0\0\0", 4) == 0,
	   "2.19 what was stored behind the end is zero when the file grows over it");
	close(fd);

	fd = ram_file(0);
	REFUSED(map(fd, 0, 1, R | W, MAP_SHARED), ENODEV, "2.19 RAM file: empty, shared");
	p = map(fd, 0, 1, R | W, MAP_PRIVATE);
	OK(p != MAP_FAILED && all(p, P, 0), "2.18 RAM file: empty, private: zero");
	unmap(p, 1);
	put(fd, P, "x");
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	OK(p != MAP_FAILED && all(p, P, 0) && peek(p + P) == 'x' && all(p + P + 1, P - 1, 0),
	   "2.19 RAM file made by write(): the gap before it and the rest behind it are zero");
	unmap(p, 2);
	close(fd);
	fd = open(RAM_FILE, O_RDONLY);
	p = map(fd, 0, 1, R, MAP_SHARED);
	REFUSED(protect(p, 1, R | W), EACCES, "2.19 shared, opened to read: never writable");
	REFUSED(ftruncate(fd, 0), EINVAL, "2.19 ftruncate() of one opened to read");
	unmap(p, 1);
	close(fd);
	unlink(RAM_FILE);
}

static void test_window(void)
{
	int fd = open(UART, O_RDWR), reader = open(UART, O_RDONLY);
	struct state was = look();
	/* A device of Arm's has 4 KiB of registers, and lies on such a boundary; ST's have 1 KiB. */
	char *p = map(fd, 0, 1, R | W, MAP_SHARED);
	size_t size = ((uintptr_t)p % 0x1000 ? 0x400 : 0x1000) / P;

	unmap(p, 1);
	p = map(fd, 0, size, R | W, MAP_SHARED);

	OK(fd >= 0 && p != MAP_FAILED && (uintptr_t)p >= 0x40000000,
	   "2.21 a window: at its own address");
	OK(map(fd, 0, 1, R, MAP_SHARED) == p && unmap(p, 1) == 0, "2.21 a window: again");
	OK(mmap(p, P, R | W, MAP_SHARED | MAP_FIXED, fd, 0) == p && holds(OWN, p) == 1,
	   "2.21 a window: MAP_FIXED at its own address");
	REFUSED(protect(p, 1, R | X), EACCES, "2.21 a window: mprotect to execute");
	unmap(p, size);
	REFUSED(map(fd, 0, 1, R | W, MAP_PRIVATE), ENODEV, "2.21 a window: private, to write");
	REFUSED(map(fd, 0, 1, R, MAP_PRIVATE), ENODEV, "2.21 a window: private, to read");
	REFUSED(map(fd, 0, 1, R | X, MAP_SHARED), ENODEV, "2.21 a window: to execute");
	REFUSED(map(fd, 0, size + 1, R | W, MAP_SHARED), ENODEV, "2.21 past the end of a window");
	REFUSED(map(fd, size, 1, R | W, MAP_SHARED), ENODEV, "2.21 behind a window");
	REFUSED(map(reader, 0, 1, R | W, MAP_SHARED), EACCES,
		"2.21 a window: to write, opened to read");
	OK(is_as(&was), "2.21 all is as it was");
	close(fd), close(reader);
	RUNS("window", 0, 0, "2.21 a window: its registers can be read");
	DIES("window", 1, 0, "2.21 a window: mapped to read, a store is SIGSEGV");
	DIES("window", 2, 0, "2.21 a window: no executing");
	RUNS("not root", 0, 0, "2.21 a window: another user may not open it");
	for (uintptr_t at = 0xe0000000; at < 0xe0010000; at += 0x4000)
		if (map_at((void *)at, 1, MAP_FIXED) != MAP_FAILED)
			errno = 0;
	IS(errno, ENOMEM, "2.21 the private peripheral bus: no mapping");
	IS(open("/dev/mem", O_RDWR), -1, "2.21 and no file that shows it");
}

/* What a program has only for reading, and has just read, the kernel writes all the same. */
static void test_kernel_writes(void)
{
	int fd = ram_file(1);
	char *p = map(fd, 0, 1, R, MAP_SHARED);

	OK(peek(p) == 0 && put(fd, 0, "new") && memcmp(p, "new", 3) == 0,
	   "2.19 write() to a file whose page is being read through a mapping");
	unmap(p, 1);
	close(fd);
	p = anon(1);
	poke(p, 'x');
	protect(p, 1, R);
	OK(peek(p) == 'x' && madvise(p, P, MADV_DONTNEED) == 0 && peek(p) == 0,
	   "3.7 MADV_DONTNEED of a page that is being read");
	unmap(p, 1);
}

static void test(void)
{
	keep_proc();
	test_kernel_writes();
	test_in_place();
	test_copies();
	test_shared();
	test_window();
}

TAP_MAIN(parts, test)
