/* SPDX-License-Identifier: MIT */
/* What came of the workers, added up. */
#ifndef TALLY_H
#define TALLY_H

#include "fuzz.h"

bool tally_init(void);

/* A worker has ended.  @is_killed: by the parent, since it waited for ever. */
void tally_worker(const struct slot *slot, uint32_t seed, int status, bool is_killed);

uint32_t tally_calls(void);
uint32_t tally_workers(void);
uint32_t tally_idle(void); /* workers in a row that made no call */

/* Print all of it.  true: the run has passed. */
bool tally_tell(const char *seed, bool is_good);

#endif
