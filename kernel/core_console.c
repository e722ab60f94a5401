/* SPDX-License-Identifier: MIT */
/*
 * Core dumps over the console, as lines that tools/core.py makes a file of again.
 *
 *	#core 12 0 f0VMRgEBAQAAAAAAAAAAAAQAKAABAAAAAAAAADQAAAAAAAAAAAIABTQAIAAGAAAA
 *	#core 12 30 ...
 *	#core 12 end 2710 9ae0daaf
 *
 * Process, offset in hexadecimal, bytes in base 64; at the end the length, and the CRC of all
 * bytes.  What is all zero is left out.  Each line goes out whole, so others may print between.
 */
#include <errno.h>
#include <kernel/console.h>
#include <stdio.h>
#include <string.h>

#include "core_dump.h"

#define BYTES	 48u /* in a line */
#define LINE_MAX 96u
#define CRC_POLY 0xedb88320u /* CRC-32 of ISO 3309, as zlib has it */

static void add_crc(struct core *core, const uint8_t *from, size_t len)
{
	uint32_t crc = ~core->crc;

	for (size_t i = 0; i < len; i++) {
		crc ^= from[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLY : 0);
	}
	core->crc = ~crc;
}

static char digit(unsigned int n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	return digits[n & 63];
}

static char *put_base64(char *to, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t group = (uint32_t)from[i] << 16 |
				 (i + 1 < len ? (uint32_t)from[i + 1] << 8 : 0) |
				 (i + 2 < len ? from[i + 2] : 0);

		*to++ = digit(group >> 18);
		*to++ = digit(group >> 12);
		*to++ = i + 1 < len ? digit(group >> 6) : '=';
		*to++ = i + 2 < len ? digit(group) : '=';
	}
	return to;
}

static bool is_zero(const uint8_t *from, size_t len)
{
	while (len > 0 && from[len - 1] == 0)
		len--;
	return len == 0;
}

static int core_console_open(struct core *core)
{
	static const char path[] = "the console";

	memcpy(core->path, path, sizeof(path));
	return 0;
}

static ssize_t core_console_write(struct core *core, const void *from, size_t len)
{
	char line[LINE_MAX], *end;

	len = MIN(len, BYTES);
	if (!is_zero(from, len)) {
		end = line + sniprintf(line, sizeof(line), "#core %d %lx ", core->proc->pid,
				       (unsigned long)core->off);
		end = put_base64(end, from, len);
		*end++ = '\n';
		if (!console_try_write(line, (size_t)(end - line)))
			return -EAGAIN;
	}
	add_crc(core, from, len);
	return (ssize_t)len;
}

static void core_console_close(struct core *core)
{
	kprintf("#core %d end %lx %08lx\n", core->proc->pid, (unsigned long)core->off,
		(unsigned long)core->crc);
}

const struct core_sink core_console_sink = { "console", core_console_open, core_console_write,
					     core_console_close };
