/* SPDX-License-Identifier: MIT */
/* What waitpid() knows beyond newlib's <sys/wait.h>. */
#ifndef CROFT_UAPI_WAIT_H
#define CROFT_UAPI_WAIT_H

#define CROFT_WCONTINUED 8

#define CROFT_STATUS_CONTINUED 0xffff
#define CROFT_STATUS_CORE      0x80 /* beside the signal: it left a core file */

#endif
