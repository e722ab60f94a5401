/* SPDX-License-Identifier: MIT */
/* What the proofs share: see README.md. */
#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <stdint.h>

/* Only a part of what takes long. */
extern bool is_quick;

/* Print a line of TAP: this was proven. */
void proven(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It is not so: tell what, and end with a failure. */
void wrong(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A number below @n; the same sequence in every run. */
uint32_t pick(uint32_t n);

void prove_rights(void);
void prove_ranges(void);
void prove_places(void);
void prove_pairs(void);
void prove_stacks(void);

#endif
