/* SPDX-License-Identifier: MIT */
/*
 * Files as the kernel sees them: inodes, open files, and the walk from a path to an inode.
 *
 *	path --vfs_lookup--> inode --file_create--> file <-- descriptors (kernel/fd.c)
 *
 * An inode stands for a file in use: there is one per file that is open, mapped or being looked
 * at, however many users it has, and it is counted.  A file is one open(): an inode, an offset,
 * the flags; descriptors made by dup() and spawn() share it.  Each file system fills struct
 * inode_ops and embeds struct inode in its own object.
 *
 * Buffers given to these operations are kernel pointers: whoever calls has judged the user's
 * (mm/uaccess.h).  No operation sleeps: one that would have to returns -EAGAIN, and the caller
 * sleeps on inode->waiters and calls again.  One queue serves readers and writers alike: it is
 * woken for every change, and who still cannot go on gets -EAGAIN again.  One call moves at most
 * CONFIG_STEP_BYTES.
 *
 * Every directory of every file system here may be searched by everybody, so the walk along a
 * path asks for no rights.  There are no symbolic links: opening one is -ELOOP.
 *
 * Context: kernel.
 */
#ifndef FS_VFS_H
#define FS_VFS_H

#include <croft/dirent.h>
#include <croft/limits.h>
#include <kernel/types.h>
#include <kernel/waitq.h>
#include <mm/backing.h>
#include <sys/stat.h>

struct inode;
struct file;

#define EREMOTE 66 /* never a program's: a server has to be asked; newlib does not name it */

struct inode_ops {
	/*
	 * Find @name (@len bytes, no '/', not ".") in @dir: a counted inode, or -ENOENT, -ENOMEM,
	 * -EIO.  ".." is asked for too, but never in the root of a file system.
	 */
	int (*lookup)(struct inode *dir, const char *name, size_t len, struct inode **found);
	/*
	 * Make a regular file of @mode's permission bits, which is not there yet; who asked sets
	 * the owner.  -ENOSPC, -ENOMEM.  NULL: -EROFS.
	 */
	int (*create)(struct inode *dir, const char *name, size_t len, mode_t mode,
		      struct inode **made);
	/* Take the name of @inode, a file in @dir, away; it lives while used.  NULL: -EROFS. */
	int (*unlink)(struct inode *dir, struct inode *inode);
	/* Call @inode, a file in @dir, @name (@len bytes), which nothing there is called.  NULL: -EROFS. */
	void (*rename)(struct inode *dir, struct inode *inode, const char *name, size_t len);
	/* The entry at *@cookie (0: the first), and move the cookie on: 1, or 0 at the end. */
	int (*readdir)(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry);
	/*
	 * Copy bytes out or in at @off.  Bytes moved; 0 at the end; -EAGAIN: would have to wait.
	 * Reading: -EINPROGRESS: a step on the way to @off is done, and writing: 0, of @len > 0:
	 * one of making room, call again after a preemption point.
	 */
	ssize_t (*read)(struct inode *inode, uint32_t off, void *to, size_t len);
	ssize_t (*write)(struct inode *inode, uint32_t off, const void *from, size_t len);
	/*
	 * Set the size.  1: a step of it is done, call again after a preemption point (growing
	 * clears memory); only growing ever says so.  -ETXTBSY, -ENOMEM, -EFBIG; NULL: -EINVAL.
	 */
	int (*truncate)(struct inode *inode, uint32_t size);
	/*
	 * Would a read or a write return -EAGAIN?  POLLIN and POLLOUT where not; POLLHUP: nobody
	 * writes any more; POLLERR: nobody reads any more.  What changes it wakes inode->waiters.
	 * NULL: neither ever does.
	 */
	unsigned int (*ready)(struct inode *inode);
	/* An open file more, or one fewer, uses it (pipes count their ends).  May be NULL. */
	int (*open)(struct inode *inode, int flags);
	void (*close)(struct inode *inode, int flags);
	/* The last reference has gone: free the object.  May be NULL (static objects). */
	void (*release)(struct inode *inode);
};

