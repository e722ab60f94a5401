/* SPDX-License-Identifier: MIT */
/* The release, named in this one place. */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

#define KERNEL_VERSION "0.1"

#endif
