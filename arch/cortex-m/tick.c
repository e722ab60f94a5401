/* SPDX-License-Identifier: MIT */
/*
 * The clock: SysTick, in shots.  See include/arch/tick.h.
 *
 *	CVR	0 L-1 L-2 ... 2 1 | 0 M-1 M-2 ...
 *		^ base            ^ interrupt: base += L, and the next shot is the longest, M = 2^24
 *
 * A shot of L counts begins when the counter becomes 0 and ends when it does so again.  The time is
 * base, where the shot began, plus L - CVR.  The hardware looks at RVR, which is to be L - 1, on the
 * count after 0 only; from then on RVR is M - 1, so the longest shot follows whatever was begun.
 *
 * Exactness.  A shot that ends by itself is followed by the next without a gap: both lengths are
 * known, and no instruction has a part in it.  So the interrupt may come late by almost M counts
 * (0.67 s at 25 MHz) before one is missed, and the kernel, which stands below it, masks interrupts
 * for a few instructions only, in restart(); who reads the clock masks nothing, and reads again if
 * the interrupt has come meanwhile.
 * A reader who comes between the end of a shot and its interrupt sees that it is pending (PENDSTSET),
 * and adds the shot itself.  So one who finds the counter at 0 knows of which shot that is.
 *
 * Only restart() cuts a shot short: it reads CVR and then writes it, which makes it 0 and begins a
 * shot.  From that load to that store `lost` counts pass.  They stand side by side, but for one
 * load, with interrupts masked, on a bus without wait states (the PPB), so it is a constant of the
 * processor, and calibrate() measures it at boot by the very same instructions.  An alarm that is
 * not before the end of the shot under way, and one that is taken back, do not restart it.
 *
 * QEMU's counter follows the host's time, and the host may take the processor away between any two
 * instructions, for longer than a short shot.  Time may be lost then, but the clock neither jumps nor
 * goes back: what length the shot under way has is never in doubt, since restart() begins another
 * one where it might be.
 *
 * Source: ARMv7-M ARM (DDI 0403) B3.3: writing CVR clears it without an interrupt; B3.2.4 ICSR.
 */
#include <arch/irq.h>
#include <arch/tick.h>

#include "port.h"
#include "scb.h"

#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSTCLR (1u << 25)

#define SHOT_MAX ARCH_SHOT_MAX
#define CSR_RUN	 7u /* processor clock, interrupt, enable */

struct arch_shot arch_shot = { .length = SHOT_MAX };
static uint64_t told;	  /* by arch_clock_now(), last */
static uint32_t shot_min; /* a shorter one costs more than it is worth */
static uint32_t lost;	  /* counts from a load of CVR to a store right after it */
static uint64_t alarm_at = ARCH_CLOCK_NEVER;
static volatile uint32_t ninterrupts;

/* QEMU makes 10 us of that 0, and who asks all the time holds up the very thread that ends it. */
static void __attribute__((noinline)) wait_for_host(void)
{
	for (int i = 0; i < 100; i++)
		__asm volatile("nop");
}

/* What is left of the shot, once it has begun to count. */
static inline uint32_t __attribute__((always_inline)) counts_left(void)
{
	uint32_t left;

	while ((left = SYST_CVR) == 0)
		wait_for_host();
	return left;
}

/* Counts since the shot of @counts began, in which 0 is the first. */
static uint32_t passed(uint32_t counts, uint32_t left)
{
	return left ? counts - left : 0;
}

/*
 * Base, length and CVR must be of one moment.  Only the interrupt changes them behind the back of
 * who reads: what was read is good if it has not come meanwhile.
 */
static uint64_t now_seen(uint32_t *seen)
{
	uint64_t now;

	do {
		uint32_t left;

		*seen = ninterrupts;
		__asm volatile("" ::: "memory");
		left = SYST_CVR;
		if (SCB_ICSR & ICSR_PENDSTSET)
			now = arch_shot.base + arch_shot.length + passed(SHOT_MAX, SYST_CVR);
		else
			now = arch_shot.base + passed(arch_shot.length, left);
		__asm volatile("" ::: "memory");
	} while (*seen != ninterrupts);
	return now;
}

struct moment {
	uint32_t left;	/* CVR before a store */
	uint32_t icsr;	/* has a shot ended by then? */
	uint32_t after; /* CVR after the store */
};

/* Load all that, and store to a register, without a gap: of one size and alignment wherever it is inline, so
 * that they are fetched in the same time. */
