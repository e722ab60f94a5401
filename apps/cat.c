/* SPDX-License-Identifier: MIT */
/* cat [FILE...]: writes files, or standard input, to standard output. */
#include <croft.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int complain(const char *name)
{
	const char *const text[] = { "cat: ", name, ": ", error_text(errno), "\n" };

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		write(STDERR_FILENO, text[i], strlen(text[i]));
	return 1;
}

/* Returns 0 when all of @fd was copied. */
static int copy(int fd)
{
	char buf[256];
	ssize_t got, put = 0;

	while ((got = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t done = 0; done < got; done += put) {
			put = write(STDOUT_FILENO, buf + done, (size_t)(got - done));
			if (put < 0)
				return 1;
		}
	return got != 0;
}

int main(int argc, char **argv)
{
	int failed = 0, fd;

	if (argc == 1)
		return copy(STDIN_FILENO);
	for (int i = 1; i < argc; i++) {
		fd = open(argv[i], O_RDONLY);
		if (fd < 0 || copy(fd))
			failed |= complain(argv[i]);
		close(fd);
	}
	return failed;
}
