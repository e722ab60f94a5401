/* SPDX-License-Identifier: MIT */
/* From one thread to another and back: in one process, and between two. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <channel.h>

#include "bench.h"

#define SAMPLES 50

/* Descriptors of the pipes to the helper that echoes and from it, which it inherits. */
#define TO_ECHO	  10
#define FROM_ECHO 11
/* The end of a channel that the helper receives from. */
#define RECEIVER  12

static volatile int is_over;

static void *yield_thread(void *arg)
{
	(void)arg;
	while (!is_over)
		sched_yield();
	return NULL;
}

/* The other gives way, too: when this thread runs again there have been two switches. */
static void measure_yield(const char *name)
{
	for (int i = 0; i < 4; i++)
		sched_yield();
	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		sched_yield();
		END();
	}
	row(name, NONE, SAMPLES);
}

static void measure_threads(void)
{
	pthread_t thread;

	must(pthread_create(&thread, NULL, yield_thread, NULL) == 0, "a thread starts");
	measure_yield("yield.threads");
	is_over = 1;
	pthread_join(thread, NULL);
}

void helper_yield(long n)
{
	(void)n;
	helper_ready();
	for (;;)
		sched_yield();
}

void helper_echo(long n)
{
	char c;

	(void)n;
	helper_ready();
	while (read(TO_ECHO, &c, 1) == 1)
		write(FROM_ECHO, &c, 1);
}

/* Put the ends of a pipe where the helper finds one of them; returns the other. */
static int pipe_end(int which, int at)
{
	int fds[2];

	must(pipe(fds) == 0 && dup2(fds[which], at) == at, "a pipe");
	close(fds[which]);
	fcntl(fds[!which], F_SETFD, FD_CLOEXEC);
	return fds[!which];
}

static void measure_pipe(void)
{
	int to = pipe_end(0, TO_ECHO), from = pipe_end(1, FROM_ECHO);
	pid_t pid = helper_start("echo:0");
	char c = 'x';

	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		write(to, &c, 1);
		read(from, &c, 1);
		END();
	}
	row("pipe", NONE, SAMPLES);
	helper_end(pid);
	close(to);
	close(from);
}

/* Answer every call with what it sent. */
void helper_serve(long n)
{
	unsigned int words[CHANNEL_WORDS];
	int id = 0;

	(void)n;
	helper_ready();
	while ((id = channel_reply_receive(RECEIVER, id, 0, words)) >= 0)
		;
}

/* Four words there, three and a status back. */
static void measure_channel(void)
{
	unsigned int words[CHANNEL_WORDS] = { 1, 2, 3, 4 };
	int ends[2];
	pid_t pid;

	must(channel_create(ends) == 0 && dup2(ends[0], RECEIVER) == RECEIVER, "a channel");
	pid = helper_start("serve:0");
	for (int i = 0; i < SAMPLES; i++) {
		long status;

		BEGIN();
		status = channel_call(ends[1], words, NULL);
		END();
		must(status == 0 && words[2] == 3, "an answer");
	}
	row("channel", NONE, SAMPLES);
	helper_end(pid);
	close(ends[0]);
	close(ends[1]);
	close(RECEIVER);
}

void group_switch(long n)
{
	pid_t pid;

	(void)n;
	measure_threads();
	pid = helper_start("yield:0");
	measure_yield("yield.processes");
	helper_end(pid);
	measure_pipe();
	measure_channel();
}
