/* SPDX-License-Identifier: MIT */
/* The sums, and what is printed of them.  See tally.h. */
#include "tally.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NSIGNALS 32
#define PER_LINE 5

/* In memory of its own, since workers run the same program and have no use for it. */
struct tally {
	uint32_t calls, workers;
	uint32_t by_call[NR_SYSCALLS], no_call;
	uint32_t by_signal[NSIGNALS]; /* 0: by none */
	uint32_t stuck;		      /* ended by the parent */
	uint32_t left;		      /* by an exit() of its own that was drawn */
	uint32_t changed, setup;
	uint32_t idle; /* workers in a row that made no call */
};

static struct tally *tally;

const char *fuzz_decimal(uint32_t n)
{
	static char texts[16][11];
	static unsigned int next;
	char *p = &texts[next++ % 16][10];

	*p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	return p;
}

void fuzz_say(const char *const *text)
{
	char line[160];
	size_t len = 0;

	for (; *text; text++)
		for (const char *p = *text; *p && len < sizeof(line) - 1; p++)
			line[len++] = *p;
	line[len++] = '\n';
	write(STDOUT_FILENO, line, len);
}

bool tally_init(void)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	return tally != MAP_FAILED;
}

void tally_worker(const struct slot *slot, uint32_t seed, int status, bool is_killed)
{
	uint32_t count = slot->count < slot->limit ? slot->count : slot->limit;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	int sig = WIFSIGNALED(status) ? WTERMSIG(status)
		  : code < EXIT_FAULT ? 0
		  : code < EXIT_SETUP ? code - EXIT_FAULT
				      : 0;

	tally->workers++;
	tally->idle = count ? 0 : tally->idle + 1;
	tally->calls += count;
	for (uint32_t i = 0; i < count; i++) {
		unsigned int nr = draw_number(seed, i);

		if (draw_name(nr))
			tally->by_call[nr]++;
		else
			tally->no_call++;
	}
	if (code == EXIT_CHANGED) { /* the slot may have been written by any worker */
		tally->changed++;
		SAY("fuzzsys: the worker of seed ", fuzz_decimal(seed), " found ",
		    fuzz_decimal(slot->word), " at ", fuzz_decimal(slot->changed), " after call ",
		    fuzz_decimal(count));
	}
	if (is_killed)
		tally->stuck++;
	else if (sig)
		tally->by_signal[sig % NSIGNALS]++;
	else if (code == EXIT_SETUP)
		tally->setup++;
	else if (code)
		tally->left++;
	else
		tally->by_signal[0]++;
}

uint32_t tally_calls(void)
{
	return tally->calls;
}

uint32_t tally_idle(void)
{
	return tally->idle;
}

uint32_t tally_workers(void)
{
	return tally->workers;
}

static void tell_calls(void)
{
	const char *words[4 * PER_LINE + 2];
	unsigned int n = 0;

	for (unsigned int nr = 0; nr < NR_SYSCALLS; nr++) {
		if (!draw_name(nr))
			continue;
		words[n] = n ? ", " : "  ";
		words[n + 1] = draw_name(nr);
		words[n + 2] = " ";
		words[n + 3] = fuzz_decimal(tally->by_call[nr]);
		n += 4;
		if (n == 4 * PER_LINE) {
			words[n] = NULL;
			fuzz_say(words);
			n = 0;
		}
	}
	words[n] = n ? ", no such call " : "  no such call ";
	words[n + 1] = fuzz_decimal(tally->no_call);
	words[n + 2] = NULL;
	fuzz_say(words);
}

static void tell_signals(void)
{
	const char *words[4 * PER_LINE + 6] = { "  died of signal" };
	unsigned int n = 1;

	for (unsigned int sig = 1; sig < NSIGNALS; sig++) {
		if (!tally->by_signal[sig])
			continue;
		words[n] = n > 1 ? ", " : " ";
		words[n + 1] = fuzz_decimal(sig);
		words[n + 2] = ": ";
		words[n + 3] = fuzz_decimal(tally->by_signal[sig]);
		n += 4;
		if (n > 4 * PER_LINE) {
			words[n] = NULL;
			fuzz_say(words);
			n = 1;
		}
	}
	words[n] = NULL;
	if (n > 1)
		fuzz_say(words);
}

bool tally_tell(const char *seed, bool is_good)
{
	SAY("fuzzsys: seed ", seed, ", ", fuzz_decimal(tally->calls), " calls by ",
	    fuzz_decimal(tally->workers), " workers");
	tell_calls();
	SAY("  workers that made all their calls ", fuzz_decimal(tally->by_signal[0]),
	    ", ended themselves ", fuzz_decimal(tally->left), ", waited for ever ",
	    fuzz_decimal(tally->stuck));
	tell_signals();
	SAY("  could not begin ", fuzz_decimal(tally->setup), ", found their memory changed ",
	    fuzz_decimal(tally->changed));
	is_good = is_good && tally->changed == 0;
	SAY(is_good ? "fuzzsys: PASS" : "fuzzsys: FAIL");
	return is_good;
}