struct inode {
	const struct inode_ops *ops;
	struct backing *backing; /* NULL where it cannot be mapped */
	struct waitq *waiters;	 /* of those that got -EAGAIN; NULL where nobody ever does */
	uint32_t size;		 /* bytes */
	uint32_t ino;		 /* not 0; fits 16 bits where it can, as ino_t does */
	uint32_t refs;		 /* files, mappings, mounts, and calls under way */
	uint16_t dev;		 /* which file system: enum fs_dev */
	mode_t mode;		 /* type and permission bits */
	uint16_t nlink;
	uid_t uid;
	gid_t gid;
	bool can_seek;
	bool is_covered; /* by a mount */
};

enum fs_dev {
	FS_ROM = 1,
	FS_RAM = 2,
	FS_DEV = 3,
	FS_PROC = 4,
	FS_PIPE = 5,
	FS_SHM = 6,
	FS_CHANNEL = 7,
	FS_SERVED = 8,
	FS_MQUEUE = 9
};

struct file {
	struct inode *inode;
	uint32_t pos;	/* bytes; for directories a cookie */
	uint32_t refs;	/* descriptors, and calls under way */
	uint32_t flags; /* of open(): access mode, O_APPEND, O_NONBLOCK */
};

/**
 * vfs_init - set up the name space: romfs on /, devices on /dev, and the rest
 * @rom_start, @rom_end: the flash in which the romfs image lies, from the first byte on
 *
 * Return: 0, or -errno: there is no sound image, or it lacks one of /dev, /tmp, /proc.  The
 *         system cannot go on then.
 * Context: boot, after mm.
 */
int vfs_init(addr_t rom_start, addr_t rom_end);

/**
 * vfs_mount - put a file system over a directory
 * @path: of the directory; what is in it cannot be reached from now on
 * @root: a directory; the mount takes over the caller's reference
 *
 * There is no way to take a mount away.
 *
 * Return: 0, -ENOENT, -ENOTDIR, -EBUSY (something is mounted there), -ENOMEM; the reference is
 *         then still the caller's.
 */
int vfs_mount(const char *path, struct inode *root);

/**
 * vfs_lookup - find the inode of a path
 * @path:  kernel string; "." and ".." and doubled slashes are understood.  One that does not
 *         begin with a slash starts at the root too: the working directory of every process.
 * @found: a counted inode; inode_put() it
 *
 * Return: 0, -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM, -EIO; -EREMOTE: a server has to be
 *         asked (vfs_remote()).
 */
int vfs_lookup(const char *path, struct inode **found);

/* How far a walk along a path has come, for a call that goes from name to name in steps. */
struct place {
	struct inode *dir; /* counted; NULL: it has not begun */
	size_t at;	   /* bytes of the path that have led there */
};

/**
 * vfs_walk_ahead - go a name of a path further
 * @path:  a kernel string, not empty
 * @place: where that begins, and where it has led; vfs_place_put() it when all is done
 *
 * The next function that walks along @path begins there.  So the last name is left to that, and any error.
 *
 * Return: true: there is more to go.
 */
bool vfs_walk_ahead(const char *path, struct place *place);
void vfs_place_put(struct place *place);

/**
 * vfs_open - open a file, making it first where @flags ask for that
 * @path:  kernel string
 * @flags: of open()
 * @mode:  permission bits of a file that is made
 * @uid, @gid: whose rights count
 * @opened: a counted file; file_put() it
 *
 * Return: 0, or -errno as of open(): -EINVAL, -ENOENT, -EEXIST, -EACCES, -EROFS, -EISDIR,
 *         -ENOTDIR, -ELOOP, -ENXIO, -ETXTBSY, -ENOSPC, -ENOMEM, -EIO; nothing changed.
 */
int vfs_open(const char *path, int flags, mode_t mode, uid_t uid, gid_t gid, struct file **opened);

/* May that user open this inode with these flags?  0, or -errno as vfs_open(). */
int vfs_judge_open(const struct inode *inode, int flags, uid_t uid, gid_t gid);

/**
 * vfs_remote - the served directory that a path leads into
 * @path: a kernel string for which something has returned -EREMOTE
 * @dir: a counted inode of fs/served.h
 * @rest: set to what its server is to be asked for, in @path
 *
 * Return: 0, or -errno as vfs_lookup().
 */
