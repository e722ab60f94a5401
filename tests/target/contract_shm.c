/* SPDX-License-Identifier: MIT */
/*
 * Shared memory: 4.1 that of System V, with owners, modes, times and ids, and 4.2 that of POSIX.
 * What another user may do, a child tries that has become one.
 */
#include "contract.h"

#include <time.h>

#define KEY  ((key_t)0x1234)
#define NAME "/contract"

enum deed { READ_WRITE, READ_ONLY, GET, GET_READ, STAT, SET, REMOVE, LOCK };

static struct shmid_ds ds;

static long nattch(int id)
{
	return shmctl(id, IPC_STAT, &ds) == 0 ? (long)ds.shm_nattch : -1;
}

/* ---- Parts -------------------------------------------------------------------------------- */

/* What a deed comes to: 0 or the errno. */
static int attempt(enum deed deed, int id)
{
	long result = 0;

	switch (deed) {
	case READ_WRITE:
		result = (long)shmat(id, NULL, 0);
		break;
	case READ_ONLY:
		result = (long)shmat(id, NULL, SHM_RDONLY);
		break;
	case GET:
		result = shmget(KEY, 0, 0600);
		break;
	case GET_READ:
		result = shmget(KEY, 0, 0444);
		break;
	case STAT:
		result = shmctl(id, IPC_STAT, &ds);
		break;
	case SET:
		result = shmctl(id, IPC_SET, &ds);
		break;
	case REMOVE:
		result = shmctl(id, IPC_RMID, NULL);
		break;
	case LOCK:
		result = shmctl(id, SHM_LOCK, NULL);
		break;
	}
	return result == -1 ? errno : 0;
}

static int as_nobody(long deed, long id)
{
	return setgid(NOBODY) || setuid(NOBODY) ? 255 : attempt((enum deed)deed, (int)id);
}

/* Of the group, but not the user. */
static int as_group(long deed, long id)
{
	return setgid(7) || setuid(NOBODY) ? 255 : attempt((enum deed)deed, (int)id);
}

static int read_only(long id, long how)
{
	char *p = shmat((int)id, NULL, SHM_RDONLY);

	if (how)
		poke(p, 1);
	return peek(p) != 's';
}

static int executable(long id, long b)
{
	(void)b;
	errno = 0;
	return shmat((int)id, NULL, SHM_RDONLY | SHM_EXEC) != (void *)-1 || errno != ENOTSUP;
}

static int hold(long id, long b)
{
	(void)b;
	return shmat((int)id, NULL, 0) == (void *)-1 ? 2 : wait_for_end();
}

/* Attached twice, killed by a fault. */
static int fault(long id, long b)
{
	(void)b;
	shmat((int)id, NULL, 0), shmat((int)id, NULL, SHM_RDONLY);
	return peek(NULL);
}

static int store(long id, long at)
{
	char *p = shmat((int)id, NULL, 0);

	if (p != (char *)at)
		return 2;
	poke(p, 'c');
	return 0;
}

/* When nothing more can be locked, an attach is refused, and the segment is as it was. */
static int locked_out(long id, long b)
{
	(void)b;
	mlockall(MCL_FUTURE);
	while (anon(1) != MAP_FAILED)
		mmap(NULL, P, PROT_NONE, ANON, -1, 0);
	errno = 0;
	return !(shmat((int)id, NULL, 0) == (void *)-1 && errno == EAGAIN && nattch((int)id) == 0);
}

static const struct part parts[] = { { "nobody", as_nobody },
				     { "group", as_group },
				     { "read-only", read_only },
				     { "executable", executable },
				     { "hold", hold },
				     { "fault", fault },
				     { "store", store },
				     { "locked out", locked_out },
				     { 0 } };

#define NOBODY_GETS(deed, id, error, name)                                                         \
	OK(part_ended(part_start("nobody", (deed), (id)), (error)), name)
#define GROUP_GETS(deed, id, error, name)                                                          \
	OK(part_ended(part_start("group", (deed), (id)), (error)), name)

/* ---- 4.1 ---------------------------------------------------------------------------------- */

static int is_stale(int id)
{
	return shmctl(id, IPC_STAT, &ds) == -1 && (errno == EINVAL || errno == EIDRM);
}

