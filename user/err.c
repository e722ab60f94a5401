/* SPDX-License-Identifier: MIT */
/* err.h: messages as of 4.4BSD, `name: text: errno in words`. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char *__croft_name;

/* @error: 0: none to tell. */
static void tell(int error, const char *format, va_list args)
{
	const char *slash = strrchr(__croft_name, '/');

	fprintf(stderr, "%s: ", slash ? slash + 1 : __croft_name);
	if (format)
		vfprintf(stderr, format, args);
	if (error)
		fprintf(stderr, "%s%s", format ? ": " : "", strerror(error));
	putc('\n', stderr);
}

void vwarn(const char *format, va_list args)
{
	tell(errno, format, args);
}

void vwarnx(const char *format, va_list args)
{
	tell(0, format, args);
}

void verr(int status, const char *format, va_list args)
{
	vwarn(format, args);
	exit(status);
}

void verrx(int status, const char *format, va_list args)
{
	vwarnx(format, args);
	exit(status);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarn(format, args);
	va_end(args);
}

void warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
}

void err(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarn(format, args);
	va_end(args);
	exit(status);
}

void errx(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
	exit(status);
}
