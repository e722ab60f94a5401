/* SPDX-License-Identifier: MIT */
/* Use the processor where nobody else does, so that time goes on by instructions. */
#include <sched.h>

int main(void)
{
	struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_RR, &param) < 0)
		return 1;
	for (;;)
		;
}
