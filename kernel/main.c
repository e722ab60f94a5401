/* SPDX-License-Identifier: MIT */
/*
 * Boot: each part in the order in which it needs the others, then the first program.
 */
#include <arch/context.h>
#include <board.h>
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/exec.h>
#include <kernel/log.h>
#include <kernel/mqueue.h>
#include <kernel/proc.h>
#include <kernel/timer.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <stdio.h>

#define FIRST_PROGRAM "/bin/init"

extern char __kernel_ram_end[], __romfs_start[], __flash_end[];

/* The bank that holds the kernel's data is a zone from there on; the others are zones whole. */
static void zones_init(void)
{
	static struct zone zones[ARRAY_SIZE(board_banks)];

	for (unsigned int i = 0; i < ARRAY_SIZE(board_banks); i++) {
		const struct board_bank *bank = &board_banks[i];
		addr_t start = bank->start, end = bank->start + bank->len;

		if (start <= ptr_addr(__kernel_ram_end) && ptr_addr(__kernel_ram_end) <= end)
			start = ptr_addr(__kernel_ram_end);
		zones[i].name = bank->name;
		zones[i].start = start;
		zones[i].end = end;
		page_zone_add(&zones[i]);
	}
}

/* Only dmesg tells it. */
static void log_boot(void)
{
	char line[64];
	int len = sniprintf(line, sizeof(line), "boot: %lu of %lu pages of %lu bytes are free\n",
			    (unsigned long)page_nfree(), (unsigned long)page_total(),
			    (unsigned long)PAGE_SIZE);

	log_write(line, (size_t)len);
	log_told();
}

static void start_first_program(void)
{
	static const char path[] = FIRST_PROGRAM;
	struct proc *proc = proc_create(NULL);
	int err = proc ? load_first(proc, path) : -ENOMEM;

	if (err)
		panic("cannot start %s: error %d", path, -err);
}

void kernel_main(void)
{
	int err;

	log_init();
	board_init();
	console_init();
	arch_init();
	sched_init();
	zones_init();
	timer_init(BOARD_CLOCK_HZ);
	log_boot();
	if (IS_ENABLED(CONFIG_TRACE))
		tracing_start(BOARD_CLOCK_HZ);
	err = vfs_init(ptr_addr(__romfs_start), ptr_addr(__flash_end));
	if (!err && IS_ENABLED(CONFIG_MQUEUE))
		err = vfs_mount(CROFT_MQ_DIR, mqueue_root());
	if (err)
		panic("no file system in flash: error %d", -err);
	start_first_program();
	arch_start();
}
