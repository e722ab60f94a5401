/* SPDX-License-Identifier: MIT */
/*
 * The other calls on memory: 3.1 munmap, 3.2 mprotect, 3.3 mremap, 3.4 msync, 3.5 mlock, 3.6 brk
 * and sbrk, 3.7 madvise and mincore.
 */
#include "contract.h"

#define LAST ((char *)(SIZE_MAX - P + 1)) /* page of the address space */

/* Touch a page that a call has just taken away, or given fewer rights. */
static int after(long how, long b)
{
	char *p = anon(3);

	(void)b;
	memset(p, 1, 3 * P);
	switch (how) {
	case 0:
		return unmap(p + P, 1) || peek(p + P);
	case 1:
		return protect(p + P, 1, PROT_NONE) || peek(p + P);
	case 2:
		return protect(p + P, 1, R) || (poke(p + P, 2), 1);
	case 3:
		return mremap(p, 3 * P, P, 0) != p || peek(p + P);
	case 4:
		return protect(p + P, 1, PROT_NONE) || protect(p + P, 1, R | W) ||
		       peek(p + P) != 1 || (poke(p + P, 2), 0);
	default: {		      /* all layers lose a right */
		int fd = ram_file(2); /* as long as the parent's */

		p = map(fd, 0, 1, R | W, MAP_SHARED);
		map(fd, 0, 1, R | W, MAP_SHARED);
		return protect(p, 1, R) || peek(p) || (poke(p, 1), 1);
	}
	}
}

/* The break goes down, and what was behind it is gone. */
static int below_break(long a, long b)
{
	char *p = sbrk((int)(3 * P));

	(void)a, (void)b;
	poke(p + 3 * P - 1, 1);
	sbrk(-(int)(2 * P));
	return peek(p + 3 * P - 1);
}

/* malloc() when the heap has a neighbour. */
static int walled(long a, long b)
{
	char *end = (char *)(((uintptr_t)sbrk(0) + P - 1) & ~(P - 1)), *p;
	int before, good = 1;

	(void)a, (void)b;
	while (map_at(end, 1, MAP_FIXED_NOREPLACE) != end && sbrk((int)P) != (void *)-1)
		end += P;
	before = holds(OWN, end);
	errno = 0;
	if (before != 1 || sbrk((int)(2 * P)) != (void *)-1 || errno != ENOMEM)
		return 2;
	for (int i = 0; i < 4; i++) {
		p = malloc(P);
		good &= p != NULL && (p < end || p >= end + P);
		memset(p, 'm', P);
	}
	return !good;
}

static const struct part parts[] = {
	{ "after", after }, { "below break", below_break }, { "walled", walled }, { 0 }
};

static void test_munmap(void)
{
	int fd = open(LONG_FILE, O_RDONLY), ram = ram_file(3),
	    id = shmget(IPC_PRIVATE, 2 * P, 0600);
	struct state was = look();
	char *p, *q;

	REFUSED(munmap((void *)8, P), EINVAL, "3.1 addr within a page");
	REFUSED(munmap(LAST, 0), EINVAL, "3.1 len 0");
	REFUSED(munmap(LAST, 2 * P), EINVAL, "3.1 wraps");
	REFUSED(munmap((void *)P, SIZE_MAX), EINVAL, "3.1 wraps when rounded");
	IS(munmap((void *)P, P), 0, "3.1 nothing is mapped there: 0");
	p = anon(4);
	IS(munmap(p, 2 * P + 1), 0, "3.1 a length within a page");
	OK(holds(OWN, p + 2 * P) == 0 && holds(OWN, p + 3 * P) == 1, "3.1 is rounded up");
	IS(munmap(p, 4 * P), 0, "3.1 over a hole");
	p = anon(4);
	protect(p + P, 1, R);
	IS(munmap(p + P, 2 * P), 0, "3.1 over two VMAs, parts of both");
	OK(lines(OWN, p, 1, "rw-p") == 1 && lines(OWN, p + 3 * P, 1, "rw-p") == 1,
	   "3.1 the rest stays");
	unmap(p, 4);

	p = map(fd, 0, 3, R, MAP_PRIVATE);
	IS(munmap(p + P, P), 0, "3.1 middle of a file in flash");
	OK(is_file(p, 0, P) && is_file(p + 2 * P, 2 * P, P) && holds(OWN, p + P) == 0,
	   "3.1 the rest stays");
	unmap(p, 3);
	p = map(fd, 0, 3, R | W, MAP_PRIVATE);
	IS(munmap(p, P), 0, "3.1 head of a copy");
	OK(is_file(p + P, P, 2 * P) && count_of(p) == 0, "3.1 the rest stays, the page is free");
	unmap(p, 3);
	p = map(ram, 0, 3, R | W, MAP_SHARED);
	IS(munmap(p + 2 * P, P), 0, "3.1 tail of a RAM file");
	IS(holds(OWN, p + 2 * P), 0, "3.1 is not mapped any more");
	unmap(p, 3);
	p = shmat(id, NULL, 0);
	IS(munmap(p, P), 0, "3.1 head of a segment");
	OK(holds(OWN, p) == 0 && holds(OWN, p + P) == 1, "3.1 the rest stays");
	unmap(p, 2);
	p = map(ram, 0, 2, R | W, MAP_SHARED);
	q = map(ram, 1, 2, R, MAP_SHARED);
	IS(munmap(p, 3 * P), 0, "3.1 two layers that overlap");
	OK(holds(OWN, p) == 0 && lines(OWN, q, 1, "rw-s") == 1 && holds(OWN, q + P) == 0,
	   "3.1 the younger goes where there are two");
	unmap(p, 3);
	DIES("after", 0, 0, "3.1 before it returns the hardware grants it no more");
	OK(is_as(&was), "3.1 all is as it was");
	shmctl(id, IPC_RMID, NULL);
	close(fd), close(ram);
}

