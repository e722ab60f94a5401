/* SPDX-License-Identifier: MIT */
/*
 * Where a port calls up into the kernel; nowhere else does it.
 */
#ifndef KERNEL_ENTRY_H
#define KERNEL_ENTRY_H

#include <kernel/types.h>
#include <mm/fault.h>

struct thread;

/* The first code after reset that needs RAM.  Context: boot. */
void kernel_main(void) __attribute__((noreturn));

/* The running thread's registers are in current->context: the thread to run now.
 * Context: kernel, on the way out of it. */
struct thread *sched_switch(void);

/**
 * kernel_memory_fault - a program's access was refused
 * @sp: its stack pointer, behind the frame
 *
 * Return: true when it may be tried again; else the program has been told, or will die.
 * Context: fault handler; nothing of the kernel is being run.
 */
bool kernel_memory_fault(addr_t at, enum mm_access access, addr_t sp);

/**
 * kernel_store_refused - the kernel's own store was refused
 *
 * For ports where it may not write what the program that runs may only read (MPU_KERNEL_WRITES is false).
 *
 * Return: true when it may be tried again; else it is a fault of the kernel.
 * Context: fault handler.
 */
bool kernel_store_refused(addr_t at);

/* A program's frame could not be stored, or not be loaded.  Context: fault handler. */
void kernel_frame_lost(addr_t sp);

/**
 * kernel_program_fault - a program did what the processor cannot do
 * @sig: SIGILL, SIGBUS, SIGFPE, SIGTRAP
 * @code: what it was, CROFT_ILL_ILLOPC and so on
 * @at: the address, where one is known, else the program counter
 *
 * Context: fault handler.
 */
void kernel_program_fault(int sig, int code, addr_t at);

/* The thread that is on the processor, or was last. */
extern struct thread *current;

#endif
