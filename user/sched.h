/* SPDX-License-Identifier: MIT */
/* Policies as the kernel has them. */
#ifndef USER_SCHED_H
#define USER_SCHED_H

/* The kernel's number of a SCHED_ policy, or -EINVAL. */
int __croft_policy(int policy);

#endif
