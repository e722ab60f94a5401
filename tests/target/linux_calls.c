/* SPDX-License-Identifier: MIT */
/* A5 munmap and the other calls.  See linux.h. */
#include "linux.h"

static int leave_all(long a, long b)
{
	(void)a, (void)b;
	return anon(3) == MAP_FAILED || map(ram_file(2), 0, 2, R | W, MAP_SHARED) == MAP_FAILED;
}

static const struct part parts[] = { { "leave all", leave_all }, { 0 } };

static void test_munmap(void)
{
	int fd = open(LONG_FILE, O_RDONLY);
	struct state was = look();
	long before = copy_kb();
	char *p = anon(6), *q;

	SAME("A5 munmap, anonymous, head", "ok", munmap(p, P));
	SAME("A5 munmap, anonymous, tail", "ok", munmap(p + 5 * P, P));
	SAME("A5 munmap, anonymous, middle", "ok", munmap(p + 2 * P, 2 * P));
	SAME("A5 the pages are free at once", "ok", MUST(copy_kb() - before == kb(2)));
	SAME("A5 and VMA and region are two", "ok",
	     MUST(lines(OWN, p + P, 1, "") == 1 && lines(OWN, p + 4 * P, 1, "") == 1 &&
		  lines("/proc/maps", p + 4 * P, 1, "") == 1));
	MORE("A5 munmap over a hole", "EINVAL", "ok", "3.1", munmap(p + P, 4 * P));
	SAME("A5 munmap, anonymous, whole", "ok", munmap(anon(2), 2 * P));
	p = anon(4);
	protect(p + 2 * P, 2, R);
	MORE("A5 munmap over two adjacent VMAs", "EINVAL", "ok", "3.1", munmap(p + P, 2 * P));
	MORE("A5 munmap from before a VMA", "EINVAL", "ok", "3.1", munmap(p - P, 2 * P));
	MORE("A5 munmap to behind a VMA", "EINVAL", "ok", "3.1", munmap(p + 3 * P, 2 * P));
	MORE("A5 munmap of an unmapped range", "EINVAL", "ok", "3.1", munmap(p, P));
	MORE("A5 munmap of address 0", "EINVAL", "ok", "3.1", munmap(NULL, P));
	MORE("A5 munmap of a kernel address", "EINVAL", "ok", "3.1", munmap(KERNEL_RAM, P));
	SAME("A5 munmap, len 0xfffff001", "EINVAL", munmap(p, 0xfffff001));
	SAME("A5 munmap, len 0", "EINVAL", munmap(p, 0));
	p = anon(3);
	SAME("A5 munmap within a page", "EINVAL", munmap(p + 1, P));
	SAME("A5 munmap, len 1: a page", "ok",
	     MUST(munmap(p, 1) == 0 && !holds(OWN, p) && holds(OWN, p + P)));
	SAME("A5 munmap, 2 pages less 1: 2 pages", "ok",
	     MUST(munmap(p + P, 2 * P - 1) == 0 && !holds(OWN, p + 2 * P)));
	MORE("A5 munmap twice", "EINVAL", "ok", "3.1", munmap(p, 3 * P));

	p = map(fd, 0, 3, R, MAP_PRIVATE);
	MORE("A5 munmap, a file, middle", "EINVAL", "ok", "3.1", munmap(p + P, P));
	MORE("A5 munmap, a file, head", "EINVAL", "ok", "3.1", munmap(p, P));
	SAME("A5 munmap, a file, all of a VMA", "ok", munmap(p + 2 * P, P));
	p = map(fd, 0, 2, R, MAP_PRIVATE);
	MORE("A5 munmap, a file, tail", "EINVAL", "ok", "3.1", munmap(p + P, P));
	MORE("A5 munmap, a file, a page more than its VMA", "EINVAL", "ok", "3.1",
	     munmap(p, 2 * P));
	p = map(fd, 1, 2, R, MAP_PRIVATE);
	SAME("A5 munmap, a file, from below to its end", "ok",
	     MUST(munmap(p - P, 3 * P) == 0 && !holds(OWN, p)));
	SAME("A5 exit without munmap: all is freed", "ok",
	     MUST(part_ended(part_start("leave all", 0, 0), 0) && !unlink(RAM_FILE)));
	q = anon(1);
	unmap(q, 1);
	SAME("A5 munmap: all is as it was", "ok", MUST(is_as(&was)));
	close(fd);
}

static void test_small_calls(void)
{
	unsigned char vec[2];
	char *p = anon(2);

	MORE("A5 mprotect", "ENOSYS", "ok", "3.2", mprotect(p, P, R));
	MORE("A5 mprotect of what is not mapped", "ENOSYS", "ENOMEM", "3.2",
	     mprotect((void *)P, P, R));
	MORE("A5 msync", "ENOSYS", "ok", "3.4", msync(p, P, MS_SYNC));
	MORE("A5 mlock", "ENOSYS", "ok", "3.5", mlock(p, P));
	MORE("A5 munlock", "ENOSYS", "ok", "3.5", munlock(p, P));
	MORE("A5 mlockall", "ENOSYS", "ok", "3.5", mlockall(MCL_FUTURE));
	MORE("A5 munlockall", "ENOSYS", "ok", "3.5", munlockall());
	MORE("A5 madvise", "ENOSYS", "ok", "3.7", madvise(p, P, MADV_WILLNEED));
	MORE("A5 mincore", "ENOSYS", "ok", "3.7", mincore(p, 2 * P, vec));
	unmap(p, 2);
}

