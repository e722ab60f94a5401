/* SPDX-License-Identifier: MIT */
/*
 * Interrupts given to processes that do not deserve them: a line attached twice, by two, by one
 * that dies with it, by one that never quiets its device.
 *
 * The device is the second UART, of which one byte sent leaves an interrupt that stays until it
 * is cleared, and nobody here does.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include <channel.h>

#include "clock.h"
#include "tap.h"

#define WINDOW "/dev/uart1"
#define BIT    4u

static int ends[2], device;
static volatile unsigned int *regs;
static size_t window; /* bytes */

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int open_window(void)
{
	device = open(WINDOW, O_RDWR);
	window = 0x1000;
	regs = mmap(NULL, window, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	if (regs == MAP_FAILED) {
		window = 0x400;
		regs = mmap(NULL, window, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	}
	return device >= 0 && regs != MAP_FAILED && !channel_create(ends) ? 0 : -1;
}

static int is_stm32(void)
{
	return window < 0x1000;
}

/* A PL011, whose part number is 0x011; else the UART of the CMSDK. */
static int is_pl011(void)
{
	return !is_stm32() && (regs[0xfe0 / 4] & 0xff) == 0x11;
}

/* The line that tells of sending. */
static unsigned int line(void)
{
	return is_stm32() || is_pl011() ? 0 : 1;
}

static int attach(void)
{
	return channel_interrupt(ends[0], device, line(), BIT);
}

/* Ask for an interrupt and never let go.  The transmitter of an STM32 does so while it has room, but not in
 * QEMU 7.2, where a byte can be made up instead. */
static void ask(void)
{
	if (is_stm32()) {
		regs[0x00 / 4] = 0xe0;	 /* SR: a byte is there; no part lets that be written */
		regs[0x0c / 4] = 0x20ac; /* CR1: on, both ways, interrupts of both */
		return;
	}
	if (is_pl011()) {
		regs[0x30 / 4] = 0x301;	 /* UARTCR: on, both ways */
		regs[0x38 / 4] = 1 << 5; /* UARTIMSC: sending */
	} else {
		regs[0x10 / 4] = 16; /* BAUDDIV */
		regs[0x08 / 4] = 7;  /* CTRL: on, both ways, interrupt of sending */
	}
	regs[0] = '!';
}

static void hush(void)
{
	if (is_stm32()) {
		regs[0x0c / 4] = 0;
		(void)regs[0x04 / 4]; /* DR */
	} else if (is_pl011()) {
		regs[0x38 / 4] = 0;
		regs[0x44 / 4] = 0x7ff;
	} else {
		regs[0x08 / 4] = 0;
		regs[0x0c / 4] = 0xf;
	}
}

/* 0: a notification has come; ETIMEDOUT. */
static int receive(long ms)
{
	unsigned int words[CHANNEL_WORDS];
	struct timespec until = in_ms(ms);
	int id = channel_receive(ends[0], words, &until);

	return id < 0 ? errno : words[0] == BIT ? 0 : EPROTO;
}

/* How often the lines of drivers have interrupted. */
static long interrupts(void)
{
	char text[400];
	int fd = open("/proc/interrupts", O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text) - 1);
	long sum = 0;

	close(fd);
	if (len <= 0)
		return -1;
	text[len] = '\0';
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (strstr(line, "driver") && strchr(line, ':'))
			sum += strtol(strchr(line, ':') + 1, NULL, 10);
	}
	return sum;
}

/* ---- Parts ---- */

/* Attach and end, by itself or by a fault, with the interrupt asking. */
static int dies(long by_fault, long b)
{
	(void)b;
	if (open_window() || attach())
		return errno;
	ask();
	if (by_fault)
		*(volatile int *)0 = 0;
	return 0;
}

/* Receive for ever, and never do anything about it. */
static int storm(long ready, long b)
{
	unsigned int words[CHANNEL_WORDS];

	(void)b;
	if (open_window() || attach())
		return errno;
	ask();
	write((int)ready, "r", 1);
	for (;;)
		channel_receive(ends[0], words, NULL);
}

/* Not even receive. */
static int deaf(long ready, long b)
{
	(void)b;
	if (open_window() || attach())
		return errno;
	ask();
	write((int)ready, "r", 1);
	for (;;)
		pause();
}

static int two(long a, long b)
{
	(void)a, (void)b;
	return open_window() || attach() ? errno : 0;
}

static int as_user(long a, long b)
{
	(void)a, (void)b;
	return setuid(1000) ? 1 : open(WINDOW, O_RDWR) < 0 ? errno : 0;
}

static const struct part parts[] = { { "dies", dies }, { "storm", storm },  { "deaf", deaf },
				     { "two", two },   { "user", as_user }, { 0 } };

/* ---- Tests ---- */

#define ERROR(call) ((call) < 0 ? errno : 0)

