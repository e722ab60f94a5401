/* SPDX-License-Identifier: MIT */
/*
 * Balanced trees.  See include/lib/tree.h.
 *
 * Each case has a mirror image; @side is 0 in one and 1 in the other.
 */
#include <lib/tree.h>
#include <stdbool.h>

#define RED ((uintptr_t)1)

/* The two are shorter than calls to them. */
#define INLINE static inline __attribute__((always_inline))

INLINE struct tree_node *parent_of(const struct tree_node *node)
{
	return (struct tree_node *)(node->up & ~RED);
}

static void set_parent(struct tree_node *node, struct tree_node *parent)
{
	if (node)
		node->up = (uintptr_t)parent | (node->up & RED);
}

INLINE bool is_red(const struct tree_node *node)
{
	return node && (node->up & RED);
}

static void blacken(struct tree_node *node)
{
	if (node)
		node->up &= ~RED;
}

/* Let @by, or nothing, hang where @node does. */
static void replace(struct tree *tree, struct tree_node *node, struct tree_node *by)
{
	struct tree_node *parent = parent_of(node);

	if (parent)
		parent->child[parent->child[1] == node] = by;
	else
		tree->root = by;
	set_parent(by, parent);
}

/* Let a node's child come up in its place, and the node go down to @side. */
static void rotate(struct tree *tree, struct tree_node *node, int side)
{
	struct tree_node *up = node->child[!side], *across = up->child[side];

	replace(tree, node, up);
	node->child[!side] = across;
	set_parent(across, node);
	up->child[side] = node;
	set_parent(node, up);
}

void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
		 struct tree_node **link)
{
	node->child[0] = node->child[1] = NULL;
	node->up = (uintptr_t)parent | RED;
	*link = node;
	while (is_red(parent)) { /* T1 fails; it is not the root, so it has a parent */
		struct tree_node *grand = parent_of(parent);
		int side = grand->child[1] == parent;

		if (is_red(grand->child[!side])) {
			blacken(parent);
			blacken(grand->child[!side]);
			grand->up |= RED;
			node = grand;
			parent = parent_of(node);
			continue;
		}
		if (parent->child[!side] == node) {
			rotate(tree, parent, side);
			parent = node;
		}
		blacken(parent);
		grand->up |= RED;
		rotate(tree, grand, !side);
		break;
	}
	tree->root->up &= ~RED;
}

/* T2 fails: the paths through @node, which may be NULL, below @parent, lack a black node. */
static void restore(struct tree *tree, struct tree_node *node, struct tree_node *parent)
{
	while (parent && !is_red(node)) {
		int side = parent->child[1] == node;
		struct tree_node *beside = parent->child[!side]; /* is there: it has black ones */

		if (is_red(beside)) {
			blacken(beside);
			parent->up |= RED;
			rotate(tree, parent, side);
			beside = parent->child[!side];
		}
		if (!is_red(beside->child[0]) && !is_red(beside->child[1])) {
			beside->up |= RED;
			node = parent;
			parent = parent_of(node);
			continue;
		}
		if (!is_red(beside->child[!side])) {
			blacken(beside->child[side]);
			beside->up |= RED;
			rotate(tree, beside, !side);
			beside = parent->child[!side];
		}
		beside->up = (beside->up & ~RED) | (parent->up & RED);
		blacken(parent);
		blacken(beside->child[!side]);
		rotate(tree, parent, side);
		return;
	}
	blacken(node);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *gone = node, *child, *parent; /* of the place that is one fewer */
	bool was_red;

	if (node->child[0] && node->child[1])
		gone = tree_step(node, 1);
	child = gone->child[gone->child[0] == NULL];
	was_red = is_red(gone);
	replace(tree, gone, child);
	parent = parent_of(gone);
	if (gone != node) { /* and that one takes the place of the other */
		if (parent == node)
			parent = gone;
		replace(tree, node, gone);
		*gone = *node;
		set_parent(gone->child[0], gone);
		set_parent(gone->child[1], gone);
	}
	if (!was_red)
		restore(tree, child, parent);
}

struct tree_node *tree_end(const struct tree *tree, int side)
{
	struct tree_node *node = tree->root;

	while (node && node->child[side])
		node = node->child[side];
	return node;
}

struct tree_node *tree_step(struct tree_node *node, int side)
{
	struct tree_node *next = node->child[side];

	if (next) {
		while (next->child[!side])
			next = next->child[!side];
		return next;
	}
	while ((next = parent_of(node)) != NULL && next->child[side] == node)
		node = next;
	return next;
}
