/* SPDX-License-Identifier: MIT */
/* Running calls, and comparing after each.  See model.h. */
#include "model.h"

static void run_op(const struct op *op, unsigned int index)
{
	nfree_before = page_nfree();
	for (unsigned int page = 0; page < NRAM; page++)
		was_free[page] = page_count(addr_of(page)) == 0;
	env_fail_at(op->fail);
	switch (op->what) {
	case OP_ANON:
		op_map(op, false);
		break;
	case OP_FILE:
		op_map(op, true);
		break;
	case OP_UNMAP:
		op_unmap(op);
		break;
	case OP_PROTECT:
		op_protect(op);
		break;
	case OP_REMAP:
		op_remap(op);
		break;
	case OP_SBRK:
		op_sbrk(op);
		break;
	case OP_ADVISE:
		op_advise(op);
		break;
	case OP_EXIT:
		leave(op->proc);
		break;
	case OP_FAULT:
		op_fault(op);
		break;
	case OP_SWITCH:
		op_switch(op);
		break;
	case OP_WRITE:
		op_write(op);
		break;
	case OP_PIN:
		op_pin(op);
		break;
	case OP_UACCESS:
		op_uaccess(op);
		break;
	case OP_TRIM:
		op_trim(op);
		break;
	default:
		op_truncate(op);
		break;
	}
	env_fail_at(0);
	compare();
	compare_pages();
	env_check();
	compare_hardware();
	for (unsigned int i = 0; i < NRAM; i++)
		if (index % 64 == 0 || i % 16 == index % 16)
			check_page(i);
}

void run_ops(const struct op *ops, unsigned int n)
{
	memset(model, 0, sizeof(model));
	memset(pins, 0, sizeof(pins));
	memset(is_known, 0, sizeof(is_known));
	running = 0;
	user_sp = 0;
	env_begin(NULL);
	for (unsigned int which = FILE_RAM; which <= FILE_RAM2; which++)
		for (uint32_t off = 0; off < file((enum env_file)which)->size; off++) {
			int page = page_at(file((enum env_file)which)->store.start + off);

			bytes[page][off & PAGE_MASK] = file_byte((enum env_file)which, off);
			is_known[page] = true;
		}
	for (unsigned int i = 0; i < NPROCS; i++)
		leave(i);
	for (unsigned int i = 0; i < n; i++)
		run_op(&ops[i], i);
	for (unsigned int page = 0; page < NRAM; page++)
		while (pins[page]) {
			pins[page]--;
			page_put(addr_of(page), 1);
		}
	env_pinned = 0;
	env_end(NULL);
}
