/* SPDX-License-Identifier: MIT */
/*
 * Messages.  See include/channel.h.
 *
 * Calls whose words go and come in registers, which a plain stub does not know of, are in channel_words.S.
 */
#include "syscall.h"

#include <channel.h>

int channel_create(int ends[2])
{
	return (int)__call_channel_create(ends);
}

int channel_reply(int fd, int id, long status, const unsigned int *words)
{
	static const unsigned int none[CHANNEL_WORDS];

	if (!words)
		words = none;
	return (int)__call_channel_reply(fd, id, status, words[0], words[1], words[2]);
}

/* The kernel moves a bounded part at a time. */

ssize_t channel_read(int fd, int id, size_t off, void *to, size_t len)
{
	size_t done = 0;
	long got;

	do {
		got = __sys_channel_read(fd, id, off + done, (char *)to + done, len - done);
		if (got > 0)
			done += (size_t)got;
	} while (got > 0 && done < len);
	return got < 0 ? (ssize_t)syscall_result(got) : (ssize_t)done;
}

ssize_t channel_write(int fd, int id, size_t off, const void *from, size_t len)
{
	size_t done = 0;
	long put;

	do {
		put = __sys_channel_write(fd, id, off + done, (const char *)from + done,
					  len - done);
		if (put > 0)
			done += (size_t)put;
	} while (put > 0 && done < len);
	return put < 0 ? (ssize_t)syscall_result(put) : (ssize_t)done;
}

int channel_notify(int fd, unsigned int bits)
{
	return (int)__call_channel_notify(fd, bits);
}

int channel_info(int fd, int id, struct channel_info *info)
{
	return (int)__call_channel_info(fd, id, info);
}

int channel_take(int fd, int id)
{
	return (int)__call_channel_take(fd, id);
}

int channel_give(int fd, int id, int given)
{
	return (int)__call_channel_give(fd, id, given);
}

void *channel_map(int fd, int id)
{
	return (void *)__call_channel_map(fd, id);
}

int channel_interrupt(int fd, int device, unsigned int index, unsigned int bits)
{
	return (int)__call_channel_interrupt(fd, device, index, bits);
}

int channel_serve(int fd, const char *path, mode_t mode)
{
	return (int)__call_channel_serve(fd, path, mode);
}

int channel_ready(int fd, unsigned int number, unsigned int events)
{
	return (int)__call_channel_ready(fd, number, events);
}
