/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with the entries of the MPU: the numbers are those of docs/adversary.md.
 * mpu_edges.c, mpu_forty.c and fault_signals.c try more of them, prove/ and the host's tests #19.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <time.h>

#include <croft/limits.h>

#include "raw.h"
#include "tap.h"

#define R	   PROT_READ
#define RW	   (PROT_READ | PROT_WRITE)
#define ANON	   (MAP_PRIVATE | MAP_ANONYMOUS)
#define MAPPINGS   8	 /* with text, data and stack more than there are entries */
#define NEAR	   10000 /* ns: the counter makes no shorter shots */
#define FAR	   90000 /* all mappings have been read, and one changed, by then */
#define STEP	   80
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

enum way {
	MUNMAP,
	PROTECT_NONE,
	PROTECT_READ,
	SHMDT,
	SHRINK,
	MOVE,
	REPLACE,
	FILE_CUT,
	UNLOCKED,
	HEAP,
	WAYS
};

static const char *const names[WAYS] = {
	"#20 a store to what munmap() has taken dies",
	"#20 a store to what mprotect(PROT_NONE) has closed dies",
	"#21 a store right after mprotect(PROT_READ) dies",
	"#20 a store to what shmdt() has taken dies",
	"#20 a store behind what mremap() has left dies",
	"#20 a store to where mremap() has moved from dies",
	"#20 a store to what a read-only mapping has replaced dies",
	"#20 a read of what ftruncate() has cut off dies",
	"#20 a store to what mlock() had pinned dies when it is unmapped",
	"#20 a store behind the heap's new end dies",
};

