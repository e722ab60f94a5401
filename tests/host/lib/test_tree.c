/* SPDX-License-Identifier: MIT */
/* lib/tree.c: order, T1 and T2 after each of many insertions and removals. */
#include <errno.h>
#include <lib/tree.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

#define N      200
#define ROUNDS 40000

static struct item {
	struct tree_node node; /* first */
	bool is_in;
} items[N]; /* sorted by where they stand */

static struct tree tree;

static void put(struct item *item)
{
	struct tree_node *parent, **link = tree_top(&tree, &parent);

	while (*link)
		link = tree_down(link, &parent, item > (struct item *)*link);
	tree_insert(&tree, &item->node, parent, link);
	item->is_in = true;
}

static void take(struct item *item)
{
	tree_remove(&tree, &item->node);
	item->is_in = false;
}

/* Black nodes on every path down from a node. */
static int height(const struct tree_node *node, const struct tree_node *parent, bool below_red)
{
	bool red = node && (node->up & 1);
	int black;

	if (!node)
		return 0;
	assert_ptr_equal((struct tree_node *)(node->up & ~(uintptr_t)1), parent);
	assert_false(red && below_red);
	black = height(node->child[0], node, red);
	assert_int_equal(height(node->child[1], node, red), black);
	return black + !red;
}

static void check(void)
{
	struct tree_node *first = tree_end(&tree, 0), *last = tree_end(&tree, 1);

	height(tree.root, NULL, true); /* the root is black */
	for (int i = 0; i < N; i++)
		if (items[i].is_in) {
			assert_ptr_equal(first, &items[i]);
			first = tree_step(first, 1);
		}
	assert_null(first);
	for (int i = N; i-- > 0;)
		if (items[i].is_in) {
			assert_ptr_equal(last, &items[i]);
			last = tree_step(last, 0);
		}
	assert_null(last);
}

static void test_in_order(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		for (int i = 0; i < N; i++, check())
			put(&items[way & 1 ? N - 1 - i : i]);
		for (int i = 0; i < N; i++, check())
			take(&items[way & 2 ? N - 1 - i : i]);
	}
	assert_null(tree.root);
}

static void test_at_random(void **state)
{
	(void)state;
	srandom(1);
	for (int i = 0; i < ROUNDS; i++) {
		/* few and many by turns */
		struct item *item = &items[random() % (i / 1000 % 2 ? N : 12)];

		if (item->is_in)
			take(item);
		else
			put(item);
		check();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
