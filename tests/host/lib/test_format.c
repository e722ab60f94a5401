/* SPDX-License-Identifier: MIT */
/* lib/format.c says what this machine's printf says, whatever room there is. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#undef sniprintf
#undef vsniprintf
#define sniprintf  kernel_sniprintf
#define vsniprintf kernel_vsniprintf
int sniprintf(char *to, size_t size, const char *format, ...);
int vsniprintf(char *to, size_t size, const char *format, va_list list);

#include "../../../lib/format.c"

#define ROOM   80
#define CANARY '~'
#define SAME(...)                                                                                  \
	do {                                                                                       \
		for (size_t size = 0; size <= ROOM; size++) {                                      \
			char made[ROOM + 1], right[ROOM + 1];                                      \
			int len;                                                                   \
			memset(made, CANARY, sizeof(made));                                        \
			memset(right, CANARY, sizeof(right));                                      \
			len = snprintf(right, size, __VA_ARGS__);                                  \
			assert_int_equal(kernel_sniprintf(made, size, __VA_ARGS__), len);          \
			assert_memory_equal(made, right, sizeof(made));                            \
		}                                                                                  \
	} while (0)

static void test_texts(void **state)
{
	(void)state;
	SAME("plain, 100 %%");
	SAME("%s", "");
	SAME("<%s> <%7s> <%-7s> <%2s> <%.3s> <%-8.2s> <%.*s> <%*s>", "word", "word", "word", "word",
	     "word", "word", 2, "word", 6, "word");
	SAME("%.4s", (const char[]){ 'f', 'o', 'u', 'r' }); /* without an end */
	SAME("%c%3c%-3c|", 'a', 'b', 'c');
}

static void test_numbers(void **state)
{
	static const long numbers[] = { 0,	    1,	      -1,	  9,	    10,
					-10,	    255,      4711,	  -4711,    INT_MAX,
					INT_MIN,    UINT_MAX, 1000000000, LONG_MAX, LONG_MIN,
					0x20000000, 07777777, 0x0123abcd };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		long n = numbers[i];

		SAME("%d|%5d|%-5d|%05d|%10d", (int)n, (int)n, (int)n, (int)n, (int)n);
		SAME("%u|%3u|%-12u|%03u", (unsigned int)n, (unsigned int)n, (unsigned int)n,
		     (unsigned int)n);
		SAME("%x|%08x|%2x|%02x|%o|%4o", (unsigned int)n, (unsigned int)n, (unsigned int)n,
		     (unsigned int)n, (unsigned int)n, (unsigned int)n);
		SAME("%ld|%10ld|%lu", n, n, (unsigned long)n);
		SAME("%lx|%08lx|%-20lo|", (unsigned long)n, (unsigned long)n, (unsigned long)n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts),
					    cmocka_unit_test(test_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