static void test_mprotect(void)
{
	int fd = open(ODD_FILE, O_RDONLY), ram = ram_file(2), id = shmget(IPC_PRIVATE, P, 0600);
	struct state was = look();
	char *p = anon(4), *q;

	memset(p, 'p', 4 * P);
	REFUSED(mprotect(p + 8, P, R), EINVAL, "3.2 addr within a page");
	REFUSED(mprotect(p, P, 8), EINVAL, "3.2 a right that is none");
	IS(mprotect(p, 0, R), 0, "3.2 len 0: 0");
	REFUSED(mprotect((void *)P, P, R), ENOMEM, "3.2 nothing is mapped");
	REFUSED(mprotect(p, SIZE_MAX, R), ENOMEM, "3.2 wraps");
	REFUSED(mprotect(p, P, R | W | X), ENOTSUP, "3.2 W+X");
	unmap(p + 2 * P, 1);
	REFUSED(mprotect(p, 4 * P, R), ENOMEM, "3.2 over a hole");
	OK(map_at(p + 2 * P, 1, MAP_FIXED) == p + 2 * P, "3.2 the hole is filled");
	IS(protect(p + P, 2, R), 0, "3.2 over two mappings, parts of both");
	OK(lines(OWN, p, 1, "rw-p") == 1 && lines(OWN, p + P, 1, "r--p") == 1 &&
		   lines(OWN, p + 2 * P, 1, "r--p") == 1 && lines(OWN, p + 3 * P, 1, "rw-p") == 1,
	   "3.2 VMAs are split, pieces of two mappings are not joined");
	IS(protect(p + P, 2, W), 0, "3.2 back");
	OK(lines(OWN, p, 2, "rw-p") == 1, "3.2 pieces of one mapping are joined again");
	OK(peek(p) == 'p' && peek(p + P) == 'p', "3.2 the contents stay");
	unmap(p, 4);

	p = map(fd, 0, 1, R, MAP_PRIVATE);
	REFUSED(protect(p, 1, R | W), EACCES, "3.2 a file in place, to write");
	OK(protect(p, 1, R | X) == 0 && protect(p, 1, PROT_NONE) == 0,
	   "3.2 to execute, and not at all");
	unmap(p, 1);
	p = map(ram, 0, 2, R | W, MAP_SHARED);
	q = map(ram, 0, 1, R | W, MAP_SHARED);
	OK(protect(p, 1, R) == 0 && lines(OWN, p, 1, "r--s") == 2, "3.2 all layers are changed");
	OK(protect(p, 1, R | X) == 0, "3.2 to execute, when no layer may write");
	REFUSED(protect(p, 2, R | W | X), ENOTSUP, "3.2 W+X of a RAM file");
	OK(protect(p, 1, R | W) == 0 && lines(OWN, p, 2, "rw-s") == 1, "3.2 joined again");
	unmap(q, 1), unmap(p, 2);
	p = shmat(id, NULL, SHM_RDONLY);
	REFUSED(protect(p, 1, R | W), EACCES, "3.2 a segment attached to read");
	q = shmat(id, NULL, 0);
	REFUSED(protect(p, 1, R | W), EACCES, "3.2 one layer of two does not allow it");
	shmdt(p), shmdt(p);
	p = map(ram, 0, 1, R, MAP_PRIVATE);
	REFUSED(protect(p, 1, R | W), EACCES, "3.2 a private view in place");
	unmap(p, 1);
	DIES("after", 1, 0, "3.2 PROT_NONE in hardware when it returns");
	DIES("after", 2, 0, "3.2 PROT_READ in hardware when it returns");
	DIES("after", 5, 0, "3.2 PROT_READ of two layers in hardware");
	RUNS("after", 4, 0, "3.2 PROT_NONE and back");
	OK(is_as(&was), "3.2 all is as it was");
	shmctl(id, IPC_RMID, NULL);
	close(fd), close(ram);
}

