/* SPDX-License-Identifier: MIT */
/*
 * crash: dies in the way that its argument names, so that there is something to debug
 * (docs/debugging.md).
 *
 *	crash deep	a null pointer, some calls deep, with data behind it
 *	crash thread	the same in a second thread, while the first one waits
 *	crash later	as deep, but a second later: so that two can be there at once
 *	crash stack	calls without end; thread-stack: in a second thread
 *	crash null, write-text, jump, div0, abort, undefined, unaligned
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES	  3
#define STACK_EAT 64 /* bytes of each call that never ends */

struct node {
	struct node *next;
	int value;
};

static struct node last = { NULL, 30 };
static struct node middle = { &last, 20 };
static struct node first = { &middle, 10 };

static volatile int zero;

/* Kept as they are written, so that each call and each variable shows. */
#if __has_attribute(noipa)
#define PLAIN __attribute__((noipa))
#else
#define PLAIN __attribute__((noinline))
#endif

static int PLAIN value_of(const struct node *node)
{
	return node->value;
}

/* Counts on a node more than there is. */
static int PLAIN sum(const struct node *node, int count)
{
	int total = 0;

	for (int i = 0; i < count; i++, node = node->next)
		total += value_of(node);
	return total;
}

static void PLAIN deep(void)
{
	exit(sum(&first, NODES + 1));
}

static void later(void)
{
	sleep(1);
	deep();
}

static void *work(void *die)
{
	usleep(10000); /* the first thread waits by then */
	((void (*)(void))die)();
	return NULL;
}

static void second_thread(void (*die)(void))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, (void *)die) == 0)
		pthread_join(thread, NULL);
}

static void thread(void)
{
	second_thread(deep);
}

static void null(void)
{
	*(volatile int *)(uintptr_t)zero = 1;
}

static void write_text(void)
{
	*(volatile char *)((uintptr_t)null & ~(uintptr_t)1) = 0;
}

static void jump(void)
{
	((void (*)(void))(uintptr_t)0xdeadbeef)();
}

/* It does end, for all that the compiler knows. */
static int PLAIN eat_stack(volatile char *above)
{
	volatile char here[STACK_EAT];

	here[0] = above[0];
	return zero ? 0 : eat_stack(here) + here[0];
}

static void stack(void)
{
	volatile char top[1] = { 0 };

	eat_stack(top);
}

static void thread_stack(void)
{
	second_thread(stack);
}

static void div0(void)
{
	exit(100 / zero);
}

static void undefined(void)
{
	__asm volatile("udf #0");
}

/* A pair of words that does not lie on a word. */
static void unaligned(void)
{
	static const char bytes[16] __attribute__((aligned(8)));
	uint32_t low, high;

	__asm volatile("ldrd %0, %1, [%2]" : "=r"(low), "=r"(high) : "r"(bytes + 1 + zero));
}

static const struct {
	const char *name;
	void (*die)(void);
} ways[] = {
	{ "deep", deep },
	{ "later", later },
	{ "thread", thread },
	{ "null", null },
	{ "write-text", write_text },
	{ "jump", jump },
	{ "stack", stack },
	{ "thread-stack", thread_stack },
	{ "div0", div0 },
	{ "abort", abort },
	{ "undefined", undefined },
	{ "unaligned", unaligned },
};

/* Without stdio, which would be most of this program. */
static void print(const char *text)
{
	write(STDERR_FILENO, text, strlen(text));
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0) {
			ways[i].die();
			return 0; /* it has not worked */
		}
	print("usage: crash");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		print(i ? " | " : " "), print(ways[i].name);
	print("\n");
	return 2;
}
