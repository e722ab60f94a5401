/* SPDX-License-Identifier: MIT */
/*
 * Asking the host of an emulator or debugger for something.  It can open any file of its user's, so
 * it is for the kernel alone.
 */
#ifndef ARCH_SEMIHOST_H
#define ARCH_SEMIHOST_H

/**
 * arch_semihost - make a semihosting call
 * @op:	 its number
 * @arg: its block of arguments
 *
 * Return: what the host answers; -1 where there is none.
 * Context: any; the host takes its time.
 * Source: Arm IHI 0100, semihosting for AArch32 and AArch64.
 */
long arch_semihost(unsigned int op, const void *arg);

#endif
