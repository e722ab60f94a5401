/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with pointers into calls: the numbers are those of docs/adversary.md.
 * syscall_pointers.c tries bad ones on every call; here is what needs more than one call.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "raw.h"
#include "tap.h"

#define FILE_NAME "/tmp/adversary"

static size_t page;

/* A mapping of a file whose only page holds @text at its end. */
static char *map_file(const char *text, size_t len)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *map;

	if (fd < 0 || ftruncate(fd, (off_t)page))
		return NULL;
	lseek(fd, (off_t)(page - len), SEEK_SET);
	write(fd, text, len);
	map = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map + page - len;
}

/* Told by its exit status: did its last argument come as it was given? */
static int see_argument(long a, long b)
{
	(void)a, (void)b;
	return 0;
}

/*
 * spawn() opens a file with O_TRUNC before it copies the arguments: an argument, the list of
 * them, the environment, and the actions themselves lie in that very file.
 */
static void test_16_truncated_arguments(void)
{
	struct spawn_action cut[2] = {
		{ .op = SPAWN_OPEN, .fd = 5, .oflag = O_RDWR | O_TRUNC, .path = FILE_NAME },
		{ .op = SPAWN_CLOSE, .fd = 5 },
	};
	char *argv[] = { tap_self, "see", "0", "0", NULL, NULL };
	struct spawn_args args = { .path = "/bin/adversary_pointers",
				   .argv = argv,
				   .envp = environ,
				   .actions = cut,
				   .nactions = 2 };
	long result;

	argv[4] = map_file("0123456", 8);
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT, "#16 an argument of spawn() is truncated by its own actions: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)argv[4] & ~(page - 1)), page);

	argv[4] = NULL;
	args.actions = (struct spawn_action *)map_file((char *)cut, sizeof(cut));
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT,
	   "#16 the actions of spawn() are truncated by the first of them: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)args.actions & ~(page - 1)), page);
	unlink(FILE_NAME);
}

static const struct part parts[] = { { "see", see_argument }, { 0 } };

static void test(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	test_16_truncated_arguments();
}

TAP_MAIN(parts, test)
