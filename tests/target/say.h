/* SPDX-License-Identifier: MIT */
/* Lines of text for programs that use no stdio, so as to leave the memory of a small board alone. */
#ifndef SAY_H
#define SAY_H

#include <stddef.h>
#include <unistd.h>

#define SAY_UNUSED __attribute__((__unused__))

/* @n in decimal.  The text lasts for four calls. */
SAY_UNUSED static const char *decimal(long n)
{
	static char texts[4][12];
	static unsigned int next;
	char *p = &texts[next++ % 4][11];
	unsigned long u = n < 0 ? -(unsigned long)n : (unsigned long)n;

	*p = '\0';
	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0)
		*--p = '-';
	return p;
}

/* Write strings as one line, in one call: others write to the console, too. */
#define SAY(...) say_line((const char *const[]){ __VA_ARGS__, NULL })
SAY_UNUSED static void say_line(const char *const *text)
{
	char line[120];
	size_t len = 0;

	for (; *text; text++)
		for (const char *p = *text; *p && len < sizeof(line) - 1; p++)
			line[len++] = *p;
	line[len++] = '\n';
	write(STDOUT_FILENO, line, len);
}

#endif
