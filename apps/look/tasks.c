/* SPDX-License-Identifier: MIT */
/* Processes, as /proc tells of them.  docs/proc.md has the fields of stat. */
#include "look.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_LEN 320

/* Field @n, 3 being the first behind the name. */
static const char *field(const char *behind_name, int n)
{
	while (n-- > 3)
		behind_name = strchr(behind_name, ' ') + 1;
	return behind_name;
}

static unsigned long number(const char *behind_name, int n)
{
	return strtoul(field(behind_name, n), NULL, 10);
}

static ssize_t read_stat(int pid, char stat[STAT_LEN])
{
	char path[PATH_LEN];
	ssize_t got = -1;
	int fd;

	sniprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		got = read(fd, stat, STAT_LEN - 1);
		close(fd);
	}
	return got;
}

bool task_read(int pid, struct task *task)
{
	char stat[STAT_LEN], *name, *end;
	ssize_t got = read_stat(pid, stat);

	if (got <= 0)
		return false;
	stat[got] = '\0';
	name = strchr(stat, '(');
	end = strrchr(stat, ')'); /* a name may hold one, too */
	if (!name || !end)
		return false;
	*end = '\0';
	end += 2;
	*task = (struct task){
		.pid = pid,
		.state = *end,
		.ppid = (int)number(end, 4),
		.misses = number(end, 10),
		.ticks = number(end, 14),
		.threads = (int)number(end, 20),
		.started = number(end, 22),
		.resident_kb = number(end, 24) * ((unsigned long)sysconf(_SC_PAGESIZE) / 1024),
		.priority = (int)number(end, 40),
	};
	strncpy(task->name, name + 1, sizeof(task->name) - 1);
	return true;
}

/* The directory is read anew for each, in any order: no list of them is kept. */
int task_next(int pid)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int next = 0, n;

	while (dir && (entry = readdir(dir)) != NULL) {
		n = atoi(entry->d_name);
		if (n > pid && (next == 0 || n < next))
			next = n;
	}
	if (dir)
		closedir(dir);
	return next;
}
