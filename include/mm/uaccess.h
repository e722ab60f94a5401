/* SPDX-License-Identifier: MIT */
/*
 * Judging the addresses that programs name.
 *
 * The kernel runs with its own rights to all memory, so a program's pointer is an allegation
 * until every byte of it is found in VMAs that grant the access.  A judged range stays good
 * until the kernel lets another thread run, so it is judged and used in one go.
 *
 * Context: kernel.
 */
#ifndef MM_UACCESS_H
#define MM_UACCESS_H

#include <mm/space.h>

/**
 * user_range - judge a range, and get a pointer to it
 * @want: PROT_READ to read from it, PROT_WRITE to write to it
 * @ptr:  set to it
 *
 * Length 0 is good anywhere.
 *
 * Return: 0, or -EFAULT where a byte is not granted, or is a device register, or the range wraps.
 */
/*@ requires \valid(mm) && \valid(ptr) && \separated(mm, ptr);
  @ assigns *ptr, mm->last;
  @ ensures \result == 0 <==> len == 0 || (at.addr + len - 1 <= UINT32_MAX &&
  @   \forall integer a; at.addr <= a < at.addr + len ==> grants(mm, a, want));
  @*/
int user_range(struct mm *mm, uaddr_t at, size_t len, unsigned int want, void **ptr);

/**
 * user_string - judge a string, and get a pointer to it
 * @max: bytes it may have with its end
 * @len: set to its length without its end; may be NULL
 *
 * Return: 0, -EFAULT, or -ENAMETOOLONG where no end is within @max bytes.
 */
int user_string(struct mm *mm, uaddr_t at, size_t max, const char **string, size_t *len);

/* Copy @len bytes from or to a program.  0 or -EFAULT; then nothing was copied. */
int user_read(struct mm *mm, void *to, uaddr_t from, size_t len);
int user_write(struct mm *mm, uaddr_t to, const void *from, size_t len);

#endif
