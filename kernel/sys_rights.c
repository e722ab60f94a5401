/* SPDX-License-Identifier: MIT */
/* The calls that change what a process may do, and who may use a file. */
#include <errno.h>
#include <kernel/fd.h>
#include <kernel/fetch.h>
#include <kernel/syscall.h>

#define MAX_ID 65535

long sys_setuid(unsigned int uid)
{
	struct proc *proc = current_proc();

	if (uid > MAX_ID)
		return -EINVAL;
	if (proc->euid && uid != proc->uid)
		return -EPERM;
	proc->uid = proc->euid = (uid_t)uid;
	sched_request(); /* what the caller may allocate changes with it */
	return 0;
}

long sys_setgid(unsigned int gid)
{
	struct proc *proc = current_proc();

	if (gid > MAX_ID)
		return -EINVAL;
	if (proc->euid && gid != proc->gid)
		return -EPERM;
	proc->gid = proc->egid = (gid_t)gid;
	return 0;
}

long sys_seteuid(unsigned int uid)
{
	struct proc *proc = current_proc();

	if (uid > MAX_ID)
		return -EINVAL;
	if (proc->euid && uid != proc->uid && uid != proc->euid)
		return -EPERM;
	proc->euid = (uid_t)uid;
	sched_request(); /* what the caller may allocate changes with it */
	return 0;
}

long sys_setegid(unsigned int gid)
{
	struct proc *proc = current_proc();

	if (gid > MAX_ID)
		return -EINVAL;
	if (proc->euid && gid != proc->gid && gid != proc->egid)
		return -EPERM;
	proc->egid = (gid_t)gid;
	return 0;
}

long sys_umask(unsigned int mask)
{
	struct proc *proc = current_proc();
	long before = proc->umask;

	proc->umask = (uint16_t)(mask & 0777);
	return before;
}

long sys_chmod(uaddr_t from, unsigned int mode)
{
	char path[CROFT_PATH_MAX];
	struct inode *inode;
	int err = fetch_path(from, path);

	if (!err)
		err = vfs_lookup(path, &inode);
	if (err)
		return err == -EREMOTE ? -EROFS : err;
	err = inode_set_mode(inode, (mode_t)mode, current_proc()->euid);
	inode_put(inode);
	return err;
}

long sys_fchmod(int fd, unsigned int mode)
{
	const struct file *file = fd_file(current_proc(), fd);

	return file ? inode_set_mode(file->inode, (mode_t)mode, current_proc()->euid) : -EBADF;
}
