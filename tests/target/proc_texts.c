/* SPDX-License-Identifier: MIT */
/* What /proc tells of processes, interrupts and pages, beside what calls tell. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

#define SPIN_MS 300
#define TICK_MS 10 /* of the times in stat */

static char text[2048];

/* The file of a process (0: none; "self": its own name is @pid -1), read whole. */
static const char *text_of(int pid, const char *name)
{
	char path[32] = "/proc/";
	size_t len = 0;
	ssize_t got;
	int fd;

	if (pid)
		strcat(strcat(path, pid < 0 ? "self" : decimal(pid)), "/");
	fd = open(strcat(path, name), O_RDONLY);
	if (fd < 0)
		return NULL;
	while (len < sizeof(text) - 1 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	text[len] = '\0';
	return text;
}

/* The number behind a name at the start of a line; -1: there is no such line. */
static long figure(const char *from, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = from; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0)
			return strtol(line + len, NULL, 10);
	}
	return -1;
}

/* Field @n of stat, from 1 on; the name, which is the second, holds no blank here. */
static long stat_field(int pid, int n)
{
	const char *at = text_of(pid, "stat");

	while (at && --n > 0)
		at = strchr(at, ' ') + 1;
	return at ? strtol(at, NULL, 10) : -1;
}

static long ms_since(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000;
}

/* Use the processor for so long, and go; or stay. */
static int spin(long ms, long stays)
{
	struct timespec begun;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	while (ms_since(&begun) < ms)
		;
	while (stays)
		pause();
	return 7;
}

/* Is what only root may read refused to another user? */
static int try_as_another(long a, long b)
{
	(void)a, (void)b;
	if (setuid(1000))
		return 1;
	return !(open("/proc/pagemap", O_RDONLY) < 0 && errno == EACCES) ||
	       figure(text_of(-1, "status"), "Uid:\t") != 1000;
}

static const struct part parts[] = { { "spin", spin }, { "other", try_as_another }, { 0 } };

static void test_status(void)
{
	const char *status = text_of(-1, "status");

	OK(status && strncmp(status, "Name:\tproc_texts\nState:\tR (running)\n", 36) == 0,
	   "status begins with the name and the state");
	IS(figure(status, "Pid:\t"), getpid(), "it tells the number");
	IS(figure(status, "PPid:\t"), getppid(), "and that of the parent");
	IS(figure(status, "Threads:\t"), 1, "one thread");
	OK(figure(status, "VmStk:\t") > 0 && figure(status, "VmExe:\t") > 0,
	   "it has a stack and a text");
	IS(figure(text_of(1, "status"), "Tgid:\t"), 1, "that of the first process is there");
	IS(text_of(32767, "status") == NULL && errno == ENOENT, 1, "that of no process is not");
}