static inline struct moment __attribute__((always_inline))
load_and_store(volatile uint32_t *to, uint32_t value)
{
	struct moment at;

	__asm volatile(".balign 4\n\t"
		       "ldr.w %0, [%3]\n\t"
		       "ldr.w %1, [%4]\n\t"
		       "str.w %6, [%5]\n\t"
		       "ldr.w %2, [%3]"
		       : "=&r"(at.left), "=&r"(at.icsr), "=&r"(at.after)
		       : "r"(&SYST_CVR), "r"(&SCB_ICSR), "r"(to), "r"(value)
		       : "memory");
	return at;
}

/*
 * From the first load to the second, with a store between them that changes nothing, less from the
 * store that clears the counter to the second load.
 */
static uint32_t calibrate(void)
{
	uint32_t all = SHOT_MAX, rest = SHOT_MAX;
	struct moment at;

	for (int i = 0; i < 8; i++) {
		at = load_and_store(&SYST_RVR, SHOT_MAX - 1);
		all = MIN(all, (at.left - at.after) % SHOT_MAX);
		at = load_and_store(&SYST_CVR, 0);
		rest = MIN(rest, (SHOT_MAX - at.after) % SHOT_MAX);
		counts_left();
	}
	return all > rest ? all - rest : 0;
}

void arch_clock_start(uint32_t clock_hz)
{
	shot_min = clock_hz / 65536 + 1;
	SYST_RVR = SHOT_MAX - 1;
	SYST_CVR = 0;
	SYST_CSR = CSR_RUN;
	counts_left();
	lost = calibrate();
}

/* A short shot has ended before RVR said what is to follow: nobody knows what has begun, and that
 * ends, too.  No processor is that slow, but the host may be. */
static void __attribute__((noinline)) restart_late(void)
{
	load_and_store(&SYST_CVR, 0);
	SCB_ICSR = ICSR_PENDSTCLR;
	arch_shot.base += arch_shot.length + lost;
	arch_shot.length = SHOT_MAX;
}

/*
 * End the shot here, begin one of @counts, and have the longest one follow it: unless the interrupt
 * has come since it was @seen, and has begun one.  If not, what is read before masking still holds.
 */
static void __attribute__((noinline)) restart(uint32_t counts, uint32_t seen)
{
	uint64_t next = arch_shot.base + arch_shot.length + lost;
	uint32_t reload = counts - 1, state;
	struct moment at;

	__asm volatile("" : "+r"(next), "+r"(reload)); /* now, not while masked */
	state = arch_irq_save();
	if (seen == ninterrupts) {
		SYST_RVR = reload;
		at = load_and_store(&SYST_CVR, 0);
		SCB_ICSR = ICSR_PENDSTCLR;
		arch_shot.base = next - (at.icsr & ICSR_PENDSTSET ? 0 : at.left);
		arch_shot.length = counts;
		counts_left(); /* the hardware has looked at RVR */
		SYST_RVR = SHOT_MAX - 1;
		if (SCB_ICSR & ICSR_PENDSTSET)
			restart_late();
	}
	arch_irq_restore(state);
}

/*
 * Ask for the kernel if it is time; else see to it that a shot ends then.  Only restart() masks
 * interrupts: a shot that one between has made too long is cut short in the next round.
 */
static void aim(void)
{
	uint32_t seen;
	uint64_t now = now_seen(&seen);

	while (alarm_at > now && alarm_at < arch_shot.base + arch_shot.length - shot_min) {
		counts_left(); /* where it is 0, restart() would not know of which shot */
		restart(MAX((uint32_t)(alarm_at - now), shot_min), seen);
		now = now_seen(&seen);
	}
	if (alarm_at <= now) {
		alarm_at = ARCH_CLOCK_NEVER;
		arch_kernel_request();
	}
}

/* Nothing that interrupts this one looks at the clock. */
void arch_systick_irq(void)
{
	ninterrupts++;
	arch_shot.base += arch_shot.length;
	arch_shot.length = SHOT_MAX;
	if (alarm_at <= arch_shot.base)
		alarm_at = ARCH_CLOCK_NEVER;
	else
		aim();
	arch_kernel_request();
}

uint64_t arch_clock_now(void)
{
	uint32_t seen;
	uint64_t now = now_seen(&seen);

	told = MAX(told, now);
	return told;
}

/* The interrupt must not see half of a time. */
void arch_clock_alarm(uint64_t at)
{
	uint32_t state;

	if (at == alarm_at)
		return;
	state = arch_irq_save();
	alarm_at = at;
	arch_irq_restore(state);
	aim();
}

uint32_t arch_clock_interrupts(void)
{
	return ninterrupts;
}
