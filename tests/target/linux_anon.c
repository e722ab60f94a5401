/* SPDX-License-Identifier: MIT */
/*
 * A1 anonymous mmap, and A8 what /proc and protection show, as on Linux without an MMU or, where
 * the name of a test says so, beyond it.  See linux.h.
 */
#include "linux.h"

static int mapped(char *p, size_t pages)
{
	return p != MAP_FAILED && unmap(p, pages) == 0;
}

/* Does a mapping of so many bytes cost exactly so many kB? */
static int costs(size_t len, long want)
{
	long before = copy_kb(), taken;
	char *p = mmap(NULL, len, R | W, ANON, -1, 0);

	taken = copy_kb() - before;
	return p != MAP_FAILED && munmap(p, len) == 0 && taken == want;
}

static int store(long prot, long b)
{
	char *p = mmap(NULL, P, (int)prot, ANON, -1, 0);

	(void)b;
	poke(p, 1);
	return 0;
}

/* Map so many pages a time until it fails: ENOMEM, and the process lives. */
static int until_failure(long pages, long b)
{
	(void)b;
	errno = 0;
	while (anon((size_t)pages) != MAP_FAILED)
		;
	return errno != ENOMEM;
}

static int touch(long at, long b)
{
	(void)b;
	peek((void *)at);
	poke((void *)at, 1);
	return 0;
}

static int undefined(long a, long b)
{
	(void)a, (void)b;
	__asm volatile("udf #0");
	return 0;
}

static const struct part parts[] = { { "store", store },
				     { "until failure", until_failure },
				     { "touch", touch },
				     { "undefined", undefined },
				     { 0 } };

static int trim(const char *n)
{
	int fd = open("/proc/sys/vm/nr_trim_pages", O_WRONLY);
	int good = write(fd, n, 1) == 1;

	close(fd);
	return good;
}

static void test_sizes(void)
{
	char *p, *q;
	long free;

	SAME("A1 mmap of a page: MmapCopy up by it", "ok", MUST(costs(P, kb(1))));
	SAME("A1 mmap of 3 and 5 pages: the excess is trimmed", "ok",
	     MUST(costs(3 * P, kb(3)) && costs(5 * P, kb(5))));
	p = anon(3);
	q = anon(1);
	SAME("A1 trimmed pages are handed out again", "ok",
	     MUST(p != MAP_FAILED && q != MAP_FAILED));
	unmap(p, 3), unmap(q, 1);
	trim("0");
	SAME("A1 3 pages, nr_trim_pages 0: 4 are taken", "ok", MUST(costs(3 * P, kb(4))));
	p = anon(3);
	free = look().free;
	SAME("A1 munmap of its last page frees the excess, too", "ok",
	     MUST(unmap(p + 2 * P, 1) == 0 && look().free - free == kb(2)));
	unmap(p, 2);
	trim("1");
	SAME("A1 a length over a power of two by a page", "ok", MUST(costs(17 * P, kb(17))));
	p = anon(1), q = anon(3);
	MORE("A1 a result is aligned to a page", "to the power of two", "ok", "N4",
	     MUST(((uintptr_t)q & (P - 1)) == 0));
	unmap(p, 1), unmap(q, 3);
	SAME("A1 mmap, len 0", "EINVAL", anon(0));
	SAME("A1 mmap, len wraps when rounded", "ENOMEM",
	     mmap(NULL, SIZE_MAX - P + 2, R, ANON, -1, 0));
	SAME("A1 mmap, len 0xfffff000", "ENOMEM", mmap(NULL, 0xfffff000, R, ANON, -1, 0));
	SAME("A1 mmap, 32 MB", "ENOMEM", mmap(NULL, 32u << 20, R, ANON, -1, 0));
	free = meminfo("MemLargest") * 1024;
	MORE("A1 mmap of the largest free run", "one buddy block", "ok", "N4",
	     munmap(mmap(NULL, (size_t)free, R, ANON, -1, 0), (size_t)free));
}