static void test_get(void)
{
	struct state was = look();
	int id, again, stale, good = 1;
	struct shminfo limits;

	shmctl(0, IPC_INFO, (struct shmid_ds *)&limits);
	REFUSED(shmget(IPC_PRIVATE, 0, 0600), EINVAL, "4.1 shmget: size 0");
	REFUSED(shmget(IPC_PRIVATE, limits.shmmax + 1, 0600), EINVAL,
		"4.1 shmget: size over SHMMAX");
	REFUSED(shmget(IPC_PRIVATE, SIZE_MAX, 0600), EINVAL, "4.1 shmget: size SIZE_MAX");
	REFUSED(shmget(IPC_PRIVATE, limits.shmmax, 0600), ENOMEM, "4.1 shmget: as large as RAM");
	REFUSED(shmget(KEY, P, 0600), ENOENT, "4.1 shmget: no such key");
	REFUSED(shmget(KEY, P, IPC_EXCL | 0600), ENOENT, "4.1 shmget: IPC_EXCL alone, no such key");
	id = shmget(KEY, 100, IPC_CREAT | IPC_EXCL | 0640);
	OK(id >= 0, "4.1 shmget: IPC_CREAT");
	REFUSED(shmget(KEY, 100, IPC_CREAT | IPC_EXCL | 0600), EEXIST,
		"4.1 shmget: IPC_EXCL, there is one");
	REFUSED(shmget(KEY, 101, 0600), EINVAL, "4.1 shmget: larger than the segment");
	OK(shmget(KEY, 100, 0) == id && shmget(KEY, 1, IPC_CREAT | 0600) == id &&
		   shmget(KEY, 0, 0600) == id,
	   "4.1 shmget: as large or smaller: the same id");
	again = shmget(IPC_PRIVATE, 100, 0600);
	OK(again >= 0 && again != id && shmget(IPC_PRIVATE, 0, 0600) == -1,
	   "4.1 IPC_PRIVATE: always a new one");
	shmctl(again, IPC_RMID, NULL);
	OK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_segsz == 100 && ds.shm_nattch == 0 &&
		   ds.shm_cpid == getpid() && ds.shm_lpid == 0 && ds.shm_atime == 0 &&
		   ds.shm_dtime == 0,
	   "4.1 IPC_STAT: size as asked, nattch 0, cpid, no lpid, no times of use");
	OK(ds.shm_perm.uid == 0 && ds.shm_perm.cuid == 0 && ds.shm_perm.gid == 0 &&
		   ds.shm_perm.cgid == 0 && (ds.shm_perm.mode & 01777) == 0640,
	   "4.1 IPC_STAT: owner, creator, mode");
	OK(shmctl(id, IPC_RMID, NULL) == 0, "4.1 IPC_RMID of a detached segment");
	REFUSED(shmget(KEY, 0, 0), ENOENT, "4.1 IPC_RMID: the key is gone");
	OK(is_stale(id), "4.1 stale id: IPC_STAT");
	OK(shmctl(id, IPC_RMID, NULL) == -1 && (errno == EINVAL || errno == EIDRM),
	   "4.1 stale id: IPC_RMID");
	OK(shmat(id, NULL, 0) == (void *)-1 && (errno == EINVAL || errno == EIDRM),
	   "4.1 stale id: shmat");
	stale = id;
	for (int i = 0; i < 50; i++) {
		id = shmget(IPC_PRIVATE, 1, 0600);
		good &= id >= 0 && id != stale && is_stale(stale);
		shmctl(id, IPC_RMID, NULL);
	}
	OK(good, "4.1 stale id: it is none of the next 50");
	REFUSED(shmctl(-1, IPC_STAT, &ds), EINVAL, "4.1 id -1");
	REFUSED(shmctl(INT32_MAX, IPC_STAT, &ds), EINVAL, "4.1 id INT_MAX");
	REFUSED(shmat(-1, NULL, 0), EINVAL, "4.1 shmat of id -1");
	OK(is_as(&was), "4.1 shmget: all is as it was");
}

static void test_limits(void)
{
	static int ids[64];
	struct shminfo limits;
	struct shm_info used;
	struct state was = look();
	int n = 0, highest, seen = 0;

	OK(shmctl(0, IPC_INFO, (struct shmid_ds *)&limits) >= 0 && limits.shmmin == 1 &&
		   limits.shmmni <= 64,
	   "4.1 IPC_INFO");
	while (n < (int)limits.shmmni && (ids[n] = shmget(IPC_PRIVATE, 1, 0600)) >= 0)
		n++;
	IS(n, limits.shmmni, "4.1 SHMMNI segments");
	REFUSED(shmget(IPC_PRIVATE, 1, 0600), ENOSPC, "4.1 one more: ENOSPC");
	highest = shmctl(0, SHM_INFO, (struct shmid_ds *)&used);
	OK(used.used_ids == n && used.shm_tot == (unsigned long)n &&
		   used.shm_rss == (unsigned long)n,
	   "4.1 SHM_INFO: segments and their pages");
	for (int slot = 0; slot <= highest; slot++) {
		int id = shmctl(slot, SHM_STAT, &ds);

		for (int i = 0; i < n; i++)
			seen += ids[i] == id && ds.shm_segsz == 1;
	}
	IS(seen, n, "4.1 SHM_STAT: each by its slot");
	REFUSED(shmctl(highest + 1, SHM_STAT, &ds), EINVAL, "4.1 SHM_STAT: no slot");
	while (n > 0)
		shmctl(ids[--n], IPC_RMID, NULL);
	REFUSED(shmctl(0, SHM_STAT, &ds), EINVAL, "4.1 SHM_STAT: an empty slot");
	OK(is_as(&was), "4.1 limits: all is as it was");
}