static char *resize(void *p, size_t from, size_t to, int flags)
{
	return mremap(p, from * P, to * P, flags);
}

static void test_mremap(void)
{
	int fd = open(ODD_FILE, O_RDONLY), ram = ram_file(2), id = shmget(IPC_PRIVATE, P, 0600);
	struct state was = look();
	char *p = anon(6), *q, *to;

	memset(p, 'r', 6 * P);
	REFUSED(mremap((void *)P, P, P, 0), EFAULT, "3.3 nothing is mapped");
	REFUSED(mremap(p, P, P, 8), EINVAL, "3.3 a flag that is none");
	REFUSED(mremap(p + 8, P, P, 0), EINVAL, "3.3 addr within a page");
	REFUSED(resize(p, 5, 4, 0), EINVAL, "3.3 old_len is less than the mapping");
	REFUSED(resize(p, 7, 8, 0), EINVAL, "3.3 old_len is more than the mapping");
	REFUSED(resize(p + P, 5, 4, 0), EINVAL, "3.3 old is not the start of the mapping");
	REFUSED(resize(p, 0, 4, 0), EINVAL, "3.3 old_len 0");
	REFUSED(resize(p, 6, 0, 0), EINVAL, "3.3 new_len 0");
	REFUSED(mremap(p, 6 * P, SIZE_MAX, MREMAP_MAYMOVE), ENOMEM,
		"3.3 new_len rounds past the end");
	REFUSED(mremap(p, 6 * P, SIZE_MAX / 2, MREMAP_MAYMOVE), ENOMEM,
		"3.3 no memory for new_len");
	REFUSED(mremap(p, 6 * P, P, MREMAP_FIXED, p), EINVAL,
		"3.3 MREMAP_FIXED without MREMAP_MAYMOVE");
	REFUSED(mremap(p, 6 * P, 6 * P, MREMAP_FIXED | MREMAP_MAYMOVE, p + P), EINVAL,
		"3.3 onto itself");
	REFUSED(mremap(p, 6 * P, P, MREMAP_FIXED | MREMAP_MAYMOVE, p + 8), EINVAL,
		"3.3 to within a page");
	REFUSED(mremap(p, 6 * P, P, MREMAP_FIXED | MREMAP_MAYMOVE, KERNEL_RAM), ENOMEM,
		"3.3 to kernel memory");
	REFUSED(mremap(p, 6 * P, P, MREMAP_FIXED | MREMAP_MAYMOVE, LAST), ENOMEM,
		"3.3 to no memory");
	OK(resize(p, 6, 6, 0) == p, "3.3 the same length: nothing happens");
	OK(resize(p, 6, 2, 0) == p && count_of(p + 2 * P) == 0,
	   "3.3 it shrinks in place and frees");
	OK(resize(p, 2, 4, 0) == p && all(p, 2 * P, 'r') && all(p + 2 * P, 2 * P, 0),
	   "3.3 it grows in place, zeroed");
	OK(map_at(p + 4 * P, 1, MAP_FIXED) == p + 4 * P, "3.3 a neighbour");
	REFUSED(resize(p, 4, 5, 0), ENOMEM, "3.3 no room in place");
	q = resize(p, 4, 5, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && q != p && all(q, 2 * P, 'r') && all(q + 2 * P, 3 * P, 0),
	   "3.3 it moves: the contents, then zero");
	OK(holds(OWN, p) == 0 && holds(OWN, p + 4 * P) == 1,
	   "3.3 the old pages are not mapped any more");
	unmap(p + 4 * P, 1);
	to = anon(5);
	memset(to, 't', 5 * P);
	OK(mremap(q, 5 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, to + P) == to + P &&
		   all(to + P, 2 * P, 'r'),
	   "3.3 MREMAP_FIXED, as MAP_FIXED: what was there is replaced");
	OK(all(to, P, 't') && all(to + 3 * P, 2 * P, 't') && holds(OWN, q) == 0,
	   "3.3 and nothing else");
	unmap(to, 5);
	p = map(fd, 0, 2, R | W, MAP_PRIVATE);
	q = resize(p, 2, 3, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && is_file(q, 0, 2 * P) && all(q + 2 * P, P, 0), "3.3 a copy grows");
	unmap(q, 3);
	p = map(ram, 0, 2, R | W, MAP_PRIVATE);
	q = anon(2);
	OK(mremap(p, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q,
	   "3.3 a copy of a RAM file moves");
	OK(ftruncate(ram, (off_t)P) == 0 && holds(OWN, q) == 1 && holds(OWN, q + P) == 0,
	   "3.3 and is still one of the file: N6 holds for it");
	unmap(q, 2);
	ftruncate(ram, (off_t)(2 * P));

	p = map(ram, 0, 2, R | W, MAP_SHARED);
	REFUSED(resize(p, 2, 3, MREMAP_MAYMOVE), EPERM, "3.3 a shared mapping may not grow");
	REFUSED(mremap(p, 2 * P, P, MREMAP_MAYMOVE | MREMAP_FIXED, LAST), EPERM, "3.3 nor move");
	OK(resize(p, 2, 1, 0) == p && holds(OWN, p + P) == 0, "3.3 it may shrink");
	unmap(p, 1);
	p = map(fd, 0, 1, R, MAP_PRIVATE);
	REFUSED(resize(p, 1, 2, MREMAP_MAYMOVE), EPERM, "3.3 a file in place may not grow");
	unmap(p, 1);
	p = mmap(NULL, P, R, MAP_PRIVATE, fd, (off_t)(32 * P));
	REFUSED(resize(p, 1, 2, MREMAP_MAYMOVE), EPERM, "3.3 nor a copy that others may share");
	unmap(p, 1);
	p = shmat(id, NULL, 0);
	REFUSED(resize(p, 1, 2, MREMAP_MAYMOVE), EPERM, "3.3 nor a segment");
	shmdt(p);
	p = mmap(NULL, 9 * P, R | W, ANON | MAP_STACK, -1, 0);
	OK(resize(p, 9, 8, 0) == p, "3.3 a stack: the length that was asked for is the mapping's");
	unmap(p, 10);
	DIES("after", 3, 0, "3.3 what shrinking took is SIGSEGV");
	OK(is_as(&was), "3.3 all is as it was");
	shmctl(id, IPC_RMID, NULL);
	close(fd), close(ram);
}

static void test_small_calls(void)
{
	char *p = anon(3), *q = anon(1);
	unsigned char vec[4] = { 9, 9, 9, 9 };
	int fd = open(ODD_FILE, O_RDONLY);

	REFUSED(msync(p + 8, P, MS_SYNC), EINVAL, "3.4 addr within a page");
	REFUSED(msync(p, P, MS_SYNC | MS_ASYNC), EINVAL, "3.4 both MS_SYNC and MS_ASYNC");
	REFUSED(msync(p, P, 64), EINVAL, "3.4 a flag that is none");
	REFUSED(msync((void *)P, P, MS_SYNC), ENOMEM, "3.4 nothing is mapped");
	OK(!msync(p, 3 * P, MS_SYNC) && !msync(p, P, MS_ASYNC | MS_INVALIDATE), "3.4 msync: 0");

	REFUSED(mlock((void *)P, P), ENOMEM, "3.5 mlock of what is not mapped");
	REFUSED(munlock((void *)P, P), ENOMEM, "3.5 munlock of it");
	REFUSED(mlockall(0), EINVAL, "3.5 mlockall(0)");
	REFUSED(mlockall(64), EINVAL, "3.5 mlockall of an unknown flag");
	OK(!mlock(p, P) && !mlock(p, P) && !munlock(p, P), "3.5 mlock twice, munlock once");
	OK(!mlock(p + P - 1, 2) && !munlock(p + P - 1, 2), "3.5 mlock of bytes: their pages");
	REFUSED(mlock(p + 8, SIZE_MAX), ENOMEM, "3.5 mlock of bytes beyond the address space");
	unmap(p + P, 1);
	REFUSED(mlock(p, 3 * P), ENOMEM, "3.5 mlock over a hole");
	OK(!mlockall(MCL_FUTURE) && !munlockall() && !munlockall(), "3.5 mlockall, munlockall");

	REFUSED(madvise(p, P, 99), EINVAL, "3.7 advice that is none");
	REFUSED(madvise(p + 8, P, MADV_NORMAL), EINVAL, "3.7 addr within a page");
	REFUSED(madvise(p, 3 * P, MADV_DONTNEED), ENOMEM, "3.7 over a hole");
	for (int advice = MADV_NORMAL; advice <= MADV_WILLNEED; advice++)
		errno = madvise(p, P, advice) ? errno : 0;
	IS(errno, 0, "3.7 other advice: 0");
	memset(p, 'a', P), memset(q, 'q', P);
	OK(!madvise(p, P, MADV_DONTNEED) && all(p, P, 0) && all(q, P, 'q'),
	   "3.7 MADV_DONTNEED zeroes");
	unmap(q, 1);
	q = mmap(p + P, P, R, MAP_PRIVATE | MAP_FIXED, fd, (off_t)(32 * P));
	memset(p, 'a', P);
	OK(q == p + P && !madvise(p, 3 * P, MADV_DONTNEED) && all(p, P, 0),
	   "3.7 MADV_DONTNEED zeroes what is anonymous beside a file");
	REFUSED(mincore(p + 8, P, vec), EINVAL, "3.7 mincore within a page");
	REFUSED(mincore((void *)P, P, vec), ENOMEM, "3.7 mincore of what is not mapped");
	REFUSED(mincore(p, P, (unsigned char *)KERNEL_RAM), EFAULT, "3.7 mincore to kernel memory");
	OK(!mincore(p, 2 * P + 1, vec) && vec[0] && vec[1] && vec[2] && vec[3] == 9,
	   "3.7 mincore: resident");
	unmap(p, 3);
	close(fd);
}

static void test_brk(void)
{
	struct state was;
	char *start = sbrk(0), *p;

	was = look();
	OK((p = sbrk((int)(2 * P))) == start && all(p, 2 * P, 0),
	   "3.6 sbrk: it grows in place, zeroed");
	IS(was.free - look().free, kb(2), "3.6 n pages cost n pages");
	memset(p, 'h', 2 * P);
	OK(sbrk(-(int)(P + 16)) == start + 2 * P, "3.6 it shrinks");
	IS(was.free - look().free, kb(1), "3.6 and frees");
	OK(sbrk((int)P) == start + P - 16 && all(start, P - 16, 'h') && all(start + P - 16, P, 0),
	   "3.6 new memory is zero, also within a page");
	OK(brk(start + 8) == 0 && sbrk(0) == start + 8, "3.6 brk");
	OK(brk(start) == 0 && is_as(&was), "3.6 all is as it was");
	REFUSED(sbrk(-0x1000000), EINVAL, "3.6 sbrk below the start");
	REFUSED(sbrk(INT32_MAX), ENOMEM, "3.6 no room");
	REFUSED(brk((void *)0xf0000000), ENOMEM, "3.6 brk, no room");
	REFUSED(brk((void *)P), EINVAL, "3.6 brk below the start");
	DIES("below break", 0, 0, "3.6 behind the break: SIGSEGV");
	RUNS("walled", 0, 0, "3.6 with a neighbour: sbrk ENOMEM, malloc goes on");
}

static void test(void)
{
	keep_proc();
	test_munmap();
	test_mprotect();
	test_mremap();
	test_small_calls();
	test_brk();
	unlink(RAM_FILE);
}

TAP_MAIN(parts, test)
