/* SPDX-License-Identifier: MIT */
/*
 * The trace: what happens in the kernel, event by event.
 *
 * With CONFIG_TRACE each event is a record of 32 bytes in a ring, of which /proc/trace tells the last
 * CONFIG_TRACE_RECORDS.  With CONFIG_TRACE_HOST they all go to a file of the host as well, by
 * semihosting.  Without CONFIG_TRACE no code is made.
 *
 * The table says what the five words of each event are; tools/tracefile.py reads it from here.  Records of
 * regions and mappings are named by their address in the kernel: the first event with an id makes
 * it, those that follow change it.
 *
 * Context: any.
 */
#ifndef KERNEL_TRACING_H
#define KERNEL_TRACING_H

#include <kernel/config.h>
#include <kernel/types.h>

/* TRACING_EVENT(name, what its words are) */
#define TRACING_EVENTS                                                                             \
	TRACING_EVENT(start, "hz page_shift")                                                      \
	TRACING_EVENT(bank, "start end")                                                           \
	TRACING_EVENT(static, "start end")                                                         \
	TRACING_EVENT(name, "pid name0 name1 name2 name3")                                         \
	TRACING_EVENT(exit, "pid status")                                                          \
	TRACING_EVENT(switch, "tid pid stack_start stack_end")                                     \
	TRACING_EVENT(idle, "")                                                                    \
	TRACING_EVENT(enter, "nr arg0 arg1 arg2 arg3")                                             \
	TRACING_EVENT(leave, "nr result")                                                          \
	TRACING_EVENT(wait, "nr of_tid of_pid")                                                    \
	TRACING_EVENT(result, "result")                                                            \
	TRACING_EVENT(irq, "number")                                                               \
	TRACING_EVENT(fault, "at access verdict")                                                  \
	TRACING_EVENT(refill, "pid slot start last prot")                                          \
	TRACING_EVENT(drop, "pid slot")                                                            \
	TRACING_EVENT(pages, "start npages is_used")                                               \
	TRACING_EVENT(region, "id start end top what")                                             \
	TRACING_EVENT(path, "id name0 name1 name2 name3")                                          \
	TRACING_EVENT(region_gone, "id")                                                           \
	TRACING_EVENT(vma, "id pid start end prot_flags")                                          \
	TRACING_EVENT(vma_gone, "id")

#define TRACING_EVENT(name, words) TRACING_##name,
enum tracing_kind { TRACING_EVENTS TRACING_KINDS };
#undef TRACING_EVENT

#define TRACING_WORDS 5

struct tracing_record {
	uint32_t low; /* counts of the clock */
	uint16_t high;
	uint8_t kind; /* enum tracing_kind */
	uint8_t unused;
	uint16_t tid, pid; /* of who ran; 0: nobody */
	uint32_t words[TRACING_WORDS];
};

/* Begin, when the clock counts and the banks are known, but nothing else has been allocated.  Context: boot. */
void tracing_start(uint32_t clock_hz);

void tracing_put(enum tracing_kind kind, const uint32_t words[TRACING_WORDS]);

/* Record an event: tracing(TRACING_drop, pid, slot). */
#define tracing(kind, ...)                                                                         \
	do {                                                                                       \
		if (IS_ENABLED(CONFIG_TRACE))                                                      \
			tracing_put((kind), (const uint32_t[TRACING_WORDS]){ __VA_ARGS__ });       \
	} while (0)

/* The same with a text, of which the last 16 bytes are kept, behind one word. */
void tracing_text(enum tracing_kind kind, uint32_t word, const char *text);

/* Give the host what it has not got yet.  Context: any; the system is about to end. */
void tracing_flush(void);

/* Record nothing while process @pid reads; 0: it has read all.  Its end ends it, too.  What the host
 * gets is not held up. */
void tracing_hold(int pid);

/*
 * tracing_read - a record of the ring
 * @at: its number since boot; set to the oldest that is left, where that is younger
 *
 * Return: false: there is none of that number yet.
 */
bool tracing_read(uint32_t *at, struct tracing_record *record);

/* Records since boot, and the name of an event. */
uint32_t tracing_count(void);
const char *tracing_kind_name(unsigned int kind);

#endif
