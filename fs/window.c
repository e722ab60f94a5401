/* SPDX-License-Identifier: MIT */
/* Windows of device registers.  See include/fs/window.h. */
#include <board.h>
#include <errno.h>
#include <fs/vfs.h>
#include <fs/window.h>

#define FIRST_INO 16 /* behind those of fs/dev.c */

struct window {
	struct inode inode;
	struct backing backing;
};

static struct window windows[ARRAY_SIZE(board_windows)];

static struct window *window_of(struct backing *backing)
{
	return container_of(backing, struct window, backing);
}

static int window_direct(struct backing *backing, struct extent *extent)
{
	const struct board_window *facts = &board_windows[window_of(backing) - windows];

	extent->start = facts->start;
	extent->end = facts->start + facts->len;
	return 0;
}

static void window_hold(struct backing *backing)
{
	inode_get(&window_of(backing)->inode);
}

static void window_release(struct backing *backing)
{
	inode_put(&window_of(backing)->inode);
}

/* Registers are not bytes to be copied: they are mapped, or let be. */
static ssize_t window_copy(struct backing *backing, uint32_t off, void *to, size_t len)
{
	(void)backing;
	(void)off;
	(void)to;
	(void)len;
	return -ENODEV;
}

static const struct backing_ops backing_ops = {
	.direct = window_direct,
	.read = window_copy,
	.get = window_hold,
	.put = window_release,
};

static const struct inode_ops inode_ops;

size_t window_count(void)
{
	return ARRAY_SIZE(windows);
}

int window_irq(const struct inode *inode, unsigned int i)
{
	size_t n;

	if (inode->ops != &inode_ops)
		return -ENODEV;
	n = (size_t)(container_of(inode, struct window, inode) - windows);
	return i < board_windows[n].nirqs ? board_windows[n].irqs[i] : -EINVAL;
}

const char *window_name(size_t i)
{
	return board_windows[i].name;
}

struct inode *window_get(size_t i)
{
	struct window *window = &windows[i];

	if (!window->inode.ops) {
		window->backing.ops = &backing_ops;
		window->backing.kind = BACKING_DEVICE;
		window->backing.size = board_windows[i].len;
		window->backing.dev = FS_DEV;
		window->backing.ino = FIRST_INO + (uint32_t)i;
		/* Its first reference is the system's own: it never goes away. */
		inode_init(&window->inode, &inode_ops, FS_DEV, window->backing.ino, S_IFCHR | 0600);
		window->inode.backing = &window->backing;
	}
	inode_get(&window->inode);
	return &window->inode;
}
