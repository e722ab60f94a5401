/* SPDX-License-Identifier: MIT */
/*
 * A call carries memory that the caller's process maps anew while it is under way: its server, which is more
 * urgent, looks between the steps of clearing it, and must not see what others have left there.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <time.h>

#include <channel.h>

#include "tap.h"

#define LOOKS	400
#define LONGEST 20 /* seconds */
#define LEFT	0xa5
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

static size_t page, size;
static char *place;
static int ends[2];

/* Shared with the server. */
struct state {
	volatile int is_called;
	volatile int is_fresh; /* nobody of this process has written to what is mapped at the place */
	volatile long looks, seen, refused, leaks;
};
static struct state *state;

static void set_sizes(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	size = 64 * page;
}

/* Look at the end of what the call carries, at ever other moments. */
static void look(int id)
{
	static long turn;
	struct timespec moment = { 0, 300000 + turn++ % 97 *
						       3001 }; /* others are to get on meanwhile */
	unsigned char bytes[64];
	ssize_t got;

	nanosleep(&moment, NULL);
	if (!state->is_fresh)
		return;
	state->looks++;
	got = channel_read(ends[0], id, size - page, bytes, sizeof(bytes));
	state->seen += got > 0;
	state->refused += got < 0;
	for (ssize_t i = 0; i < got; i++)
		state->leaks += bytes[i] != 0;
}

static int server(long receiver, long segment)
{
	struct sched_param urgent = { .sched_priority = 24 };
	unsigned int words[CHANNEL_WORDS];
	int id;

	set_sizes();
	ends[0] = (int)receiver;
	state = shmat((int)segment, NULL, 0);
	if (state == (void *)-1 || pthread_setschedparam(pthread_self(), SCHED_FIFO, &urgent))
		return 1;
	id = channel_receive(ends[0], words, NULL);
	state->is_called = 1;
	for (time_t end = time(NULL) + LONGEST; state->looks < LOOKS && time(NULL) < end;)
		look(id);
	return id > 0 && !channel_reply(ends[0], id, 0, NULL) ? 0 : 1;
}

/* Leave something in the memory of a place. */
static int litter(long at, long b)
{
	char *p;

	(void)b;
	set_sizes();
	p = mmap((void *)at, size, PROT_READ | PROT_WRITE, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	if (p == MAP_FAILED)
		return errno;
	memset(p, LEFT, size);
	return 0;
}

static void *call(void *arg)
{
	unsigned int words[CHANNEL_WORDS] = { 0 };
	struct channel_buffers buffers = { .send = place, .send_len = size, .give = -1 };

	(void)arg;
	return (void *)channel_call(ends[1], words, &buffers);
}

static int map_anew(void)
{
	static const int flags[] = { ANON, ANON | MAP_FIXED };
	static unsigned int turn;
	char *p;

	state->is_fresh = 1;
	p = mmap(place, size, PROT_READ | PROT_WRITE, flags[turn++ % 2], -1, 0);
	sched_yield();
	state->is_fresh = 0;
	return p == place && munmap(place, size) == 0;
}

static void test(void)
{
	int segment = shmget(IPC_PRIVATE, sizeof(*state), 0600), rounds = 0, bad = 0;
	pthread_t caller;
	void *result;
	pid_t pid;

	set_sizes();
	if ((size_t)sysconf(_SC_PHYS_PAGES) < 4 * size / page) {
		tap_skip("memory that is cleared in many steps", "there is too little of it");
		return;
	}
	state = shmat(segment, NULL, 0);
	place = mmap(NULL, 4 * size, PROT_READ | PROT_WRITE, ANON, -1, 0);
	if (!OK(place != MAP_FAILED && !channel_create(ends), "a place, and a channel"))
		return;
	place += 2 *
		 size; /* where nothing else is put: what is made lies at an end of what is free */
	fcntl(ends[0], F_SETFD, 0);
	pid = part_start("server", ends[0], segment);
	close(ends[0]);
	if (!OK(pthread_create(&caller, NULL, call, NULL) == 0, "a thread calls"))
		return;
	for (int ms = 0; !state->is_called && ms < 1000; ms++)
		usleep(1000);
	IS(state->is_called, 1, "the server has the call");
	munmap(place - 2 * size, 4 * size);
	for (; state->looks < LOOKS && rounds < 20 * LOOKS && !bad; rounds++) {
		if (rounds % 8 == 0)
			bad += !part_ended(part_start("litter", (long)place, 0), 0);
		bad += !map_anew();
	}
	IS(bad, 0, "what it carries is mapped again and again");
	IS(state->leaks, 0, "the server sees nothing of what was there before");
	OK(state->seen && state->refused, "it sees the memory once it is there, and not before");
	note("seen", state->seen);
	note("refused", state->refused);
	OK(pthread_join(caller, &result) == 0 && result == NULL, "the call ends");
	OK(part_ended(pid, 0), "the server ends");
	shmctl(segment, IPC_RMID, NULL);
}

static const struct part parts[] = { { "server", server }, { "litter", litter }, { 0 } };

TAP_MAIN(parts, test)
