/* SPDX-License-Identifier: MIT */
/*
 * Leaving the security state in which all runs, by the instructions that ARMv8-M has for it: there is no memory for
 * the other one, so the program dies, and nothing else.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

#define EVEN 0x10000000u /* an even address: not Secure */

static int part_branch(long a, long b)
{
	(void)a;
	(void)b;
	__asm volatile("mov r0, %0\n\t.hword 0x4704" : : "r"(EVEN) : "r0"); /* BXNS r0 */
	return 0;
}

static int part_call(long a, long b)
{
	(void)a;
	(void)b;
	__asm volatile("mov r0, %0\n\t.hword 0x4784" : : "r"(EVEN) : "r0", "lr"); /* BLXNS r0 */
	return 0;
}

/* FNC_RETURN: what a function that was called from the other state returns to. */
static int part_return(long a, long b)
{
	(void)a;
	(void)b;
	__asm volatile("mov r0, %0\n\tbx r0" : : "r"(0xfeffffffu) : "r0");
	return 0;
}

static const struct part parts[] = {
	{ "branch", part_branch }, { "call", part_call }, { "return", part_return }, { 0 }
};

static int has_two_states(void)
{
	char text[128] = "";
	int fd = open("/proc/version", O_RDONLY);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return strstr(text, "cortex-m33") != NULL;
}

static void died(const char *part)
{
	int status = part_status(part_start(part, 0, 0));

	OK(status != -1 && WIFSIGNALED(status), part);
	note("wait status", status);
}

static void test(void)
{
	if (!has_two_states()) {
		tap_skip("leaving Secure state", "the processor has one state");
		return;
	}
	died("branch");
	died("call");
	died("return");
	OK(getpid() > 0, "all others go on");
}

TAP_MAIN(parts, test)
