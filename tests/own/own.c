/* SPDX-License-Identifier: MIT */
/* A program of one's own, as a user would write it: the library's formats, heap and sorting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 5120 /* 20 KiB of int */

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int *numbers = malloc(COUNT * sizeof(int));
	unsigned int random = 1;
	size_t sorted = 1;
	char line[40] = "";
	FILE *file = fopen("/own/words", "r");

	if (!numbers || !file)
		return 1;
	for (size_t i = 0; i < COUNT; i++) {
		random = random * 1103515245 + 12345;
		numbers[i] = (int)(random >> 1);
	}
	qsort(numbers, COUNT, sizeof(int), compare);
	for (size_t i = 1; i < COUNT; i++)
		sorted += numbers[i - 1] <= numbers[i];
	fgets(line, sizeof(line), file);
	fclose(file);
	printf("%lld %zu %f %s %s\n", 1LL << 62, sorted, 1.0 / 3, argv[argc - 1], line);
	free(numbers);
	return sorted != COUNT;
}
