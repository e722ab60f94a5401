/* SPDX-License-Identifier: MIT */
/* The kernel's own mistakes.  See include/kernel/assert.h. */
#include <arch/context.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/proc.h>
#include <stdio.h>

#define EXIT_PANIC 70 /* of QEMU, as EX_SOFTWARE of sysexits.h */

void panic(const char *format, ...)
{
	static char line[160];
	static bool again;
	va_list args;
	int len;

	arch_halt_interrupts();
	if (again)
		arch_poweroff(EXIT_PANIC);
	again = true;
	console_write_polled("\npanic: ", 8);
	va_start(args, format);
	len = vsniprintf(line, sizeof(line), format, args);
	va_end(args);
	console_write_polled(line, MIN((size_t)len, sizeof(line) - 1));
	if (current->proc) {
		len = sniprintf(line, sizeof(line), "\n  process %s (pid %d)", current->proc->name,
				current->proc->pid);
		console_write_polled(line, MIN((size_t)len, sizeof(line) - 1));
	}
	console_write_polled("\n", 1);
	arch_poweroff(EXIT_PANIC);
}