static void test_sizes_follow(void)
{
	long page = sysconf(_SC_PAGESIZE), before = figure(text_of(-1, "status"), "VmSize:\t");
	long data = figure(text, "VmData:\t");
	void *at = mmap(NULL, 4 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	OK(at != MAP_FAILED, "four pages are mapped");
	IS(figure(text_of(-1, "status"), "VmSize:\t"), before + 4 * page / 1024, "VmSize has them");
	IS(figure(text, "VmData:\t"), data + 4 * page / 1024, "and VmData");
	IS(stat_field(-1, 23), (before * 1024) + 4 * page, "and vsize in stat");
	munmap(at, 4 * (size_t)page);
	IS(figure(text_of(-1, "status"), "VmSize:\t"), before, "and not when they are gone");
}

static void test_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	IS(strtoul(strstr(text_of(-1, "status"), "SigBlk:") + 16, NULL, 16), 1ul << (SIGUSR1 - 1),
	   "a signal that is blocked is told of");
	IS(strtoul(strstr(text, "ShdPnd:") + 16, NULL, 16), 1ul << (SIGUSR1 - 1),
	   "and that it waits");
	signal(SIGUSR1, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void test_processor_time(void)
{
	long idle, children = stat_field(-1, 16), ticks;
	struct timespec begun;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	pid = part_start("spin", SPIN_MS, 1);
	usleep((SPIN_MS + 200) * 1000);
	ticks = stat_field(pid, 14);
	OK(ticks * TICK_MS >= SPIN_MS - TICK_MS && ticks * TICK_MS <= ms_since(&begun),
	   "who spins has had the processor for as long");
	note("ticks", ticks);
	text_of(pid, "stat");
	OK(strstr(text, " (proc_texts) S ") != NULL, "it sleeps now");
	idle = strtol(strchr(text_of(0, "uptime"), ' '), NULL, 10);
	usleep(1100000);
	IS(stat_field(pid, 14), ticks, "who sleeps has no more of it");
	OK(strtol(strchr(text_of(0, "uptime"), ' '), NULL, 10) > idle, "and that is idle time");
	IS(stat_field(-1, 16), children, "its time is not its parent's");
	kill(pid, SIGKILL);
	usleep(50000);
	text_of(pid, "stat");
	OK(strstr(text, " (proc_texts) Z ") != NULL, "it has ended, and waits to be waited for");
	OK(text_of(pid, "maps") != NULL && *text == '\0', "it has no memory");
	OK(part_died(pid, SIGKILL), "it is waited for");
	IS(text_of(pid, "stat") == NULL, 1, "then it is gone");
	ticks = stat_field(-1, 16) - children - ticks; /* either is rounded down */
	OK(ticks == 0 || ticks == 1, "and its time is among that of the children");
}

static void test_entries(void)
{
	long before = system_info(INFO_REFILLS);
	void *page = (void *)((uintptr_t)text & -(uintptr_t)sysconf(_SC_PAGESIZE));
	const char *mpu = text_of(-1, "mpu");
	long refills = figure(mpu, "MpuRefills:\t"), slots = figure(mpu, "MpuSlots:\t");
	const char *end = strstr(mpu, " stack\nMpuSlots:\t");
	long lines = 1;

	for (const char *at = mpu; end && at < end; at++)
		lines += *at == '\n';
	OK(refills >= before && refills <= system_info(INFO_REFILLS),
	   "mpu counts refills as the call does");
	OK(strstr(mpu, " rw- off ") && strstr(mpu, " stack\n"), "it shows the entry of the stack");
	OK(strstr(mpu, " r-x off ") != NULL, "and one of the text");
	/* 8 of ARMv7-M; of the 8 or 16 of ARMv8-M the kernel may keep two */
	OK(slots >= 6 && slots <= 16, "six slots or more");
	IS(lines, slots, "a line for each, that of the stack last");
	OK(figure(mpu, "MpuResident:\t") >= 2 && figure(mpu, "MpuResident:\t") <= slots,
	   "some of them hold an entry");
	IS(figure(mpu, "MpuPinned:\t"), 1, "that of the stack alone is pinned");
	IS(mlock(page, 1), 0, "a page of data is locked");
	OK(figure(text_of(-1, "mpu"), "MpuPinned:\t") > 1, "mlock pins more");
	munlock(page, 1);
	IS(figure(text_of(-1, "mpu"), "MpuPinned:\t"), 1, "munlock ends it");
}

static void test_interrupts(void)
{
	long clock = figure(text_of(0, "interrupts"), "CLK:");
	const char *console = strstr(text, "NVIC  console\n");
	long count = 0, again;

	OK(console != NULL, "the console has an interrupt");
	/* One that is due before the kernel is left needs none, so try again. */
	for (int i = 0; i < 50 && figure(text_of(0, "interrupts"), "CLK:") == clock; i++)
		usleep(20000);
	OK(figure(text_of(0, "interrupts"), "CLK:") > clock, "sleeping needs one of the clock");
	for (int i = 0; i < 2; i++) {
		again = count;
		count = 0;
		text_of(0, "interrupts");
		for (char *line = text; (line = strchr(line, '\n')) && *++line;)
			if (strstr(line, "NVIC"))
				count += strtol(strchr(line, ':') + 1, NULL, 10);
		note("interrupts of devices", count);
		usleep(20000);
	}
	OK(count > again, "what is written to the console needs some, too");
}

static void test_pages(void)
{
	unsigned long all = 0, npages;
	char owner[16] = "stack   ";
	const char *line;

	strcat(strcat(owner, decimal(getpid())), "\n");
	OK(text_of(0, "pagemap") != NULL, "root may read pagemap");
	OK(strstr(text, owner) != NULL, "the stack of this process is there");
	OK(strstr(text, " static  -\n") != NULL, "and the data of the kernel");
	for (line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		npages = strtoul(line + 1 + 17, NULL, 10);
		all += npages;
	}
	IS(all, sysconf(_SC_PHYS_PAGES), "every page is there once");
	OK(part_ended(part_start("other", 0, 0), 0), "another user may not");
}

/* A text is copied line by line, and from where the mapping begins. */
static void test_mapped(void)
{
	int fd = open("/proc/1/maps", O_RDONLY);
	long page = sysconf(_SC_PAGESIZE), len, zeros = 0;
	const char *map = mmap(NULL, (size_t)(2 * page), PROT_READ, MAP_PRIVATE, fd, 0);

	text_of(1, "maps");
	len = (long)strlen(text);
	OK(map != MAP_FAILED && len > 0 && memcmp(map, text, (size_t)len) == 0,
	   "a mapping of a text holds what reading tells");
	while (len + zeros < 2 * page && !map[len + zeros])
		zeros++;
	IS(len + zeros, 2 * page, "and zeros behind");
	munmap((void *)map, (size_t)(2 * page));
	map = mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE, fd, page);
	OK(map != MAP_FAILED && (len <= page ? *map == '\0' : *map == text[page]),
	   "one from further on what comes there");
	munmap((void *)map, (size_t)page);
	close(fd);
}

static void test(void)
{
	test_status();
	test_mapped();
	test_sizes_follow();
	test_signals();
	test_processor_time();
	test_entries();
	test_interrupts();
	test_pages();
}

TAP_MAIN(parts, test)
