/* SPDX-License-Identifier: MIT */
/*
 * Messages.  See include/channel.h.
 *
 * Words go and come in registers, which a plain stub does not know of.
 */
#include "syscall.h"

#include <channel.h>

/* System calls that take or return words; in channel_words.S. */
long __croft_channel_call(int fd, unsigned int words[CHANNEL_WORDS],
			  struct channel_buffers *buffers);
long __croft_channel_receive(int fd, const struct timespec *until,
			     unsigned int words[CHANNEL_WORDS]);
long __croft_channel_reply_receive(int fd, int id, long status, unsigned int words[CHANNEL_WORDS]);

int channel_create(int ends[2])
{
	return (int)syscall_result(__sys_channel_create(ends));
}

long channel_call(int fd, unsigned int words[CHANNEL_WORDS], struct channel_buffers *buffers)
{
	return syscall_result(__croft_channel_call(fd, words, buffers));
}

int channel_receive(int fd, unsigned int words[CHANNEL_WORDS], const struct timespec *until)
{
	return (int)syscall_result(__croft_channel_receive(fd, until, words));
}

int channel_reply(int fd, int id, long status, const unsigned int *words)
{
	static const unsigned int none[CHANNEL_WORDS];

	if (!words)
		words = none;
	return (int)syscall_result(
		__sys_channel_reply(fd, id, status, words[0], words[1], words[2]));
}

int channel_reply_receive(int fd, int id, long status, unsigned int words[CHANNEL_WORDS])
{
	return (int)syscall_result(__croft_channel_reply_receive(fd, id, status, words));
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
	return (int)syscall_result(__sys_channel_notify(fd, bits));
}

int channel_info(int fd, int id, struct channel_info *info)
{
	return (int)syscall_result(__sys_channel_info(fd, id, info));
}

int channel_take(int fd, int id)
{
	return (int)syscall_result(__sys_channel_take(fd, id));
}

int channel_give(int fd, int id, int given)
{
	return (int)syscall_result(__sys_channel_give(fd, id, given));
}

void *channel_map(int fd, int id)
{
	return syscall_pointer((long)__sys_channel_map(fd, id));
}

int channel_interrupt(int fd, int device, unsigned int index, unsigned int bits)
{
	return (int)syscall_result(__sys_channel_interrupt(fd, device, index, bits));
}

int channel_serve(int fd, const char *path, mode_t mode)
{
	return (int)syscall_result(__sys_channel_serve(fd, path, mode));
}

int channel_ready(int fd, unsigned int number, unsigned int events)
{
	return (int)syscall_result(__sys_channel_ready(fd, number, events));
}
