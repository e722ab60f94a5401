/* SPDX-License-Identifier: MIT */
/* Pipes between processes: more bytes than fit, in order, and how they end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tap.h"

#define BYTES 10000
#define PIECE 700 /* more than a pipe holds at once */

static unsigned char byte_at(int i)
{
	return (unsigned char)(i * 7 + i / 256);
}

/* Write the bytes to descriptor @a in pieces. */
static int produce(long a, long b)
{
	unsigned char piece[PIECE];

	(void)b;
	for (int i = 0; i < BYTES;) {
		int n = BYTES - i < PIECE ? BYTES - i : PIECE;

		for (int k = 0; k < n; k++)
			piece[k] = byte_at(i + k);
		for (int done = 0; done < n;) {
			ssize_t put = write((int)a, piece + done, (size_t)(n - done));

			if (put <= 0)
				return 1;
			done += (int)put;
		}
		i += n;
	}
	return 0;
}

/* Write to a pipe that nobody reads. */
static int write_to_nobody(long a, long b)
{
	close((int)b);
	errno = 0;
	return write((int)a, "x", 1) == -1 && errno == EPIPE ? 0 : 1;
}

static const struct part parts[] = { { "produce", produce }, { "nobody", write_to_nobody }, { 0 } };

static void test(void)
{
	unsigned char piece[100];
	int fds[2], got = 0, wrong = 0, status;
	ssize_t n;
	pid_t pid;

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	pid = part_start("produce", fds[1], 0);
	close(fds[1]);
	while ((n = read(fds[0], piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++)
			wrong += piece[i] != byte_at(got++);
	IS(got, BYTES, "all bytes arrive");
	IS(wrong, 0, "in order");
	OK(part_ended(pid, 0), "the writer has ended well");
	IS(n, 0, "and the reader has come to the end");
	close(fds[0]);

	if (!OK(pipe(fds) == 0, "another pipe"))
		return;
	IS(lseek(fds[0], 0, SEEK_SET), -1, "a pipe has no offset");
	IS(errno, ESPIPE, "ESPIPE");
	IS(write(fds[0], "x", 1), -1, "its reading end cannot be written");
	IS(errno, EBADF, "EBADF");
	IS(read(fds[1], piece, 1), -1, "its writing end cannot be read");
	IS(errno, EBADF, "EBADF");
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	IS(read(fds[0], piece, 1), -1, "nothing is there, and it does not wait");
	IS(errno, EAGAIN, "EAGAIN");
	pid = part_start("nobody", fds[1], fds[0]);
	close(fds[0]);
	status = part_status(pid);
	OK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE),
	   "writing to nobody: EPIPE, or the end by SIGPIPE");
	close(fds[1]);
}

TAP_MAIN(parts, test)
