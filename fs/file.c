/* SPDX-License-Identifier: MIT */
/*
 * Open files: an inode, how it was opened, and how far it was read.
 *
 * All rules that are the same for every file system are here, so that the file systems see only
 * requests that are allowed: the access mode, the offset, O_APPEND, directories.
 *
 * Source: POSIX.1-2017 read(), write(), lseek(), ftruncate().
 */
#include <croft/poll.h>
#include <errno.h>
#include <fcntl.h>
#include <fs/served.h>
#include <kernel/assert.h>
#include <limits.h>
#include <mm/pool.h>
#include <unistd.h>

/* Largest offset and size of a file: what off_t holds. */
#define FILE_SIZE_MAX ((uint32_t)INT32_MAX)

#define SERVED_PLACE 0x40000000u /* no directory has a place as high */

static struct pool file_pool = POOL_INIT(struct file);

int file_create(struct inode *inode, int flags, struct file **made)
{
	struct file *file = pool_alloc(&file_pool);
	int err = file ? 0 : -ENOMEM;

	if (!err && inode->ops->open)
		err = inode->ops->open(inode, flags);
	if (err) {
		pool_free(&file_pool, file);
		inode_put(inode);
		return err;
	}

	file->inode = inode;
	file->refs = 1;
	file->flags = (uint32_t)flags & ~(uint32_t)(O_CREAT | O_EXCL | O_TRUNC);
	*made = file;
	return 0;
}

int file_create_pair(struct inode *inode, struct file **reader, struct file **writer)
{
	int err = file_create(inode, O_RDONLY, reader);

	if (err)
		return err;
	inode_get(inode);
	err = file_create(inode, O_WRONLY, writer);
	if (err)
		file_put(*reader);
	return err;
}

void file_get(struct file *file)
{
	ASSERT(file->refs > 0);
	file->refs++;
}

void file_put(struct file *file)
{
	struct inode *inode = file->inode;

	ASSERT(file->refs > 0);
	if (--file->refs > 0)
		return;
	if (inode->ops->close)
		inode->ops->close(inode, (int)file->flags);
	pool_free(&file_pool, file);
	inode_put(inode);
}

ssize_t file_read(struct file *file, void *to, size_t len)
{
	struct inode *inode = file->inode;
	ssize_t moved;

	if (!file_can_read(file))
		return -EBADF;
	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!inode->ops->read)
		return -EINVAL;
	moved = inode->ops->read(inode, file->pos, to, len);
	if (moved > 0 && S_ISREG(inode->mode))
		file->pos += (uint32_t)moved;
	return moved;
}

ssize_t file_write(struct file *file, const void *from, size_t len)
{
	struct inode *inode = file->inode;
	bool is_regular = S_ISREG(inode->mode);
	uint32_t pos = is_regular && (file->flags & O_APPEND) ? inode->size : file->pos;
	ssize_t moved;

	if (!file_can_write(file))
		return -EBADF;
	if (!inode->ops->write)
		return -EINVAL;
	if (len == 0 && is_regular)
		return 0;
	if (is_regular) {
		if (pos >= FILE_SIZE_MAX)
			return -EFBIG;
		len = MIN(len, FILE_SIZE_MAX - pos);
	}
	moved = inode->ops->write(inode, pos, from, len);
	if (moved > 0 && is_regular)
		file->pos = pos + (uint32_t)moved;
	return moved;
}

/* The end that is only read cannot be written, and the other way round. */
unsigned int file_ready(const struct file *file)
{
	struct inode *inode = file->inode;
	unsigned int ready = inode->ops->ready ? inode->ops->ready(inode) : POLLIN | POLLOUT;

	if (!file_can_read(file))
		ready &= ~(unsigned int)(POLLIN | POLLHUP);
	if (!file_can_write(file))
		ready &= ~(unsigned int)(POLLOUT | POLLERR);
	return ready;
}

int file_seek(struct file *file, off_t offset, int whence, off_t *pos)
{
	int64_t target = offset;

	if (!file->inode->can_seek)
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		target += file->pos;
		break;
	case SEEK_END:
		target += file->inode->size;
		break;
	default:
		return -EINVAL;
	}
	if (target < 0)
		return -EINVAL;
	if (target > FILE_SIZE_MAX)
		return -EOVERFLOW;
	/* A directory's offset is a cookie: only the start is a place that can be asked for. */
	if (S_ISDIR(file->inode->mode) && target != 0 && target != file->pos)
		return -EINVAL;

	file->pos = (uint32_t)target;
	*pos = (off_t)target;
	return 0;
}

int file_readdir(struct file *file, struct croft_dirent *entry)
{
	struct inode *inode = file->inode;

	if (!S_ISDIR(inode->mode))
		return -ENOTDIR;
	if (file->pos < SERVED_PLACE) {
		int more = inode->ops->readdir(inode, &file->pos, entry);

		if (more != 0)
			return more;
	}
	/* The names that servers have added come last. */
	if (!served_list(inode, file->pos < SERVED_PLACE ? 0 : file->pos - SERVED_PLACE, entry))
		return 0;
	file->pos = MAX(file->pos, SERVED_PLACE) + 1;
	return 1;
}

int file_truncate(struct file *file, off_t size)
{
	struct inode *inode = file->inode;

	if (!file_can_write(file) || !S_ISREG(inode->mode) || size < 0)
		return -EINVAL;
	if (!inode->ops->truncate)
		return -EINVAL;
	return inode->ops->truncate(inode, (uint32_t)size);
}