static void test_flags(void)
{
	static const struct {
		const char *call;
		int flag;
	} ignored[] = { { "A1 mmap, MAP_GROWSDOWN", MAP_GROWSDOWN },
			{ "A1 mmap, MAP_LOCKED", MAP_LOCKED },
			{ "A1 mmap, MAP_POPULATE", MAP_POPULATE },
			{ "A1 mmap, MAP_NORESERVE", MAP_NORESERVE },
			{ "A1 mmap, MAP_STACK", MAP_STACK },
			{ "A1 mmap, MAP_HUGETLB", MAP_HUGETLB } };
	char *p = mmap(NULL, P, R | W, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;

	SAME("A1 mmap, MAP_SHARED, anonymous: rw-p in maps", "ok",
	     MUST(lines(OWN, p, 1, "rw-p") == 1));
	unmap(p, 1);
	SAME("A1 mmap, neither shared nor private", "EINVAL",
	     mmap(NULL, P, R, MAP_ANONYMOUS, -1, 0));
	SAME("A1 mmap, type 3, anonymous", "EINVAL", mmap(NULL, P, R, 3 | MAP_ANONYMOUS, -1, 0));
	p = mmap(NULL, P, R, 3, open(LONG_FILE, O_RDONLY), 0);
	MORE("A1 mmap, type 3, a file", "EINVAL", "ok", "2.1", unmap(p, 1));
	SAME("A1 mmap, fd -1, not anonymous", "EBADF", map(-1, 0, 1, R, MAP_PRIVATE));
	SAME("A1 mmap, anonymous, fd 3, page 5: ignored", "ok",
	     MUST(mapped(mmap(NULL, P, R, ANON, 3, (off_t)(5 * P)), 1)));
	MORE("A1 mmap, anonymous, the last offset", "EOVERFLOW", "ok", "2.3",
	     MUST(mapped(mmap(NULL, 2 * P, R, ANON, 3, -(off_t)P), 2)));
	p = anon(3);
	unmap(p + P, 1);
	MORE("A1 mmap, MAP_FIXED at free RAM", "EINVAL", "ok", "2.11",
	     MUST(map_at(p + P, 1, MAP_FIXED) == p + P));
	MORE("A1 mmap, MAP_FIXED at an own mapping", "EINVAL", "ok", "2.11",
	     MUST(map_at(p, 1, MAP_FIXED) == p));
	unmap(p + P, 1);
	q = map_at(p + P, 1, 0);
	MORE("A1 mmap, a hint at a free page: used", "ignored", "ok", "2.10", MUST(q == p + P));
	q = map_at(p, 1, 0);
	SAME("A1 mmap, a hint at a page in use: ignored", "ok", MUST(q != p && mapped(q, 1)));
	MORE("A1 mmap, MAP_FIXED_NOREPLACE at an own page", "ignored", "EEXIST", "2.12",
	     map_at(p, 1, MAP_FIXED_NOREPLACE));
	unmap(p, 3);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		SAME(ignored[i].call, "ok", MUST(mapped(map_at(NULL, 1, ignored[i].flag), 1)));
	q = anon(1);
	memset(q, 1, P);
	unmap(q, 1);
	p = map_at(NULL, 1, MAP_UNINITIALIZED);
	SAME("A1 mmap, MAP_UNINITIALIZED: still zeroed", "ok", MUST(p == q && all(p, P, 0)));
	unmap(p, 1);
	for (int prot = 0; prot < 8; prot++) {
		static char call[] = "A1 mmap, prot 0";

		call[sizeof(call) - 2] = (char)('0' + prot);
		if ((prot & W) && (prot & X))
			MORE(call, "ok", "ENOTSUP", "2.7", mmap(NULL, P, prot, ANON, -1, 0));
		else
			SAME(call, "ok", MUST(mapped(mmap(NULL, P, prot, ANON, -1, 0), 1)));
	}
	MORE("A1 a store through PROT_NONE: SIGSEGV", "works", "ok", "2.8",
	     MUST(part_died(part_start("store", PROT_NONE, 0), SIGSEGV)));
	MORE("A1 a store through PROT_READ: SIGSEGV", "works", "ok", "2.9",
	     MUST(part_died(part_start("store", R, 0), SIGSEGV)));
	p = anon(8);
	memset(p, 1, 8 * P);
	unmap(p, 8);
	q = anon(8);
	SAME("A1 dirtied, munmap, mmap: the same address, zero", "ok",
	     MUST(q == p && all(q, 8 * P, 0)));
	unmap(q, 8);
	SAME("A1 8 pages a time till failure: ENOMEM, the process lives", "ok",
	     MUST(part_ended(part_start("until failure", 8, 0), 0)));
	MORE("A1 a page a time till failure: ENOMEM", "OOM kill", "ok", "2.6",
	     MUST(part_ended(part_start("until failure", 1, 0), 0)));
}

static void test_proc(void)
{
	long before = copy_kb();
	int fd = open(LONG_FILE, O_RDONLY), ram = ram_file(1), id = shmget(IPC_PRIVATE, P, 0600);
	char *p, *q, *s;

	MORE("A8 page size", "4096", "ok", "words", MUST(P == 1024 || P == 4096));
	p = anon(2);
	SAME("A8 /proc/maps: a line for each region of the system", "ok",
	     MUST(lines("/proc/maps", p, 2, "rw-p") == 1));
	SAME("A8 /proc/maps: 49 characters, then the name", "ok", MUST(usage_of(p) == 1));
	unmap(p, 2);
	MORE("A8 /proc/self/maps: text, data, stack are lines of their own", "one line", "ok", "N9",
	     MUST(holds(OWN, (void *)(uintptr_t)test_proc) == 1 && holds(OWN, &parts) == 1 &&
		  holds(OWN, &before) == 1));
	SAME("A8 text in place: r-xp", "ok", MUST(usage_of((void *)(uintptr_t)test_proc) == 1));
	p = map(fd, 0, 3, R, MAP_PRIVATE);
	q = map(ram, 0, 1, R | W, MAP_SHARED);
	s = shmat(id, NULL, 0);
	SAME("A8 MmapCopy: flash in place, RAM files and segments add 0", "ok",
	     MUST(p != MAP_FAILED && q != MAP_FAILED && s != MAP_FAILED && copy_kb() == before));
	unmap(p, 3), unmap(q, 1), shmdt(s);
	p = map(fd, 0, 3, R | W, MAP_PRIVATE);
	SAME("A8 MmapCopy: a copy of 3 pages adds them", "ok", MUST(copy_kb() - before == kb(3)));
	unmap(p, 3);
	MORE("A8 user reads or writes kernel RAM: SIGSEGV", "works", "ok", "N1",
	     MUST(part_died(part_start("touch", (long)KERNEL_RAM, 0), SIGSEGV)));
	MORE("A8 user reads or writes address 0: SIGSEGV", "works", "ok", "N1",
	     MUST(part_died(part_start("touch", 0, 0), SIGSEGV)));
	MORE("A8 user reads or writes a peripheral: SIGSEGV", "works", "ok", "2.21",
	     MUST(part_died(part_start("touch", 0x40004000, 0), SIGSEGV)));
	MORE("A8 an undefined instruction: SIGILL, others live", "the kernel stops", "ok", "N9",
	     MUST(part_died(part_start("undefined", 0, 0), SIGILL)));
	shmctl(id, IPC_RMID, NULL);
	close(fd), close(ram);
	unlink(RAM_FILE);
}

static void test(void)
{
	keep_proc();
	test_sizes();
	test_flags();
	test_proc();
}

TAP_MAIN(parts, test)
