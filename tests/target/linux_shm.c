/* SPDX-License-Identifier: MIT */
/*
 * A6 shared memory of System V, A7 one process that maps a region more than once.  See linux.h.
 *
 * A stock kernel without an MMU refuses every shmat(): A6 was measured with that one call mended.
 */
#include "linux.h"

#define KEY	((key_t)0x77)
#define HUGETLB 04000

static struct shmid_ds ds;

static long nattch(int id)
{
	return shmctl(id, IPC_STAT, &ds) == 0 ? (long)ds.shm_nattch : -1;
}

static int attach_and_end(long id, long at)
{
	return shmat((int)id, NULL, 0) != (void *)at;
}

static int hold(long id, long b)
{
	(void)b;
	return shmat((int)id, NULL, 0) == (void *)-1 ? 2 : wait_for_end();
}

static int idle(long a, long b)
{
	(void)a, (void)b;
	return wait_for_end();
}

static int store(long id, long b)
{
	(void)b;
	poke(shmat((int)id, NULL, SHM_RDONLY), 1);
	return 0;
}

/* An inner layer is left at exit. */
static int leave_inner(long a, long b)
{
	int fd = open(RAM_FILE, O_RDWR);
	char *p = map(fd, 0, 3, R | W, MAP_SHARED);

	(void)a, (void)b;
	map(fd, 1, 1, R | W, MAP_SHARED);
	return unmap(p, 1);
}

static int share(long at, long b)
{
	(void)b;
	return map(open(RAM_FILE, O_RDWR), 0, 3, R, MAP_SHARED) == (char *)at ? wait_for_end() : 2;
}

static const struct part parts[] = { { "attach and end", attach_and_end },
				     { "hold", hold },
				     { "idle", idle },
				     { "store", store },
				     { "leave inner", leave_inner },
				     { "share", share },
				     { 0 } };

static void test_get(void)
{
	struct state was = look();
	long before = copy_kb();
	struct shminfo limits;
	int id = shmget(IPC_PRIVATE, 2 * P, 0600), key;
	char *p;

	SAME("A6 shmget: pages are taken, MmapCopy +0, nattch 0", "ok",
	     MUST(was.free - look().free == kb(2) && copy_kb() == before && nattch(id) == 0 &&
		  ds.shm_segsz == 2 * P));
	shmctl(id, IPC_RMID, NULL);
	SAME("A6 shmget, size 0", "EINVAL", shmget(IPC_PRIVATE, 0, 0600));
	SAME("A6 shmget, no such key", "ENOENT", shmget(KEY, P, 0));
	key = shmget(KEY, P, IPC_CREAT | 0600);
	SAME("A6 shmget, IPC_CREAT|IPC_EXCL, there is one", "EEXIST",
	     shmget(KEY, P, IPC_CREAT | IPC_EXCL));
	SAME("A6 shmget, larger than the segment", "EINVAL", shmget(KEY, P + 1, 0));
	SAME("A6 shmget, smaller or 0", "ok",
	     MUST(shmget(KEY, 1, 0) == key && shmget(KEY, 0, 0) == key));
	shmctl(key, IPC_RMID, NULL);
	MORE("A6 shmget, more than RAM", "EFBIG", "EINVAL", "4.1",
	     shmget(IPC_PRIVATE, 64u << 20, 0600));
	SAME("A6 shmget, size 0xfffff000", "EINVAL", shmget(IPC_PRIVATE, 0xfffff000, 0600));
	SAME("A6 shmget, SHM_HUGETLB", "EINVAL", shmget(IPC_PRIVATE, P, 0600 | HUGETLB));
	id = shmget(IPC_PRIVATE, 100, 0600);
	p = shmat(id, NULL, 0);
	SAME("A6 size 100: segsz 100, a page is mapped", "ok",
	     MUST(nattch(id) == 1 && ds.shm_segsz == 100 && lines(OWN, p, 1, "rw-s") == 1));
	shmdt(p), shmctl(id, IPC_RMID, NULL);
	SAME("A6 IPC_INFO: shmmin 1, shmmni as configured", "ok",
	     MUST(shmctl(0, IPC_INFO, (struct shmid_ds *)&limits) >= 0 && limits.shmmin == 1 &&
		  limits.shmmni >= 8));
	MORE("A6 IPC_INFO: shmmax is what RAM can hold", "0xfeffffff", "ok", "4.1",
	     MUST(limits.shmmax == (unsigned long)meminfo("MemTotal") * 1024));
	SAME("A6 IPC_STAT, bad id", "EINVAL", shmctl(123456, IPC_STAT, &ds));
	SAME("A6 bad command", "EINVAL", shmctl(0, 99, &ds));
}

