/* SPDX-License-Identifier: MIT */
/*
 * Messages: three processes with two threads each call, answer, serve paths, use files that others serve, hand over
 * descriptors and mappings, are interrupted and die, as the input says.  Nobody is taken to be honest: any thread says
 * anything at any time.  After each call every count is the number of its holders, and nobody waits for what has come
 * (ipc/check.c); in the end nothing is left.
 */
#include "ipc/ipc.h"

#include <arch/irq.h>
#include <errno.h>
#include <kernel/call.h>
#include <kernel/check.h>
#include <kernel/fd.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>
#include <mm_env.h>

#define CALLS 96u

static struct input in;

/* An address: of the caller's memory, near an end of it, of another's, any. */
static uaddr_t any_address(void)
{
	unsigned int how = take8(&in), p = (unsigned int)(current->proc - processes);
	addr_t off = take16(&in);

	if (how == 0)
		return (uaddr_t){ 0 };
	if (how == 1)
		return (uaddr_t){ take32(&in) };
	if (how < 16)
		p = how % NPROCESSES;
	off %= PG(HOME_PAGES);
	if (how & 0x20) /* at the end */
		off = PG(HOME_PAGES) - off % 64;
	return (uaddr_t){ homes[p] + (off & (how & 0x40 ? ~0u : ~7u)) };
}

static uint32_t any_length(void)
{
	unsigned int how = take8(&in);

	if (how < 0xf0)
		return how;
	return how < 0xfc ? take16(&in) : take32(&in);
}

/* Where other numbers have to be tried but rarely: the least ones. */
static uint32_t any_number(void)
{
	unsigned int how = take8(&in);

	return how < 0xf8 ? how % 8 : take32(&in);
}

static int any_fd(void)
{
	unsigned int how = take8(&in);

	return how < 0xf8 ? (int)(how % 8) : (int)take32(&in);
}

/* The id of a call that somebody has received, or any. */
static int any_id(void)
{
	unsigned int how = take8(&in), n = 0;
	struct thread *thread;

	if (how >= 0xf0)
		return (int)take32(&in);
	FOREACH_THREAD(thread, p)
	if (thread->call.channel && thread->call.id && n++ == how % (NPROCESSES * NTHREADS))
		return thread->call.id;
	return channel_last_id;
}

/* What is written for the caller, as its program would; not there, where it has no such memory. */
static uaddr_t put(const void *from, size_t len)
{
	uaddr_t at = any_address();

	(void)user_write(current_mm(), at, from, len);
	return at;
}

static uaddr_t any_path(void)
{
	static const char *const paths[] = { "a", "b", "/a/x", "b/y/z", "./a/../b", "a/", "", "/" };
	unsigned int how = take8(&in);
	char path[24];

	if (how < 0xe0)
		return put(paths[how % 8], strlen(paths[how % 8]) + 1);
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = (char)take8(&in);
	return put(path, sizeof(path));
}

static uaddr_t any_until(void)
{
	struct timespec ts = { .tv_nsec = (long)any_number() };

	return take8(&in) & 1 ? put(&ts, sizeof(ts)) : (uaddr_t){ 0 };
}

static long call(void)
{
	struct channel *channel = channel_of(fd_file(current_proc(), any_fd()), CHANNEL_SENDER);
	struct channel_buffers buffers = { 0 };
	uint32_t words[CHANNEL_WORDS];

	if (!channel)
		return -EBADF;
	for (unsigned int i = 0; i < CHANNEL_WORDS; i++)
		words[i] = any_number();
	if (take8(&in) & 1)
		return channel_call(channel, words, (uaddr_t){ 0 });
	buffers.send = addr_ptr(any_address().addr);
	buffers.recv = addr_ptr(any_address().addr);
	buffers.send_len = any_length();
	buffers.recv_len = any_length();
	buffers.until = addr_ptr(any_until().addr);
	buffers.give = any_fd();
	buffers.map = addr_ptr(homes[current->proc - processes] + PG(take8(&in) % 4));
	buffers.map_len = PG(take8(&in) % 4);
	return channel_call(channel, words, put(&buffers, sizeof(buffers)));
}

/* A reply is an error, a length or an offset; to the kernel a mode and a number too. */
static long reply(int fd, int id, uint32_t number, uint32_t size)
{
	static const uint32_t modes[] = { S_IFREG | 0666, S_IFDIR | 0777, S_IFCHR | 0666, S_IFLNK };
	unsigned int how = take8(&in);
	long status = how & 3 ? (long)any_length() : 0;
	uint32_t mode = how & 4 ? take32(&in) : modes[how >> 4 & 3];

	if (how & 8)
		status = how & 4 ? (long)(int32_t)take32(&in) : -(long)take16(&in);
	return sys_channel_reply(fd, id, status, number, mode, size);
}