int vfs_remote(const char *path, struct inode **dir, const char **rest);

/* Take a name away.  0, -ENOENT, -ENOTDIR, -EROFS, -EISDIR, -EACCES, -EPERM (sticky directory). */
int vfs_unlink(const char *path, uid_t uid, gid_t gid);

/*
 * Give a file another name in its directory, and take that name from what has it.  0, or as vfs_unlink() for
 * both names; -EXDEV: not the same directory; -EBUSY: a directory.  Nothing has changed then.
 */
int vfs_rename(const char *from, const char *to, uid_t uid, gid_t gid);

/* Set the permission bits of a file of @uid's; root may of any.  0, -EPERM; -EROFS: they cannot be. */
int inode_set_mode(struct inode *inode, mode_t mode, uid_t uid);

/* What inode_permits() is asked for. */
enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

/**
 * inode_permits - may that user do all of this?
 * @want: MAY_ bits
 *
 * Root may all, but execute a file that nobody may execute.
 */
bool inode_permits(const struct inode *inode, uid_t uid, gid_t gid, unsigned int want);

/**
 * inode_init - begin an inode, of a record that is zeroed
 * @mode: directories and regular files can seek, the others cannot
 *
 * Its one reference is the caller's.
 */
void inode_init(struct inode *inode, const struct inode_ops *ops, enum fs_dev dev, uint32_t ino,
		mode_t mode);

/* Fill an entry of a directory: its inode's number and mode, and its name of @len bytes. */
void dirent_set(struct croft_dirent *entry, uint32_t ino, mode_t mode, const char *name,
		size_t len);

/* Is the string @have the name of @len bytes? */
bool name_is(const char *have, const char *name, size_t len);

/* Fill what fstat() tells. */
void inode_stat(const struct inode *inode, struct stat *st);

void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/**
 * file_create - make an open file over an inode
 * @flags: of open(); what concerns opening itself (O_CREAT, O_EXCL, O_TRUNC) is not kept
 *
 * Takes over the caller's reference to @inode, also where it fails.
 *
 * Return: 0, -ENOMEM, or what the file system's open says.
 */
int file_create(struct inode *inode, int flags, struct file **made);

/* The two ends of a thing, one opened to read and one to write.  The same. */
int file_create_pair(struct inode *inode, struct file **reader, struct file **writer);
void file_get(struct file *file);
void file_put(struct file *file); /* the last one closes it */

/**
 * file_read, file_write - move bytes at the file's offset, and the offset with them
 * @to, @from: kernel pointer
 * @len:       at most CONFIG_STEP_BYTES
 *
 * Return: bytes moved; reading: 0 at the end, -EINPROGRESS: call again; writing: 0: call again; -EAGAIN: would have to wait on inode->waiters;
 *         -EBADF: not opened for that; -EISDIR, -EPIPE, -ETXTBSY, -EFBIG, -ENOSPC.
 */
ssize_t file_read(struct file *file, void *to, size_t len);
ssize_t file_write(struct file *file, const void *from, size_t len);

/* What poll() tells of a file: POLL bits, those that concern how it was opened. */
unsigned int file_ready(const struct file *file);

/* lseek(): the new offset to @pos.  -ESPIPE, -EINVAL, -EOVERFLOW; nothing changed. */
int file_seek(struct file *file, off_t offset, int whence, off_t *pos);

/* The next entry of a directory: 1, 0 at the end, -ENOTDIR, -EIO.  Moves the offset. */
int file_readdir(struct file *file, struct croft_dirent *entry);

/* ftruncate(): -EINVAL (no regular file, not open for writing), and as inode_ops.truncate: 1
 * asks to be called again. */
int file_truncate(struct file *file, off_t size);

/**
 * pipe_create - make a pipe
 * @reader, @writer: its two ends, each a counted file
 *
 * Return: 0, -ENOMEM.
 */
int pipe_create(struct file **reader, struct file **writer);

static inline bool file_can_read(const struct file *file)
{
	return (file->flags & 3) != 1; /* not O_WRONLY */
}

static inline bool file_can_write(const struct file *file)
{
	return (file->flags & 3) != 0; /* not O_RDONLY */
}

#endif
