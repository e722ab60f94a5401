/* SPDX-License-Identifier: MIT */
/*
 * mem: every page of RAM as a letter, in the colour of its owner.
 *
 *	20000000 ######k1h2222~2.................................................
 *
 * A row has 64 pages.  Rows of which every page is free are told in one line.
 */
#include "look.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW    64
#define OWNERS 6 /* colours; who comes later shares them */
#define SHARED (-1)
#define NOBODY 0

static struct {
	int pids[OWNERS]; /* 0: free */
	unsigned int used;
} colours;

static struct {
	char letters[ROW];
	int owners[ROW];
	unsigned int n;
	unsigned long start;
	unsigned long free_from, nfree; /* rows before this one that are free, in pages */
} row;

static bool is_coloured;
static unsigned long page_size, runs, longest;

static const struct {
	const char *kind;
	char letter;
	const char *what;
} kinds[] = {
	{ "static", '#', "kernel data" },  { "kernel", 'k', "kernel records" },
	{ "anon", 'a', "anonymous" },	   { "heap", 'h', "data and heap" },
	{ "stack", 's', "stack" },	   { "copy", 'c', "copied file" },
	{ "store", 'f', "file, segment" }, { "spare", '~', "spare" },
	{ "free", '.', "free" },
};

static char letter_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(kind, kinds[i].kind, strlen(kinds[i].kind)) == 0)
			return kinds[i].letter;
	return '?';
}

static int owner_of(const char *owners)
{
	if (*owners == '-')
		return NOBODY;
	return strchr(owners, ',') ? SHARED : atoi(owners);
}

/* The terminal's colour of an owner: 41 to 46 are theirs, 47 is for what is shared. */
static int colour_of(int owner)
{
	unsigned int i;

	if (owner == NOBODY)
		return 0;
	if (owner == SHARED)
		return 47;
	for (i = 0; i < colours.used && i < OWNERS; i++)
		if (colours.pids[i] == owner)
			return 41 + (int)i;
	if (i == OWNERS)
		return 41 + owner % OWNERS;
	colours.pids[colours.used++] = owner;
	return 41 + (int)i;
}

static void put_colour(int owner)
{
	int colour = colour_of(owner);

	if (!is_coloured)
		return;
	if (colour)
		out("\x1b[30;%dm", colour);
	else
		out("\x1b[0m");
}

static void put_free_rows(void)
{
	if (row.nfree)
		out("%08lx %lu pages free\n", row.free_from, row.nfree);
	row.nfree = 0;
}

static void put_row(void)
{
	int owner = NOBODY;
	bool is_free = row.n == ROW;

	for (unsigned int i = 0; i < row.n; i++)
		is_free &= row.letters[i] == '.';
	if (is_free) {
		if (row.nfree == 0)
			row.free_from = row.start;
		row.nfree += row.n;
	} else if (row.n) {
		put_free_rows();
		out("%08lx ", row.start);
		for (unsigned int i = 0; i < row.n; i++) {
			if (row.owners[i] != owner)
				put_colour(owner = row.owners[i]);
			out("%c", row.letters[i]);
		}
		if (owner != NOBODY)
			put_colour(NOBODY);
		out("\n");
	}
	row.start += row.n * page_size;
	row.n = 0;
}

static void add_run(unsigned long start, unsigned long npages, char letter, int owner)
{
	if (start != row.start + row.n * page_size) { /* another bank */
		put_row();
		put_free_rows();
		row.start = start;
	}
	if (letter == '.') {
		runs++;
		longest = npages > longest ? npages : longest;
	}
	while (npages--) {
		row.letters[row.n] = letter;
		row.owners[row.n++] = owner;
		if (row.n == ROW)
			put_row();
	}
}

static void put_legend(void)
{
	struct task task;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		out("%c %s%s", kinds[i].letter, kinds[i].what,
		    i + 1 < sizeof(kinds) / sizeof(kinds[0]) ? "   " : "\n");
	for (unsigned int i = 0; i < colours.used; i++) {
		if (!task_read(colours.pids[i], &task))
			continue;
		put_colour(task.pid);
		out("%d %s", task.pid, task.name);
		put_colour(NOBODY);
		out("   ");
	}
	put_colour(SHARED);
	out("shared");
	put_colour(NOBODY);
	out("\n%lu free runs, the longest of %lu kB\n", runs, longest * page_size / 1024);
}

int run_mem(int argc, char **argv)
{
	char *line, *kind;
	unsigned long start, npages;

	(void)argv;
	if (argc > 1)
		return STATUS_USAGE;
	if (!text_open("/proc/pagemap"))
		return complain_errno("/proc/pagemap");
	page_size = (unsigned long)sysconf(_SC_PAGESIZE);
	is_coloured = out_is_terminal();
	while ((line = text_next())) {
		start = strtoul(line, NULL, 16);
		npages = strtoul(line + 17, &kind, 10);
		kind++;
		add_run(start, npages, letter_of(kind), owner_of(kind + 8));
	}
	put_row();
	put_free_rows();
	put_legend();
	return 0;
}
