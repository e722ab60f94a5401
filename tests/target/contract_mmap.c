/* SPDX-License-Identifier: MIT */
/*
 * mmap(), rows 2.1 to 2.16: what is refused, in which order errors are judged, and where and how
 * memory is given.  contract_files.c has the rows about files.
 */
#include "contract.h"

#define OFF_LAST ((off_t)(INT32_MAX - (int32_t)P + 1)) /* the last page of a file of any size */
#define UNKNOWN	 0x01000000

enum { TOUCH_READ, TOUCH_WRITE, TOUCH_EXEC };

static void call(const void *at)
{
	((void (*)(void))((uintptr_t)at | 1))();
}

/* Map a page with @prot and touch it as @how says. */
static int touch(long prot, long how)
{
	char *p = mmap(NULL, P, (int)prot, ANON, -1, 0);

	if (p == MAP_FAILED)
		return 2;
	if (how == TOUCH_EXEC)
		call(p);
	else if (how == TOUCH_WRITE)
		poke(p, 1);
	else
		peek(p);
	return 0;
}

/* A guard between two pages that may be used. */
static int guard(long page, long b)
{
	char *p = anon(3);

	(void)b;
	protect(p + P, 1, PROT_NONE);
	poke(p, 1), poke(p + 2 * P, 1);
	return peek(p + (size_t)page * P) != 1;
}

/* Code that stays where memory was given to execute. */
static int run_code(long a, long b)
{
	static const unsigned short code[] = { 0x4770 }; /* bx lr */
	char *p = anon(1);

	(void)a, (void)b;
	memcpy(p, code, sizeof(code));
	if (protect(p, 1, R | X))
		return 2;
	call(p);
	return 0;
}

/* View the parent's file with @prot: refused with ENOTSUP? */
static int view(long prot, long b)
{
	int fd = open(RAM_FILE, O_RDWR);

	(void)b;
	return !(map(fd, 0, 1, (int)prot, MAP_SHARED) == MAP_FAILED && errno == ENOTSUP);
}

/* MAP_FIXED at a page of another process. */
static int take(long at, long flags)
{
	return !(map_at((void *)at, 1, (int)flags) == MAP_FAILED && errno == ENOMEM);
}

/* Map page by page until refused, as nobody or as root: ENOMEM, and one is to be had for one. */
static int exhaust(long a, long b)
{
	char *p = NULL, *last = NULL;

	(void)a, (void)b;
	errno = 0;
	while ((p = mmap(NULL, P, R | W, ANON, -1, 0)) != MAP_FAILED)
		last = p;
	if (errno != ENOMEM || !last || unmap(last, 1))
		return 2;
	return map_at(NULL, 1, 0) == MAP_FAILED;
}

static const struct part parts[] = { { "touch", touch },
				     { "guard", guard },
				     { "run code", run_code },
				     { "view", view },
				     { "take", take },
				     { "exhaust", exhaust },
				     { 0 } };

/* ---- 2.1 to 2.7: errors -------------------------------------------------------------------- */

