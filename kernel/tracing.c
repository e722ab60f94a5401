/* SPDX-License-Identifier: MIT */
/* The ring of the trace.  See include/kernel/tracing.h. */
#include <arch/irq.h>
#include <arch/tick.h>
#include <board.h>
#include <kernel/proc.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <string.h>

#include "tracing_host.h"

#define RECORDS CONFIG_TRACE_RECORDS

extern char __kernel_ram_start[], __kernel_ram_end[];

static struct tracing_record ring[RECORDS];
static uint32_t count; /* records since boot */
static bool is_on;
static uint32_t given;	/* of these the host has */
static uint32_t holder; /* the process that reads; 0: none */

static uint32_t slot_of(uint32_t at)
{
	return at % RECORDS;
}

/* All that the host has not got lies in one piece of the ring. */
static void give(void)
{
	uint32_t first = slot_of(given);

	if (count != given)
		trace_host_write(&ring[first], (count - given) * sizeof(ring[0]));
	given = count;
}

void tracing_hold(int pid)
{
	holder = IS_ENABLED(CONFIG_TRACE_HOST) ? 0 : (uint32_t)pid;
}

void tracing_put(enum tracing_kind kind, const uint32_t words[TRACING_WORDS])
{
	struct tracing_record *record;
	uint32_t state;
	uint64_t now;

	if (kind == TRACING_exit && words[0] == holder)
		holder = 0;
	if (!is_on || holder)
		return;
	state = arch_irq_save(); /* interrupts are events, too */
	now = arch_clock_now();
	record = &ring[slot_of(count)];
	*record = (struct tracing_record){
		.low = (uint32_t)now,
		.high = (uint16_t)(now >> 32),
		.kind = (uint8_t)kind,
		.tid = (uint16_t)current->tid,
		.pid = current->proc ? (uint16_t)current->proc->pid : 0,
	};
	memcpy(record->words, words, sizeof(record->words));
	count++;
	if (IS_ENABLED(CONFIG_TRACE_HOST) && slot_of(count) == 0)
		give();
	arch_irq_restore(state);
}

void tracing_text(enum tracing_kind kind, uint32_t word, const char *text)
{
	uint32_t words[TRACING_WORDS] = { word };
	size_t len = strlen(text), most = sizeof(words) - sizeof(words[0]);

	memcpy(&words[1], len > most ? text + len - most : text, MIN(len, most));
	tracing_put(kind, words);
}

void tracing_flush(void)
{
	if (IS_ENABLED(CONFIG_TRACE_HOST))
		give();
}

void tracing_start(uint32_t clock_hz)
{
	int used;

	is_on = true;
	if (IS_ENABLED(CONFIG_TRACE_HOST))
		trace_host_open();
	tracing(TRACING_start, clock_hz, CONFIG_PAGE_SHIFT);
	tracing(TRACING_static, ptr_addr(__kernel_ram_start), ptr_addr(__kernel_ram_end));
	for (unsigned int i = 0; i < ARRAY_SIZE(board_banks); i++)
		tracing(TRACING_bank, board_banks[i].start,
			board_banks[i].start + board_banks[i].len);
	for (addr_t at = 0, end; (used = page_run(&at, &end)) >= 0; at = end)
		if (used)
			tracing(TRACING_pages, at, (end - at) >> CONFIG_PAGE_SHIFT, true);
}

bool tracing_read(uint32_t *at, struct tracing_record *record)
{
	uint32_t state = arch_irq_save(); /* one may come meanwhile */
	bool is_there;

	if (count - *at > RECORDS)
		*at = count - RECORDS;
	is_there = *at != count;
	if (is_there)
		*record = ring[slot_of(*at)];
	arch_irq_restore(state);
	return is_there;
}

uint32_t tracing_count(void)
{
	return count;
}

const char *tracing_kind_name(unsigned int kind)
{
#define TRACING_EVENT(name, words) #name "\0"
	static const char names[] = TRACING_EVENTS;
#undef TRACING_EVENT
	const char *name = names;

	while (kind-- > 0)
		name += strlen(name) + 1;
	return name;
}

/* What trap.S tells of a system call, which always comes to its end before another begins. */
void tracing_enter(uint32_t nr, const struct frame *frame);
void tracing_leave(uint32_t nr, long result);

static struct { /* whose call it is: an exec leaves no running thread */
	uint16_t tid, pid;
} caller;

void tracing_enter(uint32_t nr, const struct frame *frame)
{
	caller.tid = (uint16_t)current->tid;
	caller.pid = (uint16_t)current->proc->pid;
	tracing(TRACING_enter, nr, frame->r0, frame->r1, frame->r2, frame->r3);
}

void tracing_leave(uint32_t nr, long result)
{
	if (result == NO_RESULT)
		tracing(TRACING_wait, nr, caller.tid, caller.pid);
	else
		tracing(TRACING_leave, nr, (uint32_t)result);
}