/* Touch memory, so that its entry is loaded, take it away, and touch it again. */
static int stale(long a, long b)
{
	int id, fd;
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
		id = shmget(IPC_PRIVATE, page, 0600);
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
	case UNLOCKED:
		mlock(p, page);
		touch(p);
		munmap(p, page);
		break;
	case HEAP:
		brk((char *)(((uintptr_t)sbrk(0) + page - 1) & ~(page - 1)));
		q = sbrk((intptr_t)page);
		touch(q);
		sbrk(-(intptr_t)page);
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

/* ---- #20: who else might find the entry ------------------------------------------------------ */

static int poke(long a, long b)
{
	(void)b;
	touch((char *)a);
	return 0;
}

/* Attach segment @a, which nobody can be given the place of, and use it: then it is in another's way. */
static int leave(long a, long b)
{
	char *p = shmat((int)a, NULL, 0);

	touch(p);
	if (b == 1)
		execl("/bin/adversary_mpu", tap_self, "poke", decimal((long)p), "0", NULL);
	for (int i = 0; b == 2 && i < 2000; i++) {
		touch(p);
		sched_yield();
	}
	return 0;
}

/* Take turns with one who has the segment, and then store to it. */
static int sneak(long a, long b)
{
	(void)b;
	for (int i = 0; i < 100; i++)
		sched_yield();
	touch((char *)a);
	return 0;
}

static char *shared_by_threads;

static void *spin(void *arg)
{
	for (;;)
		touch(shared_by_threads);
	return arg;
}

/* A sibling stores to the page all the time, when it is unmapped (@a = 0) or made read-only. */
static int sibling(long a, long b)
{
	pthread_t thread;

	(void)b;
	shared_by_threads = map(RW);
	if (pthread_create(&thread, NULL, spin, NULL))
		return 1;
	usleep(5000);
	if (a ? mprotect(shared_by_threads, page, R) : munmap(shared_by_threads, page))
		return 2;
	usleep(200000);
	return 3;
}

static void test_20_others(void)
{
	int id = shmget(IPC_PRIVATE, page, 0600);
	char *at = shmat(id, NULL, 0);
	pid_t has;

	OK(part_ended(part_start("leave", id, 0), 0) &&
		   part_died(part_start("poke", (long)at, 0), SIGSEGV),
	   "#20 a process exits: the next one cannot reach what it had");
	OK(part_died(part_start("leave", id, 1), SIGSEGV),
	   "#20 a program cannot reach what the one before exec() had");
	has = part_start("leave", id, 2);
	OK(part_died(part_start("sneak", (long)at, 0), SIGSEGV),
	   "#20 nor what one has that it takes turns with");
	OK(part_ended(has, 0), "#20 who has it goes on");
	shmdt(at);
	shmctl(id, IPC_RMID, NULL);
	OK(part_died(part_start("sibling", 0, 0), SIGSEGV),
	   "#20 a sibling's store to what munmap() has taken dies");
	OK(part_died(part_start("sibling", 1, 0), SIGSEGV),
	   "#20 a sibling's store to what mprotect() has made read-only dies");
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

static volatile char *maps[MAPPINGS];
static volatile uint32_t alarms;
static volatile int wrong;
static char first; /* what the first mapping holds */

/* It needs an entry, too. */
static void on_alarm(int sig)
{
	uint32_t i = alarms++ % MAPPINGS;

	(void)sig;
	wrong += maps[i][0] != (char)(first + (char)i);
}

/*
 * More hot mappings than entries, of which one is changed. A timer interrupts after every so many
 * nanoseconds: that falls on each instruction of refills and of calls that rewrite entries.
 */
static int churn(long a, long b)
{
	timer_t timer;
	uint32_t nshots = 0;

	first = (char)a;
	for (int i = 0; i < MAPPINGS; i++) {
		maps[i] = map(RW);
		if (!maps[i])
			return errno;
		maps[i][0] = (char)(first + i);
	}
	signal(SIGALRM, on_alarm);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	for (long ns = NEAR + b; ns < FAR; ns += STEP) {
		struct itimerspec once = { .it_value.tv_nsec = ns };

		timer_settime(timer, 0, &once, NULL);
		for (uint32_t turn = 0; turn < 2 || alarms == nshots; turn++) {
			for (int i = 0; i < MAPPINGS; i++)
				wrong += maps[i][0] != (char)(first + i);
			mprotect((void *)maps[1], page, turn % 2 ? RW : R);
		}
		mprotect((void *)maps[1], page, RW);
		maps[1][0] = (char)(first + 1);
		nshots++;
	}
	return wrong || alarms != nshots;
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

/* A read and a write.  1: neither has had an effect that shows. */
static int peek(long a, long b)
{
	uint32_t word;

	if (b)
		*(volatile uint32_t *)a = (uint32_t)b;
	word = *(volatile uint32_t *)a;
	return word == 0;
}

/* The alias of a word that is the program's own. */
static int alias(long a, long b)
{
	static volatile uint32_t own;
	volatile uint32_t *bit = (void *)(0x22000000 + ((uintptr_t)&own - KERNEL_RAM) * 32);

	(void)b;
	if (a)
		*bit = 1;
	return (int)*bit;
}

static int run_registers(long a, long b)
{
	int fd = open("/dev/uart1", O_RDWR);
	char *regs = mmap(NULL, page, RW, MAP_SHARED, fd, 0);

	(void)a, (void)b;
	if (regs == MAP_FAILED || mprotect(regs, page, R | PROT_EXEC) == 0)
		return 1;
	((void (*)(void))((uintptr_t)regs | 1))();
	return 2;
}

static void test_26_places(void)
{
	static const uint32_t never[] = { 0xe000e000, 0xe0001000, 0xe000ed00, 0x22000000,
					  0x42000000, 0x400ff000, 0x40000000, KERNEL_RAM };
	int mapped = 0, windows = 0, fd = open("/dev/uart1", O_RDWR);
	struct dirent *entry;
	DIR *dev;

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		OK(part_died(part_start("peek", (long)places[i].at, 0), SIGSEGV), places[i].name);
		OK(part_died(part_start("peek", (long)places[i].at, 1), SIGSEGV),
		   "#26 nor written");
	}
	OK(part_died(part_start("alias", 0, 0), SIGSEGV) &&
		   part_died(part_start("alias", 1, 0), SIGSEGV),
	   "#26 nor the alias of memory of one's own");
	for (unsigned int i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		void *at = (void *)((uintptr_t)never[i] & ~(page - 1));

		mapped += mmap(at, page, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
		mapped += mmap(at, page, RW, MAP_SHARED | MAP_FIXED, fd, 0) == at;
	}
	IS(mapped, 0, "#26 no mapping at the system's registers, aliases or kernel memory");
	OK(mmap(NULL, page, R | PROT_EXEC, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "#26 registers never become code");
	OK(part_died(part_start("registers", 0, 0), SIGSEGV), "#26 not by mprotect(), nor run");
	OK(mmap(NULL, page, RW, MAP_PRIVATE, fd, 0) == MAP_FAILED, "#26 nor private memory");
	OK(mmap(NULL, page, RW, MAP_SHARED, fd, 0x100000) == MAP_FAILED &&
		   mmap(NULL, page, RW, MAP_SHARED, fd, 4096) == MAP_FAILED &&
		   mmap(NULL, 8192, RW, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "#26 a window ends where it ends");
	close(fd);
	dev = opendir("/dev");
	while (dev && (entry = readdir(dev)) != NULL) {
		char path[40] = "/dev/";

		if (strstr("zero uart1 timer0",
			   entry->d_name)) /* memory, and those of the boards */
			continue;
		fd = open(strcat(path, entry->d_name), O_RDWR);
		windows += mmap(NULL, page, RW, MAP_SHARED, fd, 0) != MAP_FAILED;
		close(fd);
	}
	closedir(dev);
	IS(windows, 0, "#26 no other device has a window");
}

/*
 * Timer, interrupt controller, MPU, vectors, reset, faults, debug, and the register that pends
 * interrupts for programs where the kernel lets it.
 */
static const struct {
	uint32_t at, value;
} ppb[] = {
	{ 0xe000e010, 0 },	    { 0xe000e014, 1 },		{ 0xe000e018, 1 },
	{ 0xe000e100, 0xffffffff }, { 0xe000e180, 0xffffffff }, { 0xe000e200, 0xffffffff },
	{ 0xe000e400, 0xffffffff }, { 0xe000ed04, 0x90000000 }, { 0xe000ed08, 0x20000000 },
	{ 0xe000ed0c, 0x05fa0004 }, { 0xe000ed10, 6 },		{ 0xe000ed14, 2 },
	{ 0xe000ed18, 0xffffffff }, { 0xe000ed20, 0xffffffff }, { 0xe000ed24, 0xffffffff },
	{ 0xe000ed94, 0 },	    { 0xe000ed98, 7 },		{ 0xe000ed9c, 0x17 },
	{ 0xe000eda0, 0x03000001 }, { 0xe000edf0, 0xa05f0003 }, { 0xe000edfc, 0xffffffff },
	{ 0xe000ef00, 1 },	    { 0xe0001000, 1 },
};

/* A board refuses all of the bus, or ignores what comes there: lm3s6965evb of QEMU. */
static void test_27_private_bus(void)
{
	int refuses = part_status(part_start("peek", 0xe000ed00, 0)), refused = 0, ignored = 0;
	const int n = sizeof(ppb) / sizeof(ppb[0]);
	struct timeval before, after;

	for (int i = 0; i < n; i++) {
		int status = part_status(part_start("peek", (long)ppb[i].at, (long)ppb[i].value));

		refused += WIFSIGNALED(status);
		ignored += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	}
	IS(WIFSIGNALED(refuses) ? refused : ignored, n,
	   "#27 the private bus is refused a program, each register of it");
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

static const struct part parts[] = { { "stale", stale }, { "give", give_back },
				     { "take", take },	 { "violate", violate },
				     { "churn", churn }, { "peek", peek },
				     { "poke", poke },	 { "leave", leave },
				     { "sneak", sneak }, { "sibling", sibling },
				     { "alias", alias }, { "registers", run_registers },
				     { "run", run },	 { 0 } };

static void test(void)
{
	pid_t other;

	for (long way = 0; way < WAYS; way++)
		OK(part_died(part_start("stale", way, 0), SIGSEGV), names[way]);
	OK(part_died(part_start("give", 0, 0), SIGSEGV),
	   "#20 the next owner of a page finds it zero, the last one cannot reach it");
	test_20_others();
	OK(part_died(part_start("violate", 0, 0), SIGSEGV),
	   "#22 a store to a read-only page in use dies at once");
	OK(part_died(part_start("violate", 1, 0), SIGSEGV),
	   "#22 so it does where it could be written before");
	other = part_start("churn", 1, 0);
	OK(part_ended(part_start("churn", 2, STEP / 2), 0),
	   "#25 interrupts while entries are rewritten: all memory is right");
	OK(part_ended(other, 0), "#25 and that of another process that does the same");
	test_26_places();
	test_27_private_bus();
	test_28_write_or_execute();
}

TAP_MAIN(parts, test)
