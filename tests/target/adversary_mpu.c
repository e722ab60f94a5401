/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with the entries of the MPU: the numbers are those of docs/adversary.md.
 * mpu_edges.c, mpu_forty.c and fault_signals.c try more of them, prove/ and the host's tests #19.
 */
/* timeout: 120 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/time.h>

#include <croft/limits.h>

#include "raw.h"
#include "tap.h"

#define R	   PROT_READ
#define RW	   (PROT_READ | PROT_WRITE)
#define ANON	   (MAP_PRIVATE | MAP_ANONYMOUS)
#define MAPPINGS   8 /* with text, data and stack more than there are entries */
#define ROUNDS	   2000
#define KERNEL_RAM 0x20000000

static size_t page;

/* For the parts, too. */
__attribute__((constructor)) static void find_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

static char *map(int prot)
{
	char *p = mmap(NULL, page, prot, ANON, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void touch(volatile char *p)
{
	*p = 1;
}

enum way { MUNMAP, PROTECT_NONE, PROTECT_READ, SHMDT, SHRINK, MOVE, REPLACE, FILE_CUT, WAYS };

static const char *const names[WAYS] = {
	"#20 a store to what munmap() has taken dies",
	"#20 a store to what mprotect(PROT_NONE) has closed dies",
	"#21 a store right after mprotect(PROT_READ) dies",
	"#20 a store to what shmdt() has taken dies",
	"#20 a store behind what mremap() has left dies",
	"#20 a store to where mremap() has moved from dies",
	"#20 a store to what a read-only mapping has replaced dies",
	"#20 a read of what ftruncate() has cut off dies",
};

/* Touch memory, so that its entry is loaded, take it away, and touch it again. */
static int stale(long a, long b)
{
	int id = shmget(IPC_PRIVATE, page, 0600), fd;
	char *p = mmap(NULL, 2 * page, RW, ANON, -1, 0), *q = p;

	(void)b;
	touch(p);
	touch(p + page);
	switch ((enum way)a) {
	case MUNMAP:
		munmap(p, page);
		break;
	case PROTECT_NONE:
		mprotect(p, page, PROT_NONE);
		break;
	case PROTECT_READ:
		mprotect(p, page, R);
		break;
	case SHMDT:
		q = shmat(id, NULL, 0);
		shmctl(id, IPC_RMID, NULL);
		touch(q);
		shmdt(q);
		break;
	case SHRINK:
		q = p + page;
		mremap(p, 2 * page, page, 0);
		break;
	case MOVE:
		mremap(p, 2 * page, 9 * page, MREMAP_MAYMOVE | MREMAP_FIXED, p + 16 * page);
		mmap(p, page, R, ANON | MAP_FIXED, -1, 0);
		break;
	case REPLACE:
		mmap(p, page, R, ANON | MAP_FIXED, -1, 0);
		break;
	default:
		fd = open("/tmp/cut", O_RDWR | O_CREAT | O_TRUNC, 0600);
		ftruncate(fd, (off_t)page);
		q = mmap(NULL, page, R, MAP_PRIVATE, fd, 0);
		(void)*(volatile char *)q;
		unlink("/tmp/cut");
		ftruncate(fd, 0);
		(void)*(volatile char *)q;
		return 0;
	}
	touch(q);
	return 0;
}

/* What one process gives back, the next owner finds zero, and the first cannot reach. */
static int give_back(long a, long b)
{
	char *p = map(RW);

	(void)a, (void)b;
	memset(p, 0x55, page);
	munmap(p, page);
	if (!part_ended(part_start("take", 0, 0), 0))
		return 1;
	touch(p);
	return 0;
}

static int take(long a, long b)
{
	char *p = mmap(NULL, 4 * page, RW, ANON, -1, 0);

	(void)a, (void)b;
	for (size_t i = 0; p != MAP_FAILED && i < 4 * page; i++)
		if (p[i])
			return 1;
	return p == MAP_FAILED;
}

/* The entry is loaded for reading; a store must not be refilled for ever. */
static int violate(long a, long b)
{
	char *p = map(a ? RW : R);

	(void)b;
	if (a)
		mprotect(p, page, R);
	for (int i = 0; i < 10; i++)
		(void)*(volatile char *)p;
	touch(p);
	return 0;
}

/* ---- #25 ----------------------------------------------------------------------------------- */

static volatile uint32_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* More hot mappings than entries, while a timer interrupts and another process does the same. */
static int churn(long a, long b)
{
	volatile char *maps[MAPPINGS];
	const struct itimerval often = { { 0, 211 + a }, { 0, 211 + a } };
	int wrong = 0;

	(void)b;
	for (int i = 0; i < MAPPINGS; i++) {
		maps[i] = map(RW);
		if (!maps[i])
			return errno;
		maps[i][0] = (char)(i + a);
	}
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < MAPPINGS; i++)
			wrong += maps[i][0] != (char)(i + a);
	return wrong || alarms == 0;
}

/* ---- #26 and #27 --------------------------------------------------------------------------- */

static const struct {
	uint32_t at;
	const char *name;
} places[] = {
	{ 0x22000000, "#26 the bit-band alias of kernel RAM cannot be read" },
	{ 0x23fffffc, "#26 nor can its end" },
	{ 0x42000000, "#26 nor the alias of the peripherals" },
	{ 0x40004000, "#26 registers that no window shows cannot be read" },
};

static int peek(long a, long b)
{
	(void)b;
	(void)*(volatile uint32_t *)a;
	return 0;
}

static void test_26_places(void)
{
	static const uint32_t never[] = { 0xe000e000, 0xe0001000, 0xe000ed00, 0x22000000,
					  0x42000000, 0x400ff000, 0x40000000, KERNEL_RAM };
	int mapped = 0, fd = open("/dev/uart1", O_RDWR);

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		OK(part_died(part_start("peek", (long)places[i].at, 0), SIGSEGV), places[i].name);
	for (unsigned int i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		void *at = (void *)((uintptr_t)never[i] & ~(page - 1));

		mapped += mmap(at, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
		mapped += mmap(at, page, RW, MAP_SHARED | MAP_FIXED, fd, 0) == at;
	}
	IS(mapped, 0, "#26 no mapping at the system's registers, aliases or kernel memory");
	OK(mmap(NULL, page, R | PROT_EXEC, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "#26 registers never become code");
	OK(mmap(NULL, page, RW, MAP_SHARED, fd, 0x100000) == MAP_FAILED,
	   "#26 a window ends where it ends");
	close(fd);
}

/* Masks and the vector table, written by a program. */
static int write_ppb(long a, long b)
{
	(void)b;
	*(volatile uint32_t *)a = 0;
	return 0;
}

static void test_27_private_bus(void)
{
	static const long at[] = { 0xe000e010, 0xe000ed08, 0xe000ed94, 0xe000e180, 0xe000ef00 };
	struct timeval before, after;

	for (unsigned int i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		part_status(part_start("ppb", at[i], 0));
	gettimeofday(&before, NULL);
	usleep(20000);
	gettimeofday(&after, NULL);
	OK(after.tv_sec != before.tv_sec || after.tv_usec - before.tv_usec >= 20000,
	   "#27 stores to timer, vectors, MPU and NVIC have no effect");
	OK(part_died(part_start("peek", KERNEL_RAM, 0), SIGSEGV), "#27 the MPU is on after them");
}

/* ---- #28 ----------------------------------------------------------------------------------- */

static void test_28_write_or_execute(void)
{
	int fd = open("/tmp/wx", O_RDWR | O_CREAT | O_TRUNC, 0700),
	    id = shmget(IPC_PRIVATE, page, 0700);
	char *one, *two;

	OK(map(RW | PROT_EXEC) == NULL && errno == ENOTSUP,
	   "#28 memory to write and execute: ENOTSUP");
	ftruncate(fd, (off_t)page);
	one = mmap(NULL, page, RW, MAP_SHARED, fd, 0);
	two = mmap(NULL, page, R, MAP_SHARED, fd, 0);
	OK(mprotect(two, page, R | PROT_EXEC) == 0 &&
		   mmap(NULL, page, RW, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "#28 one view is executable: no other becomes writable");
	munmap(one, page);
	munmap(two, page);
	close(fd);
	unlink("/tmp/wx");
	one = shmat(id, NULL, 0);
	OK(shmat(id, NULL, SHM_RDONLY | SHM_EXEC) == (void *)-1,
	   "#28 a segment writable here, executable there: refused");
	shmdt(one);
	shmctl(id, IPC_RMID, NULL);
	OK(part_died(part_start("run", 0, 0), SIGSEGV), "#28 running the heap dies");
	OK(part_died(part_start("run", 1, 0), SIGSEGV), "#28 running the stack dies");
}

static int run(long a, long b)
{
	static uint16_t code[] = { 0x4770, 0x4770 };
	uint16_t on_stack[] = { 0x4770, 0x4770 };

	(void)b;
	((void (*)(void))((uintptr_t)(a ? on_stack : code) | 1))();
	return 0;
}

static const struct part parts[] = {
	{ "stale", stale },	{ "give", give_back }, { "take", take },
	{ "violate", violate }, { "churn", churn },    { "peek", peek },
	{ "ppb", write_ppb },	{ "run", run },	       { 0 }
};

static void test(void)
{
	pid_t other;

	for (long way = 0; way < WAYS; way++)
		OK(part_died(part_start("stale", way, 0), SIGSEGV), names[way]);
	OK(part_died(part_start("give", 0, 0), SIGSEGV),
	   "#20 the next owner of a page finds it zero, the last one cannot reach it");
	OK(part_died(part_start("violate", 0, 0), SIGSEGV),
	   "#22 a store to a read-only page in use dies at once");
	OK(part_died(part_start("violate", 1, 0), SIGSEGV),
	   "#22 so it does where it could be written before");
	other = part_start("churn", 1, 0);
	OK(part_ended(part_start("churn", 2, 0), 0),
	   "#25 interrupts while entries are rewritten: all memory is right");
	OK(part_ended(other, 0), "#25 and that of another process that does the same");
	test_26_places();
	test_27_private_bus();
	test_28_write_or_execute();
}

TAP_MAIN(parts, test)