static void test_attach(void)
{
	struct state was = look();
	int id = shmget(IPC_PRIVATE, P + 1, 0600);
	time_t made;
	pid_t pid;
	char *p, *q;

	OK(was.free - look().free == kb(2) && look().shmem - was.shmem == kb(2),
	   "4.1 pages at shmget, Shmem");
	shmctl(id, IPC_STAT, &ds);
	made = ds.shm_ctime;
	p = shmat(id, NULL, 0);
	OK(p != (void *)-1 && all(p, 2 * P, 0), "4.1 shmat: zeroed");
	OK(lines(OWN, p, 2, "rw-s") == 1, "4.1 shmat: whole pages");
	OK(nattch(id) == 1 && ds.shm_lpid == getpid() && ds.shm_atime >= made,
	   "4.1 shmat: lpid, atime");
	q = anon(1);
	REFUSED(shmat(id, q, 0), EINVAL, "4.1 shmaddr of other memory");
	unmap(q, 1);
	REFUSED(shmat(id, q, 0), EINVAL, "4.1 shmaddr of free pages");
	REFUSED(shmat(id, p + 1, 0), EINVAL, "4.1 shmaddr within a page");
	REFUSED(shmat(id, p + P, 0), EINVAL, "4.1 shmaddr of its second page");
	IS(nattch(id), 1, "4.1 attaches that fail do not count");
	OK(shmat(id, p, 0) == p && shmat(id, p + 1, SHM_RND) == p && nattch(id) == 3,
	   "4.1 its own address");
	shmdt(p), shmdt(p);
	poke(p, 's');
	RUNS("read-only", id, 0, "4.1 SHM_RDONLY: reading");
	DIES("read-only", id, 1, "4.1 SHM_RDONLY: a store is SIGSEGV");
	REFUSED(shmat(id, NULL, SHM_EXEC), ENOTSUP, "4.1 SHM_EXEC without SHM_RDONLY");
	RUNS("executable", id, 0, "4.1 SHM_EXEC where another process may write: ENOTSUP");
	IS(nattch(id), 1, "4.1 nattch is as before");
	shmdt(p);
	p = shmat(id, NULL, SHM_RDONLY | SHM_EXEC);
	OK(p != (void *)-1 && lines(OWN, p, 2, "r-xs") == 1,
	   "4.1 SHM_RDONLY | SHM_EXEC, nobody may write");
	REFUSED(shmat(id, NULL, 0), ENOTSUP, "4.1 to write where it may be executed");
	shmdt(p);
	RUNS("store", id, p, "4.1 another process: the same address");
	p = shmat(id, NULL, 0);
	OK(peek(p) == 'c', "4.1 the contents survive between attaches");

	REFUSED(shmdt(p + P), EINVAL, "4.1 shmdt of the second page");
	REFUSED(shmdt(p + 1), EINVAL, "4.1 shmdt within a page");
	REFUSED(shmdt(NULL), EINVAL, "4.1 shmdt of address 0");
	q = anon(1);
	REFUSED(shmdt(q), EINVAL, "4.1 shmdt of other memory");
	unmap(q, 1);
	protect(p, 1, R);
	OK(nattch(id) == 1 && lines(OWN, p, 1, "r--s") == 1,
	   "4.1 two pieces by mprotect: one attachment");
	unmap(p, 1);
	IS(nattch(id), 1, "4.1 munmap of one piece: one attachment");
	OK(shmdt(p) == 0 && nattch(id) == 0 && holds(OWN, p + P) == 0,
	   "4.1 shmdt takes all pieces");
	p = shmat(id, NULL, 0);
	unmap(p, 1), unmap(p + P, 1);
	IS(nattch(id), 0, "4.1 munmap of the last piece ends it");
	REFUSED(shmdt(p), EINVAL, "4.1 nothing is attached");
	p = shmat(id, NULL, 0), shmat(id, NULL, 0);
	unmap(p, 1);
	OK(nattch(id) == 2 && shmdt(p) == 0 && nattch(id) == 1 && lines(OWN, p, 2, "rw-s") == 1,
	   "4.1 two layers: shmdt takes the younger, with its hole");
	shmdt(p);

	pid = start_waiting("hold", id, 0);
	OK(nattch(id) == 1 && ds.shm_lpid == pid, "4.1 another process is attached");
	OK(end_waiting(pid) && nattch(id) == 0 && ds.shm_lpid == pid, "4.1 kill detaches");
	DIES("fault", id, 0, "4.1 a fault of one that is attached twice");
	IS(nattch(id), 0, "4.1 detaches both");
	RUNS("locked out", id, 0, "4.1 no more can be locked: EAGAIN, and nattch stays");

	pid = start_waiting("hold", id, 0);
	p = shmat(id, NULL, 0);
	OK(shmctl(id, IPC_RMID, NULL) == 0 && nattch(id) == 2 && (ds.shm_perm.mode & SHM_DEST),
	   "4.1 IPC_RMID while attached: SHM_DEST, nattch stays");
	OK(shmat(id, NULL, 0) == p && nattch(id) == 3 && shmdt(p) == 0, "4.1 the id still works");
	OK(end_waiting(pid) && nattch(id) == 1, "4.1 the memory stays with the last attachment");
	OK(shmdt(p) == 0 && is_stale(id) && count_of(p) == 0, "4.1 and goes with it");
	OK(is_as(&was), "4.1 shmat: all is as it was");
}

