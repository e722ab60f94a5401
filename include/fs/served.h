/* SPDX-License-Identifier: MIT */
/*
 * Paths that processes serve.
 *
 *	/dev			a directory of the kernel's
 *	  ttyS1 --> number 0	served: a name that a server has added
 *	/			another
 *	  arc ----> number 0	served: a directory, all below which is the server's business
 *	    a/b --> number 7	a file that the server has named by a number
 *
 * Only names and numbers are here.  What a file holds is asked of its server by messages, in which
 * the asking thread waits (kernel/remote.c), so nothing here can answer a read or a lookup:
 * those of a served file are -EREMOTE.
 *
 * There is one inode for each number in use, so all who map a file share one copy of it.  A server
 * whose file changes gives it another number.
 *
 * Context: kernel.
 */
#ifndef FS_SERVED_H
#define FS_SERVED_H

#include <fs/vfs.h>

struct channel;

/**
 * served_add - let a channel serve a path
 * @sender: a file of its sending end; taken over
 * @path: its last name is new in a directory of the kernel's
 * @mode: S_IFDIR, S_IFCHR or S_IFREG, and permission bits
 *
 * Return: 0, -EINVAL, -EBUSY: the channel serves one, -EEXIST, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -ENOMEM; @sender is then still
 *         the caller's.
 */
int served_add(struct channel *channel, struct file *sender, const char *path, mode_t mode);

/* Take all paths of a channel away.  Files that are open stay, without a server. */
void served_remove(const struct channel *channel);

/* A name that was added to a directory: a counted inode, or -ENOENT. */
int served_find(const struct inode *dir, const char *name, size_t len, struct inode **found);

/* The @i-th of them: 1, or 0 at the end. */
int served_list(const struct inode *dir, uint32_t i, struct croft_dirent *entry);

/* The directory that a served path was added to, not counted; NULL: @inode is not such a path. */
struct inode *served_parent(const struct inode *inode);

/* The inode of a number of the server of @root, counted.  0 or -ENOMEM. */
int served_inode(struct inode *root, uint32_t number, mode_t mode, uint32_t size,
		 struct inode **inode);

static inline bool inode_is_served(const struct inode *inode)
{
	return inode->dev == FS_SERVED;
}

/* Of a served inode. */
struct channel *served_channel(const struct inode *inode);
uint32_t served_number(const struct inode *inode);

/* Set what poll() tells of a number (POLL bits).  Nothing, where nobody has it open. */
void served_set_ready(const struct channel *channel, uint32_t number, unsigned int ready);

#endif
