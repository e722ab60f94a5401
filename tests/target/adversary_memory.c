/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with mappings, segments and programs: the numbers are those of
 * docs/adversary.md.  The suites contract and linux, and the model of the host, try more of each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <croft/limits.h>

#include "raw.h"
#include "tap.h"

#define R    PROT_READ
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

#define DIRECT "/bin/init"   /* in flash */
#define COPIED "/tmp/layers" /* in RAM */

static size_t page;

/* For the parts, too. */
__attribute__((constructor)) static void find_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

static char *map(size_t npages)
{
	return mmap(NULL, npages * page, RW, ANON, -1, 0);
}

static int is_all(const char *p, size_t len, char c)
{
	while (len && *p == c)
		p++, len--;
	return len == 0;
}

/* ---- #29 ----------------------------------------------------------------------------------- */

static int hold(long a, long b)
{
	char *p = (char *)a;

	(void)b;
	return is_all(p, page, 0x5a) ? 0 : 1;
}

static int reach(long a, long b)
{
	char *p = (char *)a;
	int wrong = 0;

	(void)b;
	munmap(p, page);
	wrong += mprotect(p, page, RW) == 0;
	wrong += mremap(p, page, 2 * page, MREMAP_MAYMOVE) != MAP_FAILED;
	wrong += mmap(p, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
	wrong += madvise(p, page, MADV_DONTNEED) == 0;
	return wrong;
}

static void test_29_others(void)
{
	static const uint32_t others[] = { 0x20000000, 0, 0xe000e000, 0xfffffc00 };
	int wrong = 0, id = shmget(IPC_PRIVATE, page, 0600);
	char *p = map(1), *shared;

	memset(p, 0x5a, page);
	OK(part_ended(part_start("reach", (long)p, 0), 0),
	   "#29 no call on another's range succeeds");
	IS(hold((long)p, 0), 0, "#29 and it holds what it held");
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		void *at = (void *)((uintptr_t)others[i] & ~(page - 1));

		wrong += mmap(at, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
		wrong += mprotect(at, page, RW) == 0;
		wrong += mremap(at, page, 2 * page, MREMAP_MAYMOVE) != MAP_FAILED;
	}
	shared = shmat(id, NULL, 0);
	wrong += mmap(shared, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
	shmdt(shared);
	shmctl(id, IPC_RMID, NULL);
	wrong += munmap(p + 1, page) == 0;
	wrong += munmap(p, (size_t)-1) == 0;
	wrong += mprotect(p + 1, page, R) == 0;
	wrong += mmap(p + 1, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
	IS(wrong, 0, "#29 nor on the kernel's, on devices, on a segment, unaligned or wrapping");
	munmap(p, page);
}

/* ---- #30, #34, #35 --------------------------------------------------------------------------- */

static void test_30_holes(void)
{
	long before = system_info(INFO_FREE_PAGES);
	int wrong = 0;

	for (size_t hole = 0; hole < 4; hole++) {
		char *p = map(4), *q;

		for (size_t i = 0; i < 4; i++)
			memset(p + i * page, (int)('a' + i), page);
		wrong += munmap(p + hole * page, page) != 0;
		q = mmap(p + hole * page, page, RW, ANON | MAP_FIXED, -1, 0);
		wrong += q != p + hole * page || !is_all(q, page, 0);
		for (size_t i = 0; i < 4; i++)
			wrong += i != hole && !is_all(p + i * page, page, (char)('a' + i));
		munmap(p, 4 * page);
	}
	IS(wrong, 0, "#30 a hole at each place: the rest survives, the page comes back zeroed");
	IS(system_info(INFO_FREE_PAGES), before, "#30 nothing is lost");
}

static void test_34_zero(void)
{
	char *p = map(3), *q, *heap = sbrk((int)page);
	int id = shmget(IPC_PRIVATE, page + 1, 0600), wrong = 0;

	memset(p, 0xff, 3 * page);
	munmap(p, 3 * page);
	p = map(2);
	wrong += !is_all(p, 2 * page, 0);
	memset(p, 0xff, 2 * page);
	q = mremap(p, 2 * page, 3 * page, MREMAP_MAYMOVE);
	wrong += q == MAP_FAILED || !is_all(q + 2 * page, page, 0);
	munmap(q, 3 * page);
	q = shmat(id, NULL, 0);
	wrong += !is_all(q, 2 * page, 0);
	shmdt(q);
	shmctl(id, IPC_RMID, NULL);
	wrong += heap == (void *)-1 || !is_all(heap, page, 0);
	memset(heap, 0xff, page);
	sbrk(-(int)page + 8);
	heap = sbrk((int)page - 8);
	wrong += !is_all(heap, page - 8, 0);
	sbrk(-(int)page);
	q = mmap(NULL, page, RW, ANON | MAP_STACK, -1, 0);
	wrong += !is_all(q, page, 0);
	munmap(q, page);
	IS(wrong, 0, "#34 anonymous, grown, shared, heap and stack memory is zero");
}

static void test_35_mremap(void)
{
	char *p = map(4), *q;

	memset(p, 0x77, 4 * page);
	mremap(p, 4 * page, 2 * page, 0);
	q = mremap(p, 2 * page, 4 * page, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && is_all(q, 2 * page, 0x77) && is_all(q + 2 * page, 2 * page, 0),
	   "#35 shrunk and grown: no stale data");
	OK(mremap(q, 3 * page, 4 * page, 0) == MAP_FAILED, "#35 a wrong old length is refused");
	munmap(q, 4 * page);
	/* What lies behind is another mapping, which is not taken along. */
	p = map(4);
	memset(p, 0x77, 4 * page);
	mprotect(p + 2 * page, 2 * page, R);
	q = mremap(p, 2 * page, 3 * page, MREMAP_MAYMOVE);
	if (q == MAP_FAILED) { /* the piece of a mapping is none */
		mmap(p, 2 * page, RW, ANON | MAP_FIXED, -1, 0);
		memset(p, 0x77, 2 * page);
		q = mremap(p, 2 * page, 3 * page, MREMAP_MAYMOVE);
	}
	OK(q != MAP_FAILED && q != p && is_all(q, 2 * page, 0x77) && is_all(q + 2 * page, page, 0),
	   "#35 moved to grow: zero behind what it held");
	munmap(q, 3 * page);
	munmap(p, 4 * page);
}

/* ---- #32, #33 ------------------------------------------------------------------------------ */

static void test_32_files(void)
{
	int fd = open("/tmp/adversary", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, *q;

	ftruncate(fd, (off_t)(2 * page));
	OK(mmap(NULL, page, R, MAP_PRIVATE, fd, (off_t)(0x80000000u - page)) == MAP_FAILED,
	   "#32 offset and length beyond the largest offset");
	OK(mmap(NULL, 2 * page, R, MAP_SHARED, fd, (off_t)(2 * page)) == MAP_FAILED,
	   "#32 shared past the end");
	p = mmap(NULL, 2 * page, RW, MAP_SHARED, fd, 0);
	IS(ftruncate(fd, 0), -1, "#32 truncate under a shared mapping is refused");
	memset(p, 0x42, 2 * page);
	q = mmap(NULL, page, RW, MAP_PRIVATE, fd, 0);
	OK(q != MAP_FAILED && q != p, "#33 a writable private mapping is a copy of its own");
	memset(q, 0, page);
	OK(is_all(p, 2 * page, 0x42), "#33 what is written there is not seen elsewhere");
	unlink("/tmp/adversary");
	OK(is_all(p, 2 * page, 0x42), "#32 a file removed while it is mapped stays");
	munmap(p, 2 * page);
	munmap(q, page);
	close(fd);
}

/* ---- #36 to #38 ------------------------------------------------------------------------------ */

static void test_36_segments(void)
{
	int id = shmget(IPC_PRIVATE, 2 * page, 0600), next;
	struct shmid_ds ds;
	char *p = shmat(id, NULL, 0);

	OK(shmat(-1, NULL, 0) == (void *)-1 && shmat(0x7fffffff, NULL, 0) == (void *)-1,
	   "#36 ids that are none");
	OK(shmdt(p + page) == -1 && shmdt(p + 1) == -1, "#36 shmdt in the middle is refused");
	shmctl(id, IPC_RMID, NULL);
	memset(p, 1, 2 * page);
	OK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 1 && (ds.shm_perm.mode & SHM_DEST),
	   "#36 a segment removed while attached stays until the last detach");
	OK(shmdt(p) == 0 && shmctl(id, IPC_STAT, &ds) == -1, "#36 and goes with it");
	next = shmget(IPC_PRIVATE, page, 0600);
	OK(shmat(id, NULL, 0) == (void *)-1 && shmctl(id, IPC_RMID, NULL) == -1,
	   "#36 its id is not that of the next");
	IS(shmctl(next, IPC_RMID, NULL), 0, "#36 which is there");
}

static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
				  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

/* Two that are the same, and a part of them, mapped in one order and released in another; -1: at exit. */
static int layers(int fd, int in, int out)
{
	static const int pages[] = { 2, 2, 1 };
	char *at[3];
	int wrong = 0;

	for (int j = 0; j < 3; j++) {
		int n = orders[in][j];

		at[n] = mmap(NULL, (size_t)pages[n] * page, R, MAP_PRIVATE, fd, 0);
	}
	for (int j = 0; out >= 0 && j < 3; j++) {
		int n = orders[out][j];

		wrong += at[n] == MAP_FAILED || memcmp(at[n], "\177ELF", 4) != 0;
		wrong += munmap(at[n], (size_t)pages[n] * page) != 0;
	}
	return wrong;
}

static int leave_layers(long in, long path)
{
	return layers(open(path ? COPIED : DIRECT, O_RDONLY), (int)in, -1);
}

static void test_37_layers(void)
{
	int wrong = 0, direct = open(DIRECT, O_RDONLY), copied;
	char *bytes = mmap(NULL, 2 * page, R, MAP_PRIVATE, direct, 0);
	long before;

	copied = open(COPIED, O_RDWR | O_CREAT | O_TRUNC, 0600);
	write(copied, bytes, 2 * page);
	munmap(bytes, 2 * page);
	before = system_info(INFO_FREE_PAGES);
	for (int in = 0; in < 6; in++)
		for (int out = 0; out < 6; out++)
			wrong += layers(direct, in, out) + layers(copied, in, out);
	for (int in = 0; in < 6; in++)
		wrong += !part_ended(part_start("layers", in, 0), 0) +
			 !part_ended(part_start("layers", in, 1), 0);
	IS(wrong, 0,
	   "#37 one region mapped three times, in every order, released in every order, and at exit");
	IS(system_info(INFO_FREE_PAGES), before, "#37 nothing is lost");
	close(direct);
	close(copied);
	unlink(COPIED);
}

static int shrink_and_unmap(long a, long b)
{
	char *p = map(4);

	(void)a, (void)b;
	if (mremap(p, 4 * page, page, 0) != p || munmap(p, 4 * page))
		return 1;
	return 0;
}

static const struct part parts[] = {
	{ "reach", reach }, { "shrink", shrink_and_unmap }, { "layers", leave_layers }, { 0 }
};

static void test(void)
{
	long before;

	test_29_others();
	test_30_holes();
	test_32_files();
	test_34_zero();
	test_35_mremap();
	test_36_segments();
	test_37_layers();
	before = system_info(INFO_FREE_PAGES);
	OK(part_ended(part_start("shrink", 0, 0), 0),
	   "#38 shrunk, unmapped by the old length, then exit");
	IS(system_info(INFO_FREE_PAGES), before, "#38 nothing is lost");
}

TAP_MAIN(parts, test)