static void test_owners(void)
{
	int id = shmget(KEY, P, IPC_CREAT | 0640);

	NOBODY_GETS(READ_WRITE, id, EACCES, "4.1 another user, mode 640: no attach");
	NOBODY_GETS(READ_ONLY, id, EACCES, "4.1 another user, mode 640: no attach to read");
	NOBODY_GETS(GET, id, EACCES, "4.1 another user, mode 640: no shmget");
	NOBODY_GETS(STAT, id, EACCES, "4.1 another user, mode 640: no IPC_STAT");
	NOBODY_GETS(SET, id, EPERM, "4.1 another user: no IPC_SET");
	NOBODY_GETS(REMOVE, id, EPERM, "4.1 another user: no IPC_RMID");
	NOBODY_GETS(LOCK, id, EPERM, "4.1 another user: no SHM_LOCK");
	shmctl(id, IPC_STAT, &ds);
	ds.shm_perm.gid = 7;
	OK(shmctl(id, IPC_SET, &ds) == 0 && shmctl(id, IPC_STAT, &ds) == 0 &&
		   ds.shm_perm.gid == 7 && ds.shm_perm.cgid == 0,
	   "4.1 IPC_SET of the group");
	GROUP_GETS(READ_ONLY, id, 0, "4.1 the group, mode 640: attach to read");
	GROUP_GETS(GET_READ, id, 0, "4.1 the group, mode 640: shmget to read");
	GROUP_GETS(READ_WRITE, id, EACCES, "4.1 the group, mode 640: no attach to write");
	GROUP_GETS(REMOVE, id, EPERM, "4.1 the group: no IPC_RMID");
	ds.shm_perm.mode = 0604;
	shmctl(id, IPC_SET, &ds);
	NOBODY_GETS(READ_ONLY, id, 0, "4.1 mode 604: others attach to read");
	GROUP_GETS(READ_ONLY, id, EACCES, "4.1 mode 604: the group does not");
	ds.shm_perm.mode = 0600;
	ds.shm_perm.uid = NOBODY;
	shmctl(id, IPC_SET, &ds);
	NOBODY_GETS(READ_WRITE, id, 0, "4.1 the new owner attaches");
	ds.shm_perm.mode = 0;
	shmctl(id, IPC_SET, &ds);
	NOBODY_GETS(READ_ONLY, id, EACCES, "4.1 mode 0: not even the owner");
	OK(attempt(READ_WRITE, id) == 0 && shmdt(shmat(id, NULL, 0)) == 0, "4.1 mode 0: root does");
	REFUSED(shmctl(id, 99, &ds), EINVAL, "4.1 no such command");
	REFUSED(shmctl(id, IPC_STAT, (struct shmid_ds *)KERNEL_RAM), EFAULT,
		"4.1 IPC_STAT to kernel memory");
	REFUSED(shmctl(id, IPC_SET, (struct shmid_ds *)KERNEL_RAM), EFAULT,
		"4.1 IPC_SET from kernel memory");
	NOBODY_GETS(REMOVE, id, 0, "4.1 the new owner removes it");
	shmdt(shmat(id, NULL, 0));
	for (int i = 0; i < 4 && nattch(id) > 0; i++)
		note("still attached", nattch(id));
}