static long map(int fd, uint32_t npages)
{
	unsigned int how = take8(&in);
	int prot = (int)(how & 3), flags = MAP_PRIVATE;
	uint32_t offset = PG(how >> 2 & 1);

	if (how & 0x40)
		flags = how & 0x80 ? MAP_SHARED | MAP_ANONYMOUS : MAP_PRIVATE | MAP_ANONYMOUS;
	return sys_mmap((uaddr_t){ 0 }, PG(1 + npages % 3), prot, flags, fd, (off_t)offset);
}

/* One system call of the running thread.  Its arguments are taken in this order, whatever the compiler. */
static long make_call(void)
{
	unsigned int which = take8(&in) % 26, number = any_number();
	int fd = any_fd(), other = any_fd(), id = any_id();
	uint32_t len = any_length(), off = which >= 8 && which <= 10 ? any_length() : 0;
	bool is_path = which == 17 || which == 19 || which == 20;
	uaddr_t path = is_path ? any_path() : (uaddr_t){ 0 };
	uaddr_t at = any_address();

	switch (which) {
	case 0:
		return sys_channel_create(at);
	case 1:
	case 2:
		return call();
	case 3:
	case 4:
		return sys_channel_receive(fd, any_until());
	case 5:
	case 6:
	case 7:
		return reply(fd, id, number, len);
	case 8:
		return sys_channel_read(fd, id, off, at, len);
	case 9:
	case 10:
		return sys_channel_write(fd, id, off, at, len);
	case 11:
		return sys_channel_notify(fd, number);
	case 12:
		return sys_channel_info(fd, id, at);
	case 13:
		return sys_channel_take(fd, id);
	case 14:
		return sys_channel_give(fd, id, other);
	case 15:
		return sys_channel_map(fd, id);
	case 16:
		return sys_channel_interrupt(fd, other, number, 1u << number % 32);
	case 17:
		return sys_channel_serve(fd, path, number & 3 ? S_IFDIR | 0777 : S_IFCHR | len);
	case 18:
		return sys_channel_ready(fd, number, len);
	case 19:
		return sys_open(path, (int)(take16(&in) & 0x4fff), 0);
	case 20:
		return sys_stat(path, at);
	case 21:
		expect_at_most(len);
		return number & 1 ? sys_read(fd, at, len) : sys_write(fd, at, len);
	case 22:
		expect_at_most(len);
		return sys_getdents(fd, at, len);
	case 23:
		return map(fd, number);
	case 24:
		return sys_munmap((uaddr_t){ at.addr & ~PAGE_MASK }, PG(1 + number % 2));
	default:
		return number & 1 ? sys_close(fd) : sys_dup2(fd, other);
	}
}

/* The n-th thread, or NULL. */
static struct thread *pick(unsigned int n)
{
	struct thread *thread;

	FOREACH_THREAD(thread, p)
	if (n-- == 0)
		return thread;
	return NULL;
}

/* What comes from outside: a signal, the time, an interrupt, the end. */
static void event(struct thread *thread)
{
	unsigned int what = take8(&in), p = (unsigned int)(thread->proc - processes);
	bool waits = thread->state == THREAD_WAITING;

	switch (what % 8) {
	case 0:
		process_end(&processes[p]);
		channel_poll();
		check_all();
		process_begin(p);
		break;
	case 1:
	case 2:
		if (waits)
			thread_interrupt(thread, what & 0x80);
		break;
	case 3:
	case 4:
		if (waits && thread->timer.is_set) {
			thread->timer.is_set = false;
			thread->timer.expired(&thread->timer);
		}
		break;
	case 5:
		thread_set_priority(thread, what % NPRIORITIES);
		break;
	case 6:
		if (proc_first_thread(thread->proc) != thread)
			thread_free(thread);
		break;
	default:
		line_interrupts(what / 8 % NLINES);
	}
}

static void step(void)
{
	unsigned int who = take8(&in);
	struct thread *thread = pick(who % (NPROCESSES * NTHREADS));
	long result;

	channel_poll();
	if (!thread)
		return;
	if (who >= 0xe0)
		event(thread);
	else if (settled(thread)) {
		current = thread;
		host_requested = who & 0x40;
		env_fail_at(who & 0x80 ? take8(&in) % 8 : 0);
		result = make_call();
		env_fail_at(0);
		if (result != NO_RESULT)
			expect_at_most(INT32_MAX);
		CHECK(result != NO_RESULT ? thread->state == THREAD_READY : true);
	}
	check_all();
	channel_poll();
	check_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	env_setup_once();
	in = (struct input){ bytes, size };
	env_begin(NULL);
	machine_begin();
	for (unsigned int i = 0; in.left && i < CALLS; i++)
		step();
	env_check();
	machine_end();
	env_end(NULL);
	return 0;
}
