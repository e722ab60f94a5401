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
		if (write((int)a, piece, (size_t)n) != n) /* it waits until all is in */
			return 1;
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

static volatile int count;

static void note_signal(int sig)
{
	(void)sig;
	count++;
}

/* Write more than there is room for, until a signal comes; @b: with SA_RESTART. */
static int interrupted(long a, long b)
{
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = b ? SA_RESTART : 0 };
	char piece[PIECE] = "";
	ssize_t n;

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	n = write((int)a, piece, sizeof(piece));
	return count == 1 && n > 0 && n < PIECE ? 0 : 1;
}

/* Write more than there is room for, until the only reader ends. */
static int deserted(long a, long b)
{
	char piece[PIECE] = "";
	ssize_t n;

	close((int)b);
	signal(SIGPIPE, note_signal);
	n = write((int)a, piece, sizeof(piece));
	if (count != 1 || n <= 0 || n >= PIECE)
		return 1;
	return write((int)a, piece, 1) == -1 && errno == EPIPE && count == 2 ? 0 : 2;
}

/* Be a reader, and read nothing. */
static int hold(long a, long b)
{
	(void)a;
	close((int)b);
	usleep(100000);
	return 0;
}

static const struct part parts[] = {
	{ "produce", produce },
	{ "nobody", write_to_nobody },
	{ "interrupted", interrupted },
	{ "deserted", deserted },
	{ "hold", hold },
	{ 0 },
};

/* A write that has begun and cannot go on tells how much it has written. */
static void test_broken_off(void)
{
	pid_t writer, reader;
	int fds[2];

	for (int i = 0; i < 2; i++) {
		pipe(fds);
		OK(part_ended(part_start("interrupted", fds[1], i), 0),
		   i ? "a signal breaks it off, with SA_RESTART too" : "a signal breaks it off");
		close(fds[0]);
		close(fds[1]);
	}
	pipe(fds);
	reader = part_start("hold", fds[0], fds[1]);
	writer = part_start("deserted", fds[1], fds[0]);
	close(fds[0]);
	close(fds[1]);
	OK(part_ended(writer, 0), "so does the end of the reader: SIGPIPE, then EPIPE");
	part_status(reader);
}

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
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE, "writing to nobody: SIGPIPE");
	close(fds[1]);
	test_broken_off();
}

TAP_MAIN(parts, test)
