/* SPDX-License-Identifier: MIT */
/* hexdump: bytes as numbers and letters.  time: how long a command takes. */
#include "look.h"

#include <croft.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROW 16

extern char **environ;

static void put_bytes(unsigned long at, const unsigned char *bytes, size_t n)
{
	out("%08lx ", at);
	for (size_t i = 0; i < ROW; i++) {
		out(i == ROW / 2 ? "  " : " ");
		if (i < n)
			out("%02x", bytes[i]);
		else
			out("  ");
	}
	out("  |");
	for (size_t i = 0; i < n; i++)
		out("%c", bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.');
	out("|\n");
}

/* As many bytes as there are, up to @len: a pipe may give fewer at a time. */
static size_t read_all(int fd, unsigned char *to, size_t len, bool *failed)
{
	size_t n = 0;
	ssize_t got = 1;

	while (n < len && got > 0) {
		got = read(fd, to + n, len - n);
		n += got > 0 ? (size_t)got : 0;
	}
	*failed = got < 0;
	return n;
}

/* A row that is like the one before is left out; "*" stands for all such. */
static bool dump(int fd)
{
	unsigned char bytes[2][ROW];
	unsigned long at = 0;
	unsigned int now = 0;
	bool is_squeezed = false, failed;
	size_t n;

	while ((n = read_all(fd, bytes[now], ROW, &failed)) > 0) {
		if (at && n == ROW && memcmp(bytes[0], bytes[1], ROW) == 0) {
			if (!is_squeezed)
				out("*\n");
			is_squeezed = true;
		} else {
			put_bytes(at, bytes[now], n);
			is_squeezed = false;
		}
		at += n;
		now ^= 1;
	}
	if (at)
		out("%08lx\n", at);
	return !failed;
}

int run_hexdump(int argc, char **argv)
{
	int failed = 0, fd;

	if (argc == 1)
		return !dump(STDIN_FILENO);
	for (int i = 1; i < argc; i++) {
		fd = open(argv[i], O_RDONLY);
		if (fd < 0 || !dump(fd))
			failed |= complain_errno(argv[i]);
		close(fd);
	}
	return failed;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Ticks of children that were waited for: field 16 of stat, whose second has no blank here. */
static unsigned long children_ticks(void)
{
	const char *at;

	if (!text_open("/proc/self/stat"))
		return 0;
	at = text_next();
	text_close();
	for (int i = 1; i < 16 && at; i++)
		at = strchr(at, ' ') + 1;
	return strtoul(at, NULL, 10);
}

int run_time(int argc, char **argv)
{
	struct spawn_args args = { .path = argv[1], .argv = argv + 1, .envp = environ };
	long long begun = now_ns();
	unsigned long ms, ticks;
	char line[64];
	int status;
	pid_t pid;

	if (argc < 2)
		return STATUS_USAGE;
	pid = croft_spawnp(&args);
	if (pid < 0) {
		complain_errno(argv[1]);
		return 127;
	}
	waitpid(pid, &status, 0);
	ms = (unsigned long)((now_ns() - begun) / 1000000);
	ticks = children_ticks();
	siprintf(line, "real %lu.%03lu s\nuser %lu.%02lu s\n", ms / 1000, ms % 1000, ticks / 100,
		 ticks % 100);
	write(STDERR_FILENO, line, strlen(line));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_dmesg(int argc, char **argv)
{
	(void)argv;
	return argc == 1 ? text_show("/proc/kmsg") : STATUS_USAGE;
}