static void test_attach(void)
{
	int id = shmget(IPC_PRIVATE, 2 * P, 0600), good = 1;
	char *p, *q;
	pid_t pid;

	MORE("A6 shmat", "stock: ENODEV", "ok", "4.1", p = shmat(id, NULL, 0));
	SAME("A6 shmat: rw-s in maps, nattch 1", "ok",
	     MUST(lines(OWN, p, 2, "rw-s") == 1 && nattch(id) == 1));
	SAME("A6 2nd, 3rd shmat: the same address, nattch 3", "ok",
	     MUST(shmat(id, NULL, 0) == p && shmat(id, NULL, 0) == p && nattch(id) == 3));
	MORE("A6 maps after 3 shmat: 3 lines", "6.x: 1 line", "ok", "N5",
	     MUST(lines(OWN, p, 2, "rw-s") == 3));
	for (long n = 2; n >= 0; n--)
		good &= shmdt(p) == 0 && nattch(id) == n;
	MORE("A6 3 shmdt: nattch 2, 1, 0", "6.x: stuck at 2", "ok", "N8", MUST(good));
	SAME("A6 a 4th shmdt", "EINVAL", shmdt(p));
	SAME("A6 shmat from another process: the same address", "ok",
	     MUST(part_ended(part_start("attach and end", id, (long)p), 0)));
	SAME("A6 exit without shmdt: nattch -1", "ok", MUST(nattch(id) == 0));
	p = shmat(id, NULL, 0);
	memcpy(p, "kept", 4);
	shmdt(p);
	SAME("A6 shmat again: the same address, contents kept", "ok",
	     MUST(shmat(id, NULL, 0) == p && !memcmp(p, "kept", 4)));
	q = shmat(id, NULL, SHM_RDONLY);
	SAME("A6 SHM_RDONLY: r--s, the same address", "ok",
	     MUST(q == p && lines(OWN, p, 2, "r--s") == 1));
	shmdt(p);
	MORE("A6 SHM_RDONLY, a store: SIGSEGV", "works", "ok", "4.1",
	     MUST(part_died(part_start("store", id, 0), SIGSEGV)));
	MORE("A6 SHM_EXEC", "ok", "ENOTSUP", "2.7", shmat(id, NULL, SHM_EXEC));
	q = anon(1), unmap(q, 1);
	SAME("A6 shmat at free RAM", "EINVAL", shmat(id, q, 0));
	q = shmat(id, p, 0);
	MORE("A6 shmat at the segment's own address", "EINVAL", "ok", "4.1", MUST(q == p));
	if (q == p)
		shmdt(p);
	SAME("A6 shmat at its address + 1", "EINVAL", shmat(id, p + 1, 0));
	q = shmat(id, p + 1, SHM_RND);
	MORE("A6 shmat at its address + 1, SHM_RND", "EINVAL", "ok", "4.1", MUST(q == p));
	if (q == p)
		shmdt(p);
	SAME("A6 SHM_REMAP, address 0", "EINVAL", shmat(id, NULL, SHM_REMAP));
	SAME("A6 SHM_REMAP, its address", "EINVAL", shmat(id, p, SHM_REMAP));
	while (nattch(id) > 1)
		shmdt(p);
	SAME("A6 shmat, bad id", "EINVAL", shmat(123456, NULL, 0));
	SAME("A6 shmat, id -1", "EINVAL", shmat(-1, NULL, 0));
	SAME("A6 failed attaches leave nattch", "ok", MUST(nattch(id) == 1));
	SAME("A6 shmdt of the second page", "EINVAL", shmdt(p + P));
	SAME("A6 shmdt within a page", "EINVAL", shmdt(p + 1));
	SAME("A6 shmdt of what is not mapped", "EINVAL", shmdt(q = (char *)P));
	SAME("A6 shmdt of 0", "EINVAL", shmdt(NULL));
	MORE("A6 munmap of a part", "EINVAL", "ok", "3.1", munmap(p, P));
	SAME("A6 munmap of all of it: nattch -1", "ok",
	     MUST(munmap(p, 2 * P) == 0 && nattch(id) == 0));
	SAME("A6 SHM_LOCK", "ok", shmctl(id, SHM_LOCK, NULL));
	SAME("A6 SHM_UNLOCK", "ok", shmctl(id, SHM_UNLOCK, NULL));
	p = shmat(id, NULL, 0);
	pid = start_waiting("idle", 0, 0);
	SAME("A6 a new program has no attach, nattch unchanged", "ok",
	     MUST(nattch(id) == 1 && !holds(maps_of(pid), p)));
	end_waiting(pid);
	pid = start_waiting("hold", id, 0);
	SAME("A6 lpid: the last shmat, cpid: the creator", "ok",
	     MUST(nattch(id) == 2 && ds.shm_lpid == pid && ds.shm_cpid == getpid()));
	SAME("A6 lpid: also of a process that ends", "ok",
	     MUST(shmdt(p) == 0 && end_waiting(pid) && nattch(id) == 0 && ds.shm_lpid == pid));
	shmctl(id, IPC_RMID, NULL);

	id = shmget(KEY, P, IPC_CREAT | 0600);
	p = shmat(id, NULL, 0);
	SAME("A6 IPC_RMID while attached: mode 01000, nattch kept", "ok",
	     MUST(shmctl(id, IPC_RMID, NULL) == 0 && nattch(id) == 1 &&
		  (ds.shm_perm.mode & 01000)));
	SAME("A6 then shmat by id still works", "ok",
	     MUST(shmat(id, NULL, 0) == p && nattch(id) == 2 && shmdt(p) == 0));
	SAME("A6 then shmget by key", "ENOENT", shmget(KEY, 0, 0));
	MORE("A6 the last shmdt after IPC_RMID: freed, IPC_STAT", "EINVAL", "EIDRM", "4.1",
	     shmdt(p) ? -1 : shmctl(id, IPC_STAT, &ds));
	id = shmget(IPC_PRIVATE, P, 0600);
	shmctl(id, IPC_RMID, NULL);
	MORE("A6 IPC_RMID detached: freed, IPC_RMID again", "EINVAL", "EIDRM", "4.1",
	     shmctl(id, IPC_RMID, NULL));
}