/* ---- 4.2 ---------------------------------------------------------------------------------- */

static void test_posix(void)
{
	struct state was = look();
	struct stat st;
	int fd, again;
	char *p, *q;

	REFUSED(shm_open(NAME, O_RDWR, 0), ENOENT, "4.2 shm_open: no such name");
	REFUSED(shm_open("/a/b", O_RDWR, 0), EINVAL, "4.2 shm_open: a second slash");
	REFUSED(shm_open("/0123456789/0123456789/0123456789", O_RDWR, 0), ENAMETOOLONG,
		"4.2 shm_open: too long, whatever is in it");
	REFUSED(shm_unlink("/0123456789/0123456789/0123456789"), ENAMETOOLONG,
		"4.2 shm_unlink: the same");
	fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	OK(fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 0, "4.2 shm_open: a new one is empty");
	REFUSED(shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST,
		"4.2 shm_open: O_EXCL, there is one");
	REFUSED(map(fd, 0, 1, R | W, MAP_SHARED), ENODEV, "4.2 nothing to map yet");
	REFUSED(ftruncate(fd, -1), EINVAL, "4.2 ftruncate: negative");
	REFUSED(ftruncate(fd, INT32_MAX), ENOMEM, "4.2 ftruncate: more than there is");
	OK(ftruncate(fd, (off_t)(3 * P)) == 0 && ftruncate(fd, (off_t)(2 * P)) == 0,
	   "4.2 ftruncate to 3 pages, then to 2: the page behind is free");
	OK(was.free - look().free == kb(2) && look().shmem - was.shmem == kb(2),
	   "4.2 it costs its pages, Shmem");
	OK(fstat(fd, &st) == 0 && st.st_size == (off_t)(2 * P), "4.2 fstat");
	ftruncate(fd, (off_t)(3 * P)); /* so that no record for a mapping is put behind it */
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	OK(p != MAP_FAILED && all(p, 2 * P, 0), "4.2 contiguous, zeroed");
	again = shm_open(NAME, O_RDONLY, 0);
	REFUSED(map(again, 0, 1, R | W, MAP_SHARED), EACCES, "4.2 opened to read, shared to write");
	OK(map(again, 0, 2, R, MAP_SHARED) == p && unmap(p, 2) == 0,
	   "4.2 opened again: the same memory");
	IS(ftruncate(fd, (off_t)(2 * P)), 0, "4.2 it shrinks to what is mapped");
	IS(ftruncate(fd, (off_t)(3 * P)), 0, "4.2 it grows in place while it is mapped");
	q = map(fd, 0, 3, R | W, MAP_SHARED);
	OK(q == p && all(q + 2 * P, P, 0), "4.2 the new page is zero");
	unmap(q, 3);
	q = map_at(p + 3 * P, 1, MAP_FIXED_NOREPLACE);
	if (q == p + 3 * P)
		REFUSED(ftruncate(fd, (off_t)(4 * P)), ENOMEM,
			"4.2 it has a neighbour and is mapped: ENOMEM");
	else
		tap_skip("4.2 it has a neighbour and is mapped: ENOMEM", "another's page");
	memset(p, 'k', 2 * P);
	unmap(p, 2);
	OK(ftruncate(fd, (off_t)(4 * P)) == 0 && gets_from(fd, P, "kkkk"),
	   "4.2 not mapped: it moves");
	unmap(q, 1);
	p = map(fd, 0, 1, R | W, MAP_SHARED);
	OK(peek(p) == 'k', "4.2 its contents move with it");
	REFUSED(open("/dev/shm" NAME, O_RDWR | O_TRUNC), ETXTBSY, "4.2 O_TRUNC while it is mapped");
	OK(shm_unlink(NAME) == 0, "4.2 shm_unlink");
	REFUSED(shm_unlink(NAME), ENOENT, "4.2 shm_unlink again");
	REFUSED(shm_open(NAME, O_RDWR, 0), ENOENT, "4.2 the name is gone");
	close(fd), close(again);
	OK(peek(p) == 'k' && look().shmem > was.shmem, "4.2 the mapping keeps the memory");
	unmap(p, 1);
	OK(is_as(&was), "4.2 all is as it was");
}

static void test(void)
{
	keep_proc();
	test_get();
	test_limits();
	test_attach();
	test_owners();
	test_posix();
}

TAP_MAIN(parts, test)
