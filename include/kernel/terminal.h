/* SPDX-License-Identifier: MIT */
/*
 * The console as the terminal of process groups: one of them is in front.
 *
 * While there is one, Ctrl-C, Ctrl-\ and Ctrl-Z are no input but send it SIGINT, SIGQUIT and
 * SIGTSTP; what was typed before them and not read is forgotten.  Processes of other groups that read from the console are stopped by SIGTTIN, those
 * that would put a group to the front by SIGTTOU; everybody may write.  At boot none is in front.
 *
 * Context: kernel.
 */
#ifndef KERNEL_TERMINAL_H
#define KERNEL_TERMINAL_H

#include <kernel/types.h>

struct file;

bool is_terminal(const struct file *file);

/* The group in front; 0: none. */
int terminal_group(void);
void terminal_set_group(int pgid);

/**
 * terminal_ask - may the running process read, or change who is in front?
 * @sig: SIGTTIN or SIGTTOU: what it is sent where it may not
 *
 * Return: 0: it may.  Else its call ends with this: NO_RESULT (it is stopped, and makes the call
 *         again), -EINTR, or -EIO where it ignores or blocks @sig; for SIGTTOU that is 0.
 */
long terminal_ask(int sig);

/* A key was pressed that sends a signal. */
void terminal_key(int sig);

#endif
