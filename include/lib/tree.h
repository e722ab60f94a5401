/* SPDX-License-Identifier: MIT */
/*
 * A balanced tree of records that its user sorts.
 *
 *	struct tree_node *parent, **link = tree_top(&tree, &parent);
 *
 *	while (*link)
 *		link = tree_down(link, &parent, is_behind(record, record_of(*link)));
 *	tree_insert(&tree, &record->node, parent, link);
 *
 * The user goes down from the root, by child[0] to what comes before and by child[1] to what comes
 * behind, so comparing costs no call; what keeps the tree balanced compares nothing, and is
 * there once for all kinds of records.
 *
 * It is a red-black tree: no path from the root is more than twice as long as another.
 *	T1 a red node has no red child
 *	T2 every path down to where a child is missing meets the same number of black nodes
 *
 * Source: Guibas and Sedgewick, A dichromatic framework for balanced trees, 1978.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include <stddef.h>
#include <stdint.h>

struct tree_node {
	struct tree_node *child[2]; /* before, behind; NULL: none */
	uintptr_t up;		    /* the parent; bit 0: this node is red */
};

struct tree {
	struct tree_node *root;
};

/* Where a search for a place begins, and one step of it down to @side of *@link. */
static inline struct tree_node **tree_top(struct tree *tree, struct tree_node **parent)
{
	*parent = NULL;
	return &tree->root;
}

static inline struct tree_node **tree_down(struct tree_node **link, struct tree_node **parent,
					   int side)
{
	*parent = *link;
	return &(*parent)->child[side];
}

/* Put a node where the search for its place has ended: *@link is NULL, below @parent. */
void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
		 struct tree_node **link);

void tree_remove(struct tree *tree, struct tree_node *node);

/* The first node (@side 0) or the last (1), NULL: it is empty; and the one before or behind. */
struct tree_node *tree_end(const struct tree *tree, int side);
struct tree_node *tree_step(struct tree_node *node, int side);

#endif