static void test_layers(void)
{
	int fd = open(LONG_FILE, O_RDONLY), ram = ram_file(3), good = 1;
	char *p = map(ram, 0, 3, R | W, MAP_SHARED), *q;
	pid_t pid;

	map(ram, 0, 3, R | W, MAP_SHARED), map(ram, 0, 3, R | W, MAP_SHARED);
	good &= lines(OWN, p, 3, "") == 3;
	for (int n = 2; n >= 0; n--)
		good &= munmap(p, 3 * P) == 0 && lines(OWN, p, 3, "") == n;
	MORE("A7 a range mapped n times: n VMAs, n munmaps", "6.x: 1, leak", "ok", "N5",
	     MUST(good));
	MORE("A7 munmap n + 1", "EINVAL", "ok", "3.1", munmap(p, 3 * P));
	MORE("A7 and ftruncate is free again", "6.x: ETXTBSY", "ok", "N6",
	     ftruncate(ram, (off_t)P));
	ftruncate(ram, (off_t)(3 * P));

	p = map(fd, 0, 3, R, MAP_PRIVATE), q = map(fd, 1, 1, R, MAP_PRIVATE);
	MORE("A7 outer, then inner: munmap inner", "5.10: EINVAL", "ok", "3.1",
	     MUST(munmap(q, P) == 0 && lines(OWN, p, 3, "") == 1));
	SAME("A7 munmap outer", "ok", MUST(munmap(p, 3 * P) == 0 && !holds(OWN, p)));
	p = map(fd, 0, 3, R, MAP_PRIVATE), map(fd, 1, 1, R, MAP_PRIVATE),
	map(fd, 0, 2, R, MAP_PRIVATE);
	MORE("A7 three that overlap: 3 lines", "6.x: 2", "ok", "N5",
	     MUST(holds(OWN, p) == 2 && holds(OWN, p + P) == 3));
	MORE("A7 munmap of the inner range: the youngest layer", "EINVAL", "ok", "3.1",
	     munmap(p + P, P));
	SAME("A7 munmap of the others", "ok",
	     MUST(!munmap(p, 2 * P) && !munmap(p, 3 * P) && !munmap(p, 3 * P) &&
		  !holds(OWN, p + P)));
	p = map(fd, 0, 1, R, MAP_PRIVATE), q = map(fd, 0, 3, R, MAP_PRIVATE);
	MORE("A7 a part, then all: both live", "6.x: swallowed", "ok", "N5",
	     MUST(p == q && holds(OWN, p) == 2));
	MORE("A7 munmap of each", "6.x: EINVAL", "ok", "3.1",
	     MUST(!munmap(p, P) && !munmap(q, 3 * P) && !holds(OWN, p)));
	pid = part_start("leave inner", 0, 0);
	MORE("A7 an inner layer left at exit: clean", "6.x: double free", "ok", "N5",
	     MUST(part_ended(pid, 0) && ftruncate(ram, 0) == 0 &&
		  ftruncate(ram, (off_t)(3 * P)) == 0));
	p = map(ram, 0, 3, R | W, MAP_SHARED);
	pid = start_waiting("share", (long)p, 0);
	SAME("A7 two processes share a region: usage 2", "ok", MUST(usage_of(p) == 2));
	SAME("A7 then one: usage 1", "ok", MUST(end_waiting(pid) && usage_of(p) == 1));
	unmap(p, 3);
	close(fd), close(ram), unlink(RAM_FILE);
}

static void test(void)
{
	keep_proc();
	test_get();
	test_attach();
	test_layers();
}

TAP_MAIN(parts, test)
