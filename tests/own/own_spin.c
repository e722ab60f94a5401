/* SPDX-License-Identifier: MIT */
/* Use the processor for ever. */
int main(void)
{
	for (volatile int n = 0;; n++)
		;
}
