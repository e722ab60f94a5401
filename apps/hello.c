/* SPDX-License-Identifier: MIT */
/*
 * hello: what a program may expect of the C library: formats, memory, floating point.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	char *words[] = { "world", "hello", "newlib", "from" };
	size_t count = sizeof(words) / sizeof(words[0]), len = 1;
	char *text;

	printf("process %d, %d arguments:", (int)getpid(), argc);
	for (int i = 0; i < argc; i++)
		printf(" %s", argv[i]);
	printf("\n%%lld %lld, %%zu %zu, %%f %f\n", 1LL << 40, sizeof(words), sqrt(2.0));

	qsort(words, count, sizeof(words[0]), compare);
	for (size_t i = 0; i < count; i++)
		len += strlen(words[i]) + 1;
	text = calloc(1, len);
	if (!text) {
		perror("hello");
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		strcat(strcat(text, words[i]), " ");
	printf("%sin %zu bytes at %p\n", text, len, (void *)text);
	free(text);
	return 0;
}
