/* SPDX-License-Identifier: MIT */
/* Streams are shared by the threads of a process, and locked. */
#include <pthread.h>
#include <stdio.h>

#include "tap.h"

static FILE *file;

static void *print(void *arg)
{
	for (int i = 0; i < 20; i++)
		fprintf(file, "%ld%s\n", (long)arg, "...........");
	return NULL;
}

static void *same_stdout(void *arg)
{
	return arg == (void *)stdout ? arg : NULL;
}

static void test_stdio(void)
{
	pthread_attr_t attr;
	pthread_t threads[3];
	char line[32];
	void *result;
	int good = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 2048);
	setvbuf(stdout, NULL, _IONBF, 0);
	file = fopen("/tmp/lines", "w+");
	if (!OK(file != NULL, "a stream"))
		return;
	setvbuf(file, NULL, _IOFBF, 128);
	for (long i = 0; i < 3; i++)
		pthread_create(&threads[i], &attr, print, (void *)(i + 1));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	rewind(file);
	while (fgets(line, sizeof(line), file))
		good += line[0] >= '1' && line[0] <= '3' && strcmp(line + 1, "...........\n") == 0;
	IS(good, 60, "three threads print to it, and every line is whole");
	fclose(file);
	unlink("/tmp/lines");
	pthread_create(&threads[0], NULL, same_stdout, stdout);
	pthread_join(threads[0], &result);
	OK(result != NULL, "stdout is the same to all");
}

static void test(void)
{
	test_stdio();
}

TAP_MAIN(NO_PARTS, test)
