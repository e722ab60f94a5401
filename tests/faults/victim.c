/* SPDX-License-Identifier: MIT */
/*
 * What tests/faults.py flips bits in: a stranger that is busy with its stack, data, heap and calls.
 * With an argument it first takes all that it may have of one kind.
 */
#include <croft/thread.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

#include "../target/hog.h"

#define STRANGER 7
#define NODES	 16
#define HEAP	 1024

struct node {
	struct node *next;
	uint32_t value;
};

static struct node nodes[NODES];
static struct node *head;

static void take_timers(void)
{
	hog_timers(SIGEV_NONE);
}

static void take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	hog_signals();
}

static void take_segments(void)
{
	for (;;) {
		int id = shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600);

		if (id < 0)
			break;
		shmat(id, NULL, 0);
		shmctl(id, IPC_RMID, NULL); /* it goes with its last user */
	}
}

static void (*const takes[])(void) = { hog_memory,  hog_pipes,	  hog_threads,
				       take_timers, take_signals, take_segments };

/* Sort some words on the stack, deeper and deeper. */
static uint32_t sort_deep(uint32_t seed, int depth)
{
	uint32_t words[12];

	for (int i = 0; i < 12; i++) {
		int j = i;

		seed = seed * 1103515245 + 12345;
		for (; j > 0 && words[j - 1] > seed; j--)
			words[j] = words[j - 1];
		words[j] = seed;
	}
	return depth ? words[6] + sort_deep(words[3], depth - 1) : words[5];
}

static void link_nodes(uint32_t seed)
{
	for (int i = 0; i < NODES; i++) {
		struct node **at = &head;

		nodes[i].value = seed >> i;
		if (i == 0)
			head = NULL;
		while (*at && (*at)->value < nodes[i].value)
			at = &(*at)->next;
		nodes[i].next = *at;
		*at = &nodes[i];
	}
}

static void call(const int *fds, uint32_t *heap, uint32_t seed)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	heap[seed % (HEAP / 4)] += (uint32_t)time.tv_nsec;
	write(fds[1], heap, 16);
	read(fds[0], heap + 8, 16);
	mprotect(heap, HEAP, PROT_READ);
	mprotect(heap, HEAP, PROT_READ | PROT_WRITE);
}

int main(int argc, char **argv)
{
	struct rlimit none = { 0, 0 };
	uint32_t seed = (uint32_t)getpid();
	uint32_t *heap;
	int fds[2];

	for (int fd = 0; fd < 3; fd++) /* it must not type to the shell */
		close(fd);
	setrlimit(RLIMIT_CORE, &none);
	if (setgid(STRANGER) || setuid(STRANGER) || pipe(fds))
		return 1;
	heap = mmap(NULL, HEAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (heap == MAP_FAILED)
		return 2;
	if (argc > 1)
		takes[(unsigned int)atoi(argv[1]) % (sizeof(takes) / sizeof(takes[0]))]();
	/* Calls are few, so that the machine is stopped in the program more often than in the kernel. */
	for (unsigned int n = 0;; n++) {
		seed = sort_deep(seed, 4);
		link_nodes(seed);
		if (n % 64 == 0)
			call(fds, heap, seed);
	}
}
