/* SPDX-License-Identifier: MIT */
/* Say on standard error what went wrong, and end: the program's name, the text, and errno in words. */
#ifndef CROFT_ERR_H
#define CROFT_ERR_H

#include <stdarg.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

void err(int status, const char *format, ...)
	__attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void errx(int status, const char *format, ...)
	__attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void verr(int status, const char *format, va_list args)
	__attribute__((__noreturn__, __format__(__printf__, 2, 0)));
void verrx(int status, const char *format, va_list args)
	__attribute__((__noreturn__, __format__(__printf__, 2, 0)));
void warn(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void warnx(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void vwarn(const char *format, va_list args) __attribute__((__format__(__printf__, 1, 0)));
void vwarnx(const char *format, va_list args) __attribute__((__format__(__printf__, 1, 0)));

__END_DECLS

#endif
