/* SPDX-License-Identifier: MIT */
/* Starting programs: what they are given, and what cannot be started. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>

#include <croft/limits.h>

#include "tap.h"

/* Is the environment A=1, B=two words, and nothing else? */
static int environment(long a, long b)
{
	(void)a, (void)b;
	return strcmp(environ[0], "A=1") || strcmp(environ[1], "B=two words") || environ[2];
}

static int add(long a, long b)
{
	return (int)(a + b);
}

/* Write a word to descriptor @a, and tell whether descriptor @b is open. */
static int say_word(long a, long b)
{
	write((int)a, "word", 4);
	return fcntl((int)b, F_GETFD) >= 0;
}

static const struct part parts[] = {
	{ "environment", environment }, { "add", add }, { "say", say_word }, { 0 }
};

static int spawn_error(const char *path, char *const argv[])
{
	struct spawn_args args = { .path = path, .argv = argv };

	errno = 0;
	return croft_spawn(&args) < 0 ? errno : 0;
}

static void test_errors(void)
{
	static char large[4096];
	char *plain[] = { "x", NULL }, *huge[] = { large, NULL };
	long before = system_info(INFO_FREE_PAGES);

	memset(large, 'l', sizeof(large) - 1);
	IS(spawn_error("/bin/none", plain), ENOENT, "ENOENT: no such file");
	IS(spawn_error("/none/none", plain), ENOENT, "ENOENT: no such folder");
	IS(spawn_error("/bin/init/none", plain), ENOTDIR, "ENOTDIR: a file is no folder");
	IS(spawn_error("/bin", plain), EACCES, "EACCES: a folder");
	IS(spawn_error("/dev/null", plain), EACCES, "EACCES: a device");
	IS(spawn_error("/test/words", plain), EACCES, "EACCES: a file that may not be executed");
	IS(spawn_error("/test/noelf", plain), ENOEXEC, "ENOEXEC: a text");
	IS(spawn_error("/test/empty", plain), ENOEXEC, "ENOEXEC: an empty file");
	IS(spawn_error("/bin/init", huge), E2BIG, "E2BIG: an argument too long");
	IS(spawn_error("", plain), ENOENT, "ENOENT: no name");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	IS(waitpid(-1, NULL, WNOHANG), -1, "and no child is there");
}

static void test_given(void)
{
	char *argv[] = { tap_self, "environment", "0", "0", NULL };
	char *envp[] = { "A=1", "B=two words", NULL }, *path[] = { "PATH=/none:/bin", NULL };
	pid_t pid = -1;

	OK(part_ended(part_start("add", 20, 22), 42), "arguments arrive");
	IS(posix_spawn(&pid, "/bin/process_spawn", NULL, NULL, argv, envp), 0, "posix_spawn");
	OK(part_ended(pid, 0), "the environment arrives");
	IS(posix_spawnp(&pid, "process_spawn", NULL, NULL, argv, envp), 0, "posix_spawnp");
	OK(part_ended(pid, 0), "finds it by PATH");
	IS(posix_spawn(&pid, "process_spawn", NULL, NULL, argv, envp), ENOENT,
	   "posix_spawn does not");
	environ = path;
	IS(posix_spawnp(&pid, "none", NULL, NULL, argv, envp), ENOENT, "a name that is nowhere");
}

static int spawn_with(const struct spawn_action *actions, unsigned int n, long a, long b)
{
	char *argv[] = { tap_self, "say", (char *)decimal(a), (char *)decimal(b), NULL };
	struct spawn_args args = {
		.path = "/bin/process_spawn", .argv = argv, .actions = actions, .nactions = n
	};

	return croft_spawn(&args);
}

static void test_actions(void)
{
	struct spawn_action dup = { .op = SPAWN_DUP2, .fd = 5 },
			    bad = { .op = SPAWN_DUP2, .fd = 5 };
	struct spawn_action missing = { .op = SPAWN_OPEN, .fd = 6, .path = "/none" };
	struct spawn_action both[2] = { { .op = SPAWN_OPEN, .fd = 6, .path = "/test/words" },
					{ .op = SPAWN_CLOSE, .fd = 6 } };
	posix_spawn_file_actions_t actions;
	char *argv[] = { tap_self, "say", "7", "9", NULL }, word[8];
	pid_t pid = -1;
	int fds[2];

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	dup.from = fds[1];
	bad.from = 9;
	OK(part_ended(spawn_with(&dup, 1, 5, 9), 0), "a descriptor is copied");
	IS(read(fds[0], word, sizeof(word)), 4, "what was written to it arrives");
	OK(part_ended(spawn_with(both, 1, fds[1], 6), 1), "a file is opened");
	OK(part_ended(spawn_with(both, 2, fds[1], 6), 0), "and closed");
	IS(spawn_with(&missing, 1, 0, 0), -1, "a file that is missing");
	IS(errno, ENOENT, "ENOENT");
	IS(spawn_with(&bad, 1, 0, 0), -1, "a descriptor that is not open");
	IS(errno, EBADF, "EBADF");
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	OK(part_ended(spawn_with(NULL, 0, fds[1], fds[0]), 0), "one that closes on exec");
	OK(part_ended(spawn_with(NULL, 0, fds[1], fds[1]), 1), "others are inherited");
	IS(read(fds[0], word, sizeof(word)), 8, "their words arrive, too");
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	OK(part_ended(spawn_with(&dup, 1, 5, fds[1]), 0),
	   "one that closes on exec can be copied first");
	dup.fd = fds[1];
	OK(part_ended(spawn_with(&dup, 1, fds[1], 9), 0), "and to itself, which keeps it open");
	IS(read(fds[0], word, sizeof(word)), 8, "they are written to");
	fcntl(fds[1], F_SETFD, 0);

	posix_spawn_file_actions_init(&actions);
	IS(posix_spawn_file_actions_adddup2(&actions, fds[1], 7), 0, "posix_spawn_file_actions");
	IS(posix_spawn(&pid, "/bin/process_spawn", &actions, NULL, argv, environ), 0, "are taken");
	posix_spawn_file_actions_destroy(&actions);
	OK(part_ended(pid, 0), "and done");
	close(fds[1]);
	while (read(fds[0], word, sizeof(word)) > 0)
		;
	OK(read(fds[0], word, sizeof(word)) == 0, "a pipe that nobody writes to any more ends");
	close(fds[0]);
}

static void test(void)
{
	test_errors();
	test_given();
	test_actions();
}

TAP_MAIN(parts, test)