static void test_mremap(void)
{
	long before = copy_kb();
	char *p = anon(6), *q, *r; /* the last two make room behind it */
	int fd = ram_file(2), id = shmget(IPC_PRIVATE, P, 0600);

	unmap(p + 4 * P, 2);
	SAME("A5 mremap, 4 pages to 2: the same address", "ok",
	     MUST(mremap(p, 4 * P, 2 * P, 0) == p && lines(OWN, p, 2, "") == 1));
	MORE("A5 and the pages are freed", "kept", "ok", "3.3", MUST(copy_kb() - before == kb(2)));
	SAME("A5 mremap, 2 pages to 4 again", "ok", MUST(mremap(p, 2 * P, 4 * P, 0) == p));
	MORE("A5 mremap, 4 pages to 5, a free page behind", "ENOMEM", "ok", "3.3",
	     MUST(mremap(p, 4 * P, 5 * P, 0) == p));
	r = map_at(p + 5 * P, 1, MAP_FIXED_NOREPLACE);
	SAME("A5 mremap, no room behind", "ENOMEM", mremap(p, 5 * P, 6 * P, 0));
	q = mremap(p, 5 * P, 6 * P, MREMAP_MAYMOVE);
	MORE("A5 mremap, no room behind, MREMAP_MAYMOVE: moves", "ENOMEM", "ok", "3.3",
	     MUST(q != MAP_FAILED && q != p));
	unmap(r, 1);
	p = anon(6);
	MORE("A5 mremap, MREMAP_FIXED to another address", "EINVAL", "ok", "3.3",
	     MUST(mremap(q, 6 * P, 6 * P, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p));
	MORE("A5 mremap, MREMAP_FIXED to its own address", "ok", "EINVAL", "3.3",
	     mremap(p, 6 * P, 6 * P, MREMAP_MAYMOVE | MREMAP_FIXED, p));
	SAME("A5 mremap, wrong old_len", "EINVAL", mremap(p, 5 * P, 4 * P, 0));
	SAME("A5 mremap, old_len 0", "EINVAL", mremap(p, 0, P, 0));
	SAME("A5 mremap, new_len 0", "EINVAL", mremap(p, 6 * P, 0, 0));
	SAME("A5 mremap, within a page", "EINVAL", mremap(p + 1, 6 * P, P, 0));
	MORE("A5 mremap of what is not mapped", "EINVAL", "EFAULT", "3.3",
	     mremap((void *)P, P, P, 0));
	mremap(p, 6 * P, 2 * P, 0);
	MORE("A5 munmap of what mremap shrank to: exact", "frees 4p, or crashes", "ok", "3.3",
	     MUST(unmap(p, 2) == 0 && !holds(OWN, p) && copy_kb() == before));
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	SAME("A5 mremap of a SHARED file map, to grow", "EPERM",
	     mremap(p, 2 * P, 3 * P, MREMAP_MAYMOVE));
	MORE("A5 mremap of a SHARED file map, to shrink", "EPERM", "ok", "3.3",
	     mremap(p, 2 * P, P, 0));
	unmap(p, 1);
	p = shmat(id, NULL, 0);
	SAME("A5 mremap of a segment, to grow", "EPERM", mremap(p, P, 2 * P, MREMAP_MAYMOVE));
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
	close(fd), unlink(RAM_FILE);
}

static void test_brk(void)
{
	char *start = sbrk(0);

	SAME("A5 brk within the last page", "ok", MUST(brk(start) == 0 && sbrk(0) == start));
	MORE("A5 brk beyond it: grows", "the old break", "ok", "3.6",
	     MUST(brk(start + 2 * P) == 0 && sbrk(0) == start + 2 * P));
	SAME("A5 brk, to shrink", "ok", MUST(brk(start) == 0 && sbrk(0) == start));
	MORE("A5 brk, no room: an error", "the old break", "ENOMEM", "3.6",
	     brk((void *)0x50000000));
}

static char *volatile by_child;

/* As on Linux: a vfork child has its parent's memory until it execs. */
static void test_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		by_child = anon(2);
		_exit(0);
	}
	OK(part_status(pid) == 0 && holds(OWN, by_child) == 1,
	   "A5 vfork child maps in its parent's mm");
	pid = vfork();
	if (pid == 0)
		_exit(unmap(by_child, 2) != 0);
	OK(part_status(pid) == 0 && holds(OWN, by_child) == 0,
	   "A5 vfork child unmaps in its parent's mm");
}

static void test(void)
{
	keep_proc();
	test_munmap();
	test_small_calls();
	test_mremap();
	test_brk();
	test_vfork();
	tap_skip("A5 fork: EINVAL; clone without CLONE_VM: shares all the same",
		 "there is neither");
}

TAP_MAIN(parts, test)
