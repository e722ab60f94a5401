/* SPDX-License-Identifier: MIT */
/*
 * Eight instances of one program at once: one text, eight of everything else.
 *
 * Addresses are physical, so one address in eight processes is one piece of memory.
 */
#include <fcntl.h>
#include <stdint.h>

#include <croft/limits.h>

#include "tap.h"

#define INSTANCES 8 /* with this one */

/* Descriptors that every instance inherits. */
enum { HOLD_READ = 10, HOLD_WRITE = 11, TELL = 12 };

struct place {
	uintptr_t text, data;
};

static int data;

static struct place own_place(void)
{
	return (struct place){ .text = (uintptr_t)own_place, .data = (uintptr_t)&data };
}

/* Tell where one's parts are, and live until the first instance lets go. */
static int instance(long a, long b)
{
	struct place place = own_place();
	char c;

	(void)a, (void)b;
	close(HOLD_WRITE);
	write(TELL, &place, sizeof(place));
	return read(HOLD_READ, &c, 1) != 0;
}

static const struct part parts[] = { { "instance", instance }, { 0 } };

/* A pipe at two descriptors. */
static int pipe_at(int reader, int writer)
{
	int fds[2];

	if (pipe(fds) || dup2(fds[0], reader) < 0 || dup2(fds[1], writer) < 0)
		return -1;
	return close(fds[0]) | close(fds[1]);
}

/* One more line of a file, without its end.  0 at the end of the file. */
static int read_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	char c;

	while (read(fd, &c, 1) == 1 && c != '\n')
		if (len + 1 < size)
			line[len++] = c;
	line[len] = '\0';
	return len > 0;
}

/* The usage that the list of regions tells of the one that holds an address; 0: not found. */
static long usage_of(uintptr_t at)
{
	char line[120], *end, *usage;
	int fd = open("/proc/maps", O_RDONLY);
	long found = 0;

	while (!found && read_line(fd, line, sizeof(line))) {
		unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, NULL, 16);

		usage = strstr(line, "usage ");
		if (from <= at && at < to && usage)
			found = strtol(usage + strlen("usage "), NULL, 10);
	}
	close(fd);
	return found;
}

static void test(void)
{
	struct place own = own_place(), places[INSTANCES] = { own };
	long before = system_info(INFO_FREE_PAGES), after;
	pid_t pids[INSTANCES] = { 0 };
	int started = 1, one_text = 1, own_data = 1, fd, good = 1;

	if (!OK(pipe_at(HOLD_READ, HOLD_WRITE) == 0 && pipe_at(13, TELL) == 0, "two pipes"))
		return;
	for (; started < INSTANCES; started++) {
		pids[started] = part_start("instance", 0, 0);
		if (pids[started] < 0)
			break;
	}
	IS(started, INSTANCES, "eight instances run at once");
	for (int i = 1; i < started; i++)
		good &= read(13, &places[i], sizeof(own)) == (ssize_t)sizeof(own);
	OK(good, "each tells where it is");
	for (int i = 1; i < started; i++) {
		one_text &= places[i].text == own.text;
		for (int k = 0; k < i; k++)
			own_data &= places[i].data != places[k].data;
	}
	OK(one_text, "all have their text at one address");
	OK(own_data, "each has data of its own");
	after = system_info(INFO_FREE_PAGES);
	note("bytes of RAM for each", (before - after) * sysconf(_SC_PAGESIZE) / (started - 1));

	fd = open("/proc/maps", O_RDONLY);
	close(fd);
	if (fd < 0)
		tap_skip("one region with usage 8", "no /proc/maps");
	else
		IS(usage_of(own.text), INSTANCES, "one region with usage 8");

	close(HOLD_WRITE);
	good = 1;
	for (int i = 1; i < started; i++)
		good &= part_ended(pids[i], 0);
	OK(good, "all end well");
	close(HOLD_READ), close(13), close(TELL);
	IS(system_info(INFO_FREE_PAGES), before, "and leave no page behind");
}

TAP_MAIN(parts, test)