static void test_arguments(void)
{
	int null = open("/dev/null", O_RDWR), pipes[2];

	pipe(pipes);
	IS(ERROR(channel_interrupt(ends[0], null, 0, BIT)), ENODEV, "#45 no window: ENODEV");
	IS(ERROR(channel_interrupt(ends[0], STDOUT_FILENO, 0, BIT)), ENODEV, "#45 the console");
	IS(ERROR(channel_interrupt(ends[0], pipes[0], 0, BIT)), ENODEV, "#45 a pipe");
	IS(ERROR(channel_interrupt(ends[0], ends[1], 0, BIT)), ENODEV, "#45 a channel");
	IS(ERROR(channel_interrupt(ends[0], 77, 0, BIT)), EBADF, "#45 no file: EBADF");
	IS(ERROR(channel_interrupt(ends[1], device, 0, BIT)), EBADF, "#45 the sending end");
	IS(ERROR(channel_interrupt(null, device, 0, BIT)), EBADF, "#45 no channel");
	IS(ERROR(channel_interrupt(ends[0], device, 2, BIT)), EINVAL, "#45 no such line: EINVAL");
	IS(ERROR(channel_interrupt(ends[0], device, ~0u, BIT)), EINVAL, "#45 nor that");
	IS(ERROR(channel_interrupt(ends[0], device, 0, 0)), EINVAL, "#45 no bit: EINVAL");
	IS(ERROR(channel_interrupt(ends[0], device, 0, BIT | CHANNEL_GONE)), EINVAL,
	   "#45 the kernel's bit");
	OK(part_ended(part_start("user", 0, 0), EACCES), "#45 who is not root has no window");
	close(null), close(pipes[0]), close(pipes[1]);
}

static void test_twice(void)
{
	int other[2];
	long count;

	IS(ERROR(attach()), 0, "#45 a line is attached");
	IS(ERROR(attach()), EBUSY, "#45 twice: EBUSY");
	channel_create(other);
	IS(ERROR(channel_interrupt(other[0], device, line(), BIT)), EBUSY,
	   "#45 to another channel: EBUSY");
	close(other[0]), close(other[1]);
	OK(part_ended(part_start("two", 0, 0), EBUSY), "#45 by another process: EBUSY");
	count = interrupts();
	ask();
	usleep(5000);
	IS(receive(2000), 0, "#45 the first is told");
	IS(interrupts() - count, 1, "#45 and the line is off until it receives once more");
	IS(receive(2000), 0, "#45 and again, where it has not cleared it");
	hush();
	for (int i = 0; i < 3; i++) /* what was on its way */
		receive(20);
	IS(receive(50), ETIMEDOUT, "#45 and then no more");
}

static void again(const char *name)
{
	close(ends[0]), close(ends[1]);
	channel_create(ends);
	IS(ERROR(attach()), 0, name);
}

static void test_deaths(void)
{
	close(ends[0]), close(ends[1]); /* lets the line go */
	OK(part_ended(part_start("dies", 0, 0), 0), "#45 one that has it ends");
	OK(part_died(part_start("dies", 1, 0), SIGSEGV), "#45 another one dies");
	usleep(20000); /* the line asks all the while */
	channel_create(ends);
	IS(ERROR(attach()), 0, "#45 the line is free");
	IS(receive(2000), 0, "#45 and still works");
	hush();
	again("#45 closing the channel frees it");
	close(ends[0]), close(ends[1]);
	ask();
	usleep(20000);
	hush();
	channel_create(ends);
	close(ends[0]), close(ends[1]);
}

/* How far a loop comes in 200 ms. */
static long progress(void)
{
	long n = 0;

	for (long end = now_ms() + 200; now_ms() < end; n++)
		;
	return n;
}

static void test_storm(void)
{
	long quiet = progress(), begun, slept;
	int ready[2];
	char c;
	pid_t pid;

	pipe(ready);
	pid = part_start("storm", ready[1], 0);
	OK(read(ready[0], &c, 1) == 1, "#45 a driver that clears nothing, and receives again");
	note("of 1000 that a loop does beside it", (long)((long long)progress() * 1000 / quiet));
	OK(progress() > quiet / 10, "#45 who has its priority runs beside it");
	begun = now_ms();
	usleep(100000);
	slept = now_ms() - begun;
	OK(slept >= 100 && slept < 1000, "#45 timers come");
	kill(pid, SIGKILL);
	OK(part_died(pid, SIGKILL), "#45 it can be killed");

	pid = part_start("deaf", ready[1], 0);
	OK(read(ready[0], &c, 1) == 1, "#45 one that does not receive at all");
	OK(progress() > quiet / 10, "#45 costs nobody anything: its line stays off");
	kill(pid, SIGKILL);
	part_died(pid, SIGKILL);
	hush();
	close(ready[0]), close(ready[1]);
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);

	if (!OK(!open_window(), "the window is opened and mapped"))
		return;
	hush();
	test_arguments();
	test_twice();
	test_deaths();
	test_storm();
	munmap((void *)regs, window);
	close(device);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
