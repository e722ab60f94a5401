/* SPDX-License-Identifier: MIT */
/*
 * trespass: touches what it may not, each time in a process of its own, which has to die by
 * SIGSEGV.  Beside them runs a bystander that must not notice.  The exit status is 0 if all died
 * and nothing else happened.
 */
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KERNEL_RAM 0x20000000 /* where RAM begins on every board */
#define RETURN	   0x4770     /* bx lr */
#define THUMB	   1
#define PATTERN	   0x5a

extern char **environ;

int main(int argc, char **argv);

static char *self;
static volatile uint16_t code_in_data[] = { RETURN, RETURN };

static void peek(uintptr_t at)
{
	(void)*(volatile char *)at;
}

static void poke(uintptr_t at)
{
	*(volatile char *)at = 1;
}

static void call(uintptr_t at)
{
	((void (*)(void))(at | THUMB))();
}

enum place { KERNEL, NOWHERE, OTHER, OWN_TEXT, OWN_DATA, OWN_STACK };

static const struct {
	const char *what;
	void (*touch)(uintptr_t at);
	enum place place;
} attempts[] = {
	{ "read kernel RAM", peek, KERNEL },	     { "write kernel RAM", poke, KERNEL },
	{ "execute kernel RAM", call, KERNEL },	     { "read address 0", peek, NOWHERE },
	{ "write address 0", poke, NOWHERE },	     { "execute address 0", call, NOWHERE },
	{ "read another's memory", peek, OTHER },    { "write another's memory", poke, OTHER },
	{ "execute another's memory", call, OTHER }, { "write its own text", poke, OWN_TEXT },
	{ "execute its own data", call, OWN_DATA },  { "execute its own stack", call, OWN_STACK },
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

/* @page is one of the parent's. */
static void trespass(unsigned long number, uintptr_t page)
{
	volatile uint16_t code_on_stack[] = { RETURN, RETURN };
	const uintptr_t places[] = {
		[KERNEL] = KERNEL_RAM,
		[NOWHERE] = 0,
		[OTHER] = page,
		[OWN_TEXT] = (uintptr_t)main & ~(uintptr_t)THUMB,
		[OWN_DATA] = (uintptr_t)code_in_data,
		[OWN_STACK] = (uintptr_t)code_on_stack,
	};

	attempts[number].touch(places[attempts[number].place]);
}

/* Start this program again with two numbers.  Returns 0 when it could not. */
static pid_t start(unsigned long number, unsigned long page)
{
	char first[12], second[12], *args[] = { self, first, second, NULL };
	pid_t pid;

	snprintf(first, sizeof(first), "%lu", number);
	snprintf(second, sizeof(second), "%lu", page);
	return posix_spawnp(&pid, self, NULL, NULL, args, environ) == 0 ? pid : 0;
}

static int wait_for(pid_t pid)
{
	int status;

	return pid && waitpid(pid, &status, 0) == pid ? status : -1;
}

static int all_pattern(const volatile char *p, size_t len)
{
	while (len && *p == PATTERN)
		p++, len--;
	return len == 0;
}

/* Is a page of one's own as it was, for a second? */
static int stand_by(size_t len)
{
	const struct timespec moment = { .tv_nsec = 50000000 };
	char *p = malloc(len);

	for (int i = 0; p && i < 20; i++) {
		if (i == 0)
			memset(p, PATTERN, len);
		nanosleep(&moment, NULL);
		if (!all_pattern(p, len))
			return 1;
	}
	return p == NULL;
}

int main(int argc, char **argv)
{
	static const struct rlimit no_core = { 0, 0 };
	size_t len = (size_t)sysconf(_SC_PAGESIZE), killed = 0;
	unsigned long number = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	pid_t bystander;
	int unharmed;
	char *page;

	self = argv[0];
	if (argc > 2 && number < ATTEMPTS) {
		trespass(number, strtoul(argv[2], NULL, 10));
		return 0; /* it lived */
	}
	if (argc > 2)
		return stand_by(len / 4);

	setrlimit(RLIMIT_CORE, &no_core); /* they die on purpose */
	page = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return perror("trespass"), 1;
	memset(page, PATTERN, len);
	bystander = start(ATTEMPTS, 0);
	for (unsigned long i = 0; i < ATTEMPTS; i++) {
		int status = wait_for(start(i, (unsigned long)page));
		int died = status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;

		printf("%-26s %s\n", attempts[i].what, died ? "killed" : "NOT KILLED");
		killed += (size_t)died;
	}
	unharmed = wait_for(bystander) == 0 && all_pattern(page, len);
	printf("%zu of %zu killed, the others %s\n", killed, ATTEMPTS,
	       unharmed ? "are unharmed" : "WERE HARMED");
	return !(killed == ATTEMPTS && unharmed);
}
