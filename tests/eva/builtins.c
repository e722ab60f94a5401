/* SPDX-License-Identifier: MIT */
/* What the compiler's builtins are that become CLZ, and RBIT with CLZ.  Their contracts are Frama-C's. */

int __builtin_clz(unsigned int x)
{
	int n = 0;

	/*@ loop invariant 0 <= n <= 31;
	  @ loop assigns n;
	  @ loop variant 31 - n;
	  @*/
	while (n < 31 && !(x >> (31 - n)))
		n++;
	return n;
}

int __builtin_ctz(unsigned int x)
{
	int n = 0;

	/*@ loop invariant 0 <= n <= 31;
	  @ loop assigns n;
	  @ loop variant 31 - n;
	  @*/
	while (n < 31 && !(x >> n & 1))
		n++;
	return n;
}
