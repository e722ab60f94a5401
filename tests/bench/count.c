/* SPDX-License-Identifier: MIT */
/*
 * A plugin of QEMU that counts the instructions that the board executes, and writes the count to a
 * file wherever the program that is measured says so.
 *
 *	-plugin count.so,out=FILE[,user=ADDR][,at=ADDR]...
 *
 *	b COUNT		mov r10, r10 was reached: a measurement begins
 *	e COUNT		mov r11, r11 was reached: it ends
 *	s COUNT		mov r12, r12 was reached: a thread goes to sleep
 *	w COUNT		mov r8, r8 was reached: it runs again
 *	u COUNT		the first instruction at or above ADDR, once: a program runs
 *	0 COUNT		the instruction at the first at=ADDR; 1 the second, and so on
 *
 * The count is of the instructions before that one.  These moves do nothing and no compiler makes
 * them.  The board knows nothing of being counted, so nothing has to be taken off.  An instruction
 * that is refused and tried again counts twice; what the processor does by itself on entry to
 * an exception and return from it counts as nothing.
 *
 * Source: the plugin interface of QEMU 7.2, version 1 (docs/devel/tcg-plugins.rst).  Debian has no
 * header of it, so what is used is declared here.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API	__attribute__((visibility("default")))
#define MAX_AT	8
#define NO_REGS 0 /* what callbacks read of the processor */
#define ADD	0 /* the only inline operation */
#define MOV_R10 0x46d2
#define MOV_R11 0x46db
#define MOV_R8	0x46c0
#define MOV_R12 0x46e4

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*insn_fn)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
					   void (*fn)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(plugin_id id, void (*fn)(plugin_id, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, insn_fn fn, int regs,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *to,
						uint64_t by);

API int qemu_plugin_version = 1;
API int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

static FILE *out;
static uint64_t count;
static uint64_t at[MAX_AT];
static unsigned int nat;
static uint64_t user = UINT64_MAX;

static void record(unsigned int cpu, void *what)
{
	(void)cpu;
	fprintf(out, "%c %" PRIu64 "\n", (char)(uintptr_t)what, count);
}

/* The first program runs. */
static void record_user(unsigned int cpu, void *data)
{
	(void)data;
	if (user != UINT64_MAX)
		record(cpu, (void *)'u');
	user = UINT64_MAX;
}

/* What is to be recorded at an instruction; 0: nothing. */
static char mark_of(const struct qemu_plugin_insn *insn, uint64_t address)
{
	uint16_t code;

	for (unsigned int i = 0; i < nat; i++)
		if (at[i] == address)
			return (char)('0' + i);
	/* The size is of no use: at the end of a page QEMU counts the next instruction in. */
	memcpy(&code, qemu_plugin_insn_data(insn), sizeof(code));
	if (code == MOV_R10)
		return 'b';
	if (code == MOV_R11)
		return 'e';
	if (code == MOV_R12)
		return 's';
	return code == MOV_R8 ? 'w' : 0;
}

/* Callbacks come before what is inline, so the count is that of before the instruction. */
static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		char mark = mark_of(insn, address);

		if (address >= user)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, record_user, NO_REGS, NULL);
		if (mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, record, NO_REGS,
							       (void *)(uintptr_t)mark);
		qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD, &count, 1);
	}
}

static void finish(plugin_id id, void *data)
{
	(void)id;
	(void)data;
	if (fclose(out))
		perror("count");
}

API int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		if (value && strncmp(argv[i], "out=", 4) == 0)
			out = fopen(value + 1, "w");
		else if (value && strncmp(argv[i], "user=", 5) == 0)
			user = strtoull(value + 1, NULL, 0);
		else if (value && strncmp(argv[i], "at=", 3) == 0 && nat < MAX_AT)
			at[nat++] = strtoull(value + 1, NULL, 0);
		else
			return -1;
	}
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
