/* SPDX-License-Identifier: MIT */
/* The names of look, and what each one runs. */
#include "look.h"

#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage; /* behind the name */
} commands[] = {
	{ "ps", run_ps, "" },
	{ "top", run_top, " [-n ROUNDS] [-d SECONDS]" },
	{ "free", run_free, "" },
	{ "maps", run_maps, " [PID]" },
	{ "mpu", run_mpu, " [PID]" },
	{ "mem", run_mem, "" },
	{ "dmesg", run_dmesg, "" },
	{ "ls", run_ls, " [PATH]..." },
	{ "ipcs", run_ipcs, "" },
	{ "ipcrm", run_ipcrm, " -m ID... | -M KEY..." },
	{ "hexdump", run_hexdump, " [FILE]..." },
	{ "time", run_time, " COMMAND [WORD]..." },
	{ "uname", run_uname, " [-asnrvm]" },
};

const char *command = "look";

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void say(const char *text)
{
	write(STDERR_FILENO, text, strlen(text));
}

static int tell_names(void)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		out("%s%s\n", commands[i].name, commands[i].usage);
	out_flush();
	return STATUS_USAGE;
}

/* By the name it was called, or `look NAME WORD...`. */
int main(int argc, char **argv)
{
	const char *name = base_name(argv[0]);
	int status;

	if (strcmp(name, "look") == 0 && argc > 1) {
		argc--;
		argv++;
		name = argv[0];
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0) {
			command = name;
			status = commands[i].run(argc, argv);
			out_flush();
			if (status == STATUS_USAGE) {
				say("usage: ");
				say(name);
				say(commands[i].usage);
				say("\n");
			}
			return status;
		}
	return tell_names();
}
