/* SPDX-License-Identifier: MIT */
/*
 * free: tells how much memory the system has.
 * iprintf() is newlib's printf() without floating point, at half the size.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	long page = sysconf(_SC_PAGESIZE), all = sysconf(_SC_PHYS_PAGES),
	     unused = sysconf(_SC_AVPHYS_PAGES);

	iprintf("%ld KiB, %ld KiB free, pages of %ld bytes\n", all * page / 1024,
		unused * page / 1024, page);
	return 0;
}
