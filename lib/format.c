/* SPDX-License-Identifier: MIT */
/*
 * newlib's integer printf into a buffer, as far as the kernel uses it.
 *
 *	%[-][0][WIDTH|*][.PRECISION|.*][l](c|d|o|s|u|x|%)
 *
 * Newlib's own takes 3 KB: it shares code with the printf of streams, and with that come malloc()
 * and free().
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DIGITS_MAX 24 /* of a long in base 8, on any machine */

struct text {
	char *to;
	size_t size, len; /* @len counts what there was no room for, too */
};

struct field {
	bool is_left, is_long;
	char pad;
	int width, precision; /* -1: as long as it is */
};

static void put(struct text *text, char c)
{
	if (text->len + 1 < text->size)
		text->to[text->len] = c;
	text->len++;
}

static void put_pads(struct text *text, char c, int n)
{
	while (n-- > 0)
		put(text, c);
}

static void put_field(struct text *text, const struct field *field, const char *from, int len)
{
	int pads = field->width - len;

	if (!field->is_left) {
		if (field->pad == '0' && len > 0 && *from == '-') {
			put(text, *from++);
			len--;
		}
		put_pads(text, field->pad, pads);
	}
	while (len-- > 0)
		put(text, *from++);
	if (field->is_left)
		put_pads(text, ' ', pads);
}

static void put_string(struct text *text, const struct field *field, const char *from)
{
	int len = 0;

	while (len != field->precision && from[len])
		len++;
	put_field(text, field, from, len);
}

static void put_number(struct text *text, const struct field *field, unsigned long n,
		       bool is_negative, unsigned int base)
{
	char digits[DIGITS_MAX], *at = digits + sizeof(digits);

	do
		*--at = "0123456789abcdef"[n % base];
	while (n /= base);
	if (is_negative)
		*--at = '-';
	put_field(text, field, at, (int)(digits + sizeof(digits) - at));
}

/* A number in the format, or the next argument. */
static const char *take_number(const char *format, va_list *args, int *n)
{
	if (*format == '*') {
		*n = va_arg(*args, int);
		return format + 1;
	}
	for (*n = 0; *format >= '0' && *format <= '9'; format++)
		*n = *n * 10 + (*format - '0');
	return format;
}

static const char *take_field(const char *format, va_list *args, struct field *field)
{
	*field = (struct field){ .pad = ' ', .precision = -1 };
	for (; *format == '-' || *format == '0'; format++)
		if (*format == '-')
			field->is_left = true;
		else
			field->pad = '0';
	format = take_number(format, args, &field->width);
	if (*format == '.')
		format = take_number(format + 1, args, &field->precision);
	field->is_long = *format == 'l';
	return format + field->is_long;
}

static void put_argument(struct text *text, const struct field *field, char kind, va_list *args)
{
	unsigned long n;
	char c = kind;

	switch (kind) {
	case 's':
		put_string(text, field, va_arg(*args, const char *));
		return;
	case 'c':
		c = (char)va_arg(*args, int);
		/* fall through */
	case '%':
		put_field(text, field, &c, 1);
		return;
	}
	if (field->is_long)
		n = va_arg(*args, unsigned long);
	else if (kind == 'd')
		n = (unsigned long)va_arg(*args, int);
	else
		n = va_arg(*args, unsigned int);
	if (kind == 'd' && (long)n < 0)
		put_number(text, field, -n, true, 10);
	else
		put_number(text, field, n, false, kind == 'x' ? 16 : kind == 'o' ? 8 : 10);
}

int vsniprintf(char *to, size_t size, const char *format, va_list list)
{
	struct text text = { .to = to, .size = size };
	struct field field;
	va_list args;

	va_copy(args, list);
	for (; *format; format++) {
		if (*format != '%') {
			put(&text, *format);
			continue;
		}
		format = take_field(format + 1, &args, &field);
		put_argument(&text, &field, *format, &args);
	}
	va_end(args);
	if (size)
		to[text.len < size ? text.len : size - 1] = '\0';
	return (int)text.len;
}

int sniprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsniprintf(to, size, format, args);
	va_end(args);
	return len;
}