static void test_arguments(int ram)
{
	REFUSED(mmap(NULL, 0, R, ANON, -1, 0), EINVAL, "2.1 len 0");
	REFUSED(mmap(NULL, 0, R, MAP_SHARED, ram, 0), EINVAL, "2.1 len 0 of a file");
	REFUSED(mmap(NULL, P, R, MAP_SHARED, ram, -(off_t)P), EINVAL, "2.1 off negative");
	REFUSED(mmap(NULL, P, R, MAP_SHARED, ram, 8), EINVAL, "2.1 off within a page");
	REFUSED(mmap((void *)8, P, R, ANON | MAP_FIXED, -1, 0), EINVAL,
		"2.1 MAP_FIXED within a page");
	REFUSED(mmap((void *)8, P, R, ANON | MAP_FIXED_NOREPLACE, -1, 0), EINVAL,
		"2.1 MAP_FIXED_NOREPLACE within a page");
	REFUSED(mmap(NULL, P, R, MAP_ANONYMOUS, -1, 0), EINVAL, "2.1 neither shared nor private");
	REFUSED(map(ram, 0, 1, R, 0), EINVAL, "2.1 a file, neither shared nor private");
	REFUSED(mmap(NULL, P, R, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL,
		"2.1 MAP_SHARED_VALIDATE, anonymous");
	REFUSED(map(ram, 0, 1, R, 4), EINVAL, "2.1 a type that is none");
	REFUSED(map(ram, 0, 1, R, MAP_SHARED_VALIDATE | UNKNOWN), EOPNOTSUPP,
		"2.1 unknown flag under MAP_SHARED_VALIDATE");
	OK(unmap(map(ram, 0, 1, R, MAP_SHARED_VALIDATE), 1) == 0,
	   "2.1 MAP_SHARED_VALIDATE of a file");
	OK(unmap(map(ram, 0, 1, R, MAP_SHARED | UNKNOWN), 1) == 0,
	   "2.1 unknown flag under MAP_SHARED");
	REFUSED(mmap(NULL, SIZE_MAX, R, ANON, -1, 0), ENOMEM, "2.2 len rounds past the end");
	REFUSED(mmap(NULL, SIZE_MAX - P + 2, R, ANON, -1, 0), ENOMEM, "2.2 len rounds to 0");
	REFUSED(mmap(NULL, SIZE_MAX, R, MAP_SHARED, ram, 0), ENOMEM,
		"2.2 len of a file rounds past the end");
	REFUSED(mmap(NULL, 2 * P, R, MAP_PRIVATE, ram, OFF_LAST), EOVERFLOW,
		"2.3 off + len past off_t");
	REFUSED(mmap(NULL, P, R, MAP_PRIVATE, ram, OFF_LAST), EOVERFLOW,
		"2.3 off + len past off_t by 1");
	OK(munmap(mmap(NULL, P - 1, R, MAP_PRIVATE, ram, OFF_LAST), P) == 0,
	   "2.3 off + len the largest off_t: a page of zeros");
	OK(unmap(mmap(NULL, P, R, ANON, 77, OFF_LAST + 8), 1) == 0,
	   "2.3 anonymous: fd and off ignored");
}

static void test_descriptors(void)
{
	int writer = open(RAM_FILE, O_WRONLY), reader = open(RAM_FILE, O_RDONLY);
	int folder = open("/tmp", O_RDONLY), flash = open(LONG_FILE, O_RDONLY), ends[2];
	int null = open("/dev/null", O_RDWR), tty = open("/dev/console", O_RDWR);

	OK(pipe(ends) == 0 && tty > 0 && null > 0 && folder > 0, "2.4 descriptors");
	REFUSED(map(-1, 0, 1, R, MAP_PRIVATE), EBADF, "2.4 fd -1");
	REFUSED(map(15, 0, 1, R, MAP_SHARED), EBADF, "2.4 fd not open");
	REFUSED(map(9999, 0, 1, R, MAP_SHARED), EBADF, "2.4 fd out of range");
	REFUSED(map(writer, 0, 1, R, MAP_PRIVATE), EACCES, "2.4 not opened for reading, private");
	REFUSED(map(writer, 0, 1, W, MAP_SHARED), EACCES, "2.4 not opened for reading, shared");
	REFUSED(map(writer, 0, 1, PROT_NONE, MAP_SHARED), EACCES,
		"2.4 not opened for reading, PROT_NONE");
	REFUSED(map(reader, 0, 1, R | W, MAP_SHARED), EACCES,
		"2.4 shared to write, opened to read");
	REFUSED(map(flash, 0, 1, R | W, MAP_SHARED), EACCES, "2.4 shared to write, in flash");
	OK(unmap(map(reader, 0, 1, R | W, MAP_PRIVATE), 1) == 0,
	   "2.4 private to write, opened to read");
	REFUSED(map(ends[0], 0, 1, R, MAP_PRIVATE), ENODEV, "2.5 pipe");
	REFUSED(map(tty, 0, 1, R, MAP_SHARED), ENODEV, "2.5 console");
	REFUSED(map(folder, 0, 1, R, MAP_SHARED), ENODEV, "2.5 directory");
	REFUSED(map(null, 0, 1, R | W, MAP_SHARED), ENODEV, "2.5 /dev/null, shared");
	REFUSED(map(null, 0, 1, R | W, MAP_PRIVATE), ENODEV, "2.5 /dev/null, private");

	/* Each request has the fault before and all that come behind it. */
	REFUSED(mmap((void *)8, 0, W | X, MAP_SHARED | MAP_FIXED, -1, -1), EINVAL,
		"2 order: EINVAL first");
	REFUSED(mmap(NULL, SIZE_MAX, W | X, MAP_SHARED_VALIDATE | UNKNOWN, -1, 0), EOPNOTSUPP,
		"2 order: EOPNOTSUPP before the length and EBADF");
	REFUSED(mmap(NULL, SIZE_MAX, W | X, MAP_SHARED, -1, 0), ENOMEM,
		"2 order: the length before EBADF");
	REFUSED(mmap(NULL, SIZE_MAX / 2, W | X, MAP_SHARED, -1, OFF_LAST), EBADF,
		"2 order: EBADF, EOVERFLOW");
	REFUSED(map(ends[1], 0, 1, W | X, MAP_SHARED), EACCES, "2 order: EACCES before ENODEV");
	REFUSED(mmap(NULL, 2 * P, W | X, MAP_PRIVATE, ends[0], OFF_LAST), ENODEV,
		"2 order: ENODEV before EOVERFLOW and ENOTSUP");
	REFUSED(mmap(NULL, 2 * P, W | X, MAP_PRIVATE, reader, OFF_LAST), EOVERFLOW,
		"2 order: EOVERFLOW before ENOTSUP");
	REFUSED(mmap(NULL, SIZE_MAX / 2, W | X, ANON, -1, 0), ENOTSUP,
		"2 order: ENOTSUP before ENOMEM");
	REFUSED(mmap(KERNEL_RAM, P, W | X, ANON | MAP_FIXED, -1, 0), ENOTSUP,
		"2 order: ENOTSUP before ENOMEM of MAP_FIXED");
	close(writer), close(reader), close(folder), close(flash), close(null), close(tty);
	close(ends[0]), close(ends[1]);
}

static void test_memory(void)
{
	struct state was = look();

	REFUSED(mmap(NULL, SIZE_MAX / 2, R, ANON, -1, 0), ENOMEM, "2.6 half the address space");
	REFUSED(mmap(NULL, (size_t)meminfo("MemTotal") * 1024, R, ANON, -1, 0), ENOMEM,
		"2.6 all of RAM");
	RUNS("exhaust", 0, 0, "2.6 page by page: ENOMEM, and munmap of one makes room for one");
	OK(is_as(&was), "2.6 all is free again");
}

static void test_w_xor_x(int ram)
{
	char *p;

	REFUSED(mmap(NULL, P, W | X, ANON, -1, 0), ENOTSUP, "2.7 W+X, anonymous");
	REFUSED(map(ram, 0, 1, R | W | X, MAP_PRIVATE), ENOTSUP, "2.7 W+X, a copy");
	REFUSED(map(ram, 0, 1, R | W | X, MAP_SHARED), ENOTSUP, "2.7 W+X, shared");
	p = map(ram, 0, 1, R | W, MAP_SHARED);
	REFUSED(map(ram, 0, 1, R | X, MAP_SHARED), ENOTSUP, "2.7 X beside W, one process");
	REFUSED(map(ram, 0, 1, R | X, MAP_PRIVATE), ENOTSUP,
		"2.7 X beside W, private and in place");
	OK(unmap(map(ram, 1, 1, R | X, MAP_SHARED), 1) == 0, "2.7 X beside W, another page");
	REFUSED(map(ram, 0, 2, R | X, MAP_SHARED), ENOTSUP, "2.7 X beside W, one page of two");
	RUNS("view", R | X, 0, "2.7 X beside W, another process: ENOTSUP");
	OK(protect(p, 1, R) == 0 && unmap(map(ram, 0, 1, R | X, MAP_SHARED), 1) == 0,
	   "2.7 X when W has gone by mprotect");
	unmap(p, 1);
	p = map(ram, 0, 1, R | X, MAP_SHARED);
	REFUSED(map(ram, 0, 1, R | W, MAP_SHARED), ENOTSUP, "2.7 W beside X, one process");
	RUNS("view", R | W, 0, "2.7 W beside X, another process: ENOTSUP");
	REFUSED(write(ram, "w", 1), ETXTBSY, "2.7 write() to a file mapped X");
	REFUSED(ftruncate(ram, 0), ETXTBSY, "2.7 ftruncate() of a file mapped X");
	REFUSED(ftruncate(ram, (off_t)(8 * P)), ETXTBSY, "2.7 ftruncate() that grows it");
	REFUSED(open(RAM_FILE, O_RDWR | O_TRUNC), ETXTBSY, "2.7 O_TRUNC of a file mapped X");
	OK(unmap(map(ram, 0, 1, R | W, MAP_PRIVATE), 1) == 0, "2.7 a copy to write beside X");
	unmap(p, 1);
	OK(put(ram, 0, "w") && ftruncate(ram, 0) == 0, "2.7 both when X has gone");
}

/* ---- 2.8 to 2.16: anonymous memory ---------------------------------------------------------- */

static void test_rights(void)
{
	DIES("touch", PROT_NONE, TOUCH_READ, "2.8 PROT_NONE: no reading");
	DIES("touch", PROT_NONE, TOUCH_WRITE, "2.8 PROT_NONE: no writing");
	DIES("touch", PROT_NONE, TOUCH_EXEC, "2.8 PROT_NONE: no executing");
	DIES("guard", 1, 0, "2.8 a guard between two pages");
	RUNS("guard", 2, 0, "2.8 the pages beside it");
	RUNS("touch", W, TOUCH_READ, "2.9 PROT_WRITE implies PROT_READ");
	RUNS("touch", X, TOUCH_READ, "2.9 PROT_EXEC implies PROT_READ");
	DIES("touch", R, TOUCH_WRITE, "2.9 PROT_READ: no writing");
	DIES("touch", X, TOUCH_WRITE, "2.9 PROT_EXEC: no writing");
	DIES("touch", R | W, TOUCH_EXEC, "2.9 PROT_WRITE: no executing");
	RUNS("run code", 0, 0, "2.9 what was written may be executed after mprotect");
}

static void test_hint(void)
{
	char *p = anon(4);

	/* Each is freed just before: a record may take any free page. */
	unmap(p + P, 1);
	OK(map_at(p + P, 1, 0) == p + P, "2.10 a hint at free pages");
	unmap(p + 2 * P, 1);
	OK(map_at(p + 2 * P + 8, 1, 0) == p + 2 * P, "2.10 a hint within a free page");
	char *q = map_at(p, 1, 0);
	OK(q != MAP_FAILED && q != p, "2.10 a hint at an own page: elsewhere");
	unmap(q, 1);
	q = map_at(KERNEL_RAM, 1, 0);
	OK(q != MAP_FAILED && q != KERNEL_RAM, "2.10 a hint at kernel memory: elsewhere");
	unmap(q, 1);
	q = map_at((void *)0xe000e000, 1, 0);
	OK(q != MAP_FAILED, "2.10 a hint at no memory: elsewhere");
	unmap(q, 1);
	unmap(p, 4);
}

static void test_fixed(int ram)
{
	int fd = open(ODD_FILE, O_RDONLY);
	char *p = anon(6), *q, *file;
	struct state was;

	memset(p, 'f', 6 * P);
	unmap(p + 3 * P, 1);
	OK(map_at(p + 3 * P, 1, MAP_FIXED) == p + 3 * P, "2.11 free RAM");
	was = look();
	OK(map_at(p + 2 * P, 2, MAP_FIXED) == p + 2 * P && all(p + 2 * P, 2 * P, 0) &&
		   peek(p + P) == 'f',
	   "2.11 own pages of two mappings: replaced, zeroed");
	OK(look().free == was.free && look().copy == was.copy, "2.11 it costs what it gave back");
	unmap(p + 4 * P, 1);
	OK(map_at(p + 3 * P, 3, MAP_FIXED) == p + 3 * P, "2.11 own, free, own: all of it");
	REFUSED(map_at(KERNEL_RAM, 1, MAP_FIXED), ENOMEM, "2.11 kernel memory");
	REFUSED(map_at((void *)(16 * P), 1, MAP_FIXED), ENOMEM, "2.11 flash");
	REFUSED(map_at((void *)0x40000000, 1, MAP_FIXED), ENOMEM, "2.11 device memory");
	REFUSED(map_at((void *)0xe000e000, 1, MAP_FIXED), ENOMEM, "2.11 the System Control Space");
	REFUSED(map_at((void *)0, 1, MAP_FIXED), ENOMEM, "2.11 address 0");
	REFUSED(map_at((void *)(SIZE_MAX - P + 1), 1, MAP_FIXED), ENOMEM,
		"2.11 the last page of all");
	REFUSED(map_at((void *)(SIZE_MAX - P + 1), 2, MAP_FIXED), ENOMEM,
		"2.11 past the last page of all");
	REFUSED(mmap(p, (size_t)0 - (uintptr_t)p, R, ANON | MAP_FIXED, -1, 0), ENOMEM,
		"2.11 to the very end");
	RUNS("take", p, MAP_FIXED, "2.11 another process's page: ENOMEM");
	RUNS("take", p, MAP_FIXED_NOREPLACE, "2.12 another process's page: ENOMEM");

	file = map(ram, 0, 2, R | W, MAP_SHARED);
	OK(mmap(file, 2 * P, R, MAP_SHARED | MAP_FIXED, ram, 0) == file &&
		   lines(OWN, file, 2, "") == 1 && lines(OWN, file, 2, "r--s") == 1,
	   "2.11 a RAM file at its own address: the layer is replaced");
	map(ram, 0, 2, R, MAP_SHARED), map(ram, 1, 1, R | W, MAP_SHARED);
	OK(mmap(file, 2 * P, R, MAP_SHARED | MAP_FIXED, ram, 0) == file &&
		   lines(OWN, file, 2, "r--s") == 1 && holds(OWN, file + P) == 1,
	   "2.11 every coinciding layer is replaced");
	REFUSED(mmap(p, P, R, MAP_SHARED | MAP_FIXED, ram, 0), ENOMEM, "2.11 a RAM file elsewhere");
	REFUSED(map_at(file, 1, MAP_FIXED), ENOMEM, "2.11 anonymous memory where a RAM file lies");
	REFUSED(mmap(p, P, R, MAP_SHARED | MAP_FIXED_NOREPLACE, ram, 0), EEXIST,
		"2.12 a RAM file where the caller has memory");
	unmap(file, 2);
	REFUSED(mmap(p, P, R, MAP_PRIVATE | MAP_FIXED, fd, 0), ENOMEM,
		"2.11 a file in place elsewhere");

	/* A copy that is shared does not bind one that has a place of its own. */
	q = mmap(NULL, P, R, MAP_PRIVATE, fd, (off_t)(32 * P));
	file = mmap(p, P, R, MAP_PRIVATE | MAP_FIXED, fd, (off_t)(32 * P));
	OK(file == p, "2.11 a copy where another lies elsewhere");
	unmap(q, 1);
	if (file == MAP_FAILED)
		mmap(p, P, R, MAP_PRIVATE | MAP_FIXED, fd, (off_t)(32 * P));
	OK(mmap(NULL, P, R, MAP_PRIVATE, fd, (off_t)(32 * P)) == p &&
		   map_at(p, 1, MAP_FIXED) == p && holds(OWN, p) == 1,
	   "2.11 two layers of a copy, the caller's alone: replaced");
	unmap(p, 6), unmap(p, 1);

	p = anon(3);
	unmap(p + P, 1);
	REFUSED(map_at(p, 1, MAP_FIXED_NOREPLACE), EEXIST, "2.12 an own page");
	REFUSED(map_at(p + P, 2, MAP_FIXED_NOREPLACE), EEXIST, "2.12 a free page and an own one");
	OK(map_at(p + P, 1, MAP_FIXED_NOREPLACE) == p + P, "2.12 a free page");
	REFUSED(map_at(KERNEL_RAM, 1, MAP_FIXED_NOREPLACE), ENOMEM, "2.12 kernel memory");
	unmap(p, 3);
	close(fd);
}

static void test_anonymous(void)
{
	struct state was = look();
	char *p = anon(5), *q;

	OK(((uintptr_t)p & (P - 1)) == 0 && all(p, 5 * P, 0), "2.13 page aligned, zero");
	memset(p, 'd', 5 * P);
	unmap(p, 5);
	q = anon(5);
	OK(q == p && all(q, 5 * P, 0), "2.13 the same pages again: zero");
	unmap(q, 5);
	p = mmap(NULL, P, R | W, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	OK(p != MAP_FAILED && look().copy - was.copy == kb(1), "2.13 MAP_SHARED: as private");
	q = mremap(p, P, 2 * P, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && unmap(q, 2) == 0, "2.13 and can be resized like it");
	p = mmap(NULL, P + 1, R | W, ANON, -1, 0);
	OK(lines(OWN, p, 2, "rw-p") == 1, "2.13 a length is rounded up to pages");
	memset(p, 'u', 2 * P);
	unmap(p, 2);
	q = mmap(NULL, 2 * P, R, ANON | MAP_UNINITIALIZED, -1, 0);
	OK(q == p && all(q, 2 * P, 0), "2.14 MAP_UNINITIALIZED is ignored: zero");
	unmap(q, 2);

	p = mmap(NULL, 9 * P, R | W, ANON | MAP_STACK, -1, 0);
	OK(p != MAP_FAILED && all(p, 9 * P, 0), "2.15 MAP_STACK: zeroed");
	OK(look().waste - was.waste + kb(9) == was.free - look().free,
	   "2.15 MpuWaste is what it costs more");
	OK(munmap(p, 9 * P) == 0 && is_as(&was),
	   "2.15 munmap of what was asked for takes all of it");
	OK((p = mmap(NULL, P, R | W, ANON | MAP_LOCKED, -1, 0)) != MAP_FAILED, "2.16 MAP_LOCKED");
	OK(munlock(p, P) == 0 && unmap(p, 1) == 0, "2.16 munlock of it");
	q = NULL;
	while ((p = mmap(NULL, P, R | W, ANON | MAP_LOCKED, -1, 0)) != MAP_FAILED) {
		*(char **)p = q;
		q = p;
		mmap(NULL, P, PROT_NONE, ANON, -1, 0); /* so that each takes an entry */
	}
	IS(errno, EAGAIN, "2.16 more than can be locked: EAGAIN, as mlock");
	munlockall();
	while (q) {
		p = *(char **)q;
		unmap(q, 1);
		q = p;
	}
}

static void test(void)
{
	int ram;

	keep_proc();
	ram = ram_file(2);
	test_arguments(ram);
	test_descriptors();
	test_memory();
	test_w_xor_x(ram);
	close(ram);
	test_rights();
	test_hint();
	ram = ram_file(2);
	test_fixed(ram);
	close(ram);
	unlink(RAM_FILE);
	test_anonymous();
}

TAP_MAIN(parts, test)
