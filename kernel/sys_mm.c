/* SPDX-License-Identifier: MIT */
/* The memory calls: arguments and descriptors here, the rest in mm/. */
#include <arch/irq.h>
#include <croft/mman.h>
#include <errno.h>
#include <kernel/check.h>
#include <kernel/fd.h>
#include <kernel/remote.h>
#include <kernel/syscall.h>
#include <mm/fill.h>
#include <mm/uaccess.h>
#include <string.h>

/* What a call comes to, of which there may be more to do. */
static long finish(struct mm *mm, long result)
{
	if (!mm_job_is_done(&mm->job))
		result = thread_finish_job(result);
	thread_pin_locked(mm);
	memory_check();
	return result;
}

/* The errors of a file that is to be mapped. */
static int judge_file(struct map_request *request, int fd)
{
	const struct file *file = fd_file(current_proc(), fd);
	bool is_shared = (request->flags & MAP_TYPE) != MAP_PRIVATE;

	if (!file)
		return -EBADF;
	request->can_write = file_can_write(file);
	if (!file_can_read(file) ||
	    (is_shared && (request->prot & PROT_WRITE) && !request->can_write))
		return -EACCES;
	request->backing = file->inode->backing;
	return request->backing ? 0 : -ENODEV;
}

long sys_mmap(uaddr_t addr, size_t len, int prot, int flags, int fd, off_t off)
{
	struct map_request request;
	struct mm *mm;
	uint32_t serial;
	addr_t at;
	long result;
	bool fills;
	int err;

	memory_check();
	map_request_init(&request, len, prot, flags);
	request.addr = addr.addr;
	request.offset = flags & MAP_ANONYMOUS ? 0 : (uint32_t)off;
	err = mm_map_judge(&request);
	if (!err && !(flags & MAP_ANONYMOUS))
		err = judge_file(&request, fd);
	if (err)
		return err;
	mm = current_mm();
	err = mm_map(mm, &request, &at, &mm->job);
	if (err)
		return finish(mm, err);
	serial = mm->serial;
	/* What is still to be made is always a new copy. */
	fills = request.backing && !request.backing->ops->read &&
		((!mm_job_is_done(&mm->job) && mm->job.kind == JOB_REPLACE) ||
		 mm_fill_is_due(mm, serial, at));
	result = finish(mm, (long)at);
	if (!fills || (result != NO_RESULT && result != (long)at))
		return result;
	/* What has to be asked for is waited for once new memory is clean. */
	return remote_fill_later(fd_file(current_proc(), fd), at, len, request.offset, serial);
}

long sys_munmap(uaddr_t addr, size_t len)
{
	struct mm *mm = current_mm();

	memory_check();
	return finish(mm, mm_unmap_begin(mm, addr.addr, len, &mm->job));
}

long sys_mprotect(uaddr_t addr, size_t len, int prot)
{
	struct mm *mm = current_mm();

	memory_check();
	return finish(mm, mm_protect_begin(mm, addr.addr, len, prot, &mm->job));
}

long sys_mremap(uaddr_t old, size_t old_len, size_t new_len, int flags, uaddr_t to)
{
	struct mm *mm = current_mm();
	addr_t at;
	int err;

	memory_check();
	err = mm_remap(mm, old.addr, old_len, new_len, flags, to.addr, &at, &mm->job);
	return finish(mm, err ? err : (long)at);
}

long sys_mlock(uaddr_t addr, size_t len)
{
	struct mm *mm = current_mm();

	return finish(mm, mm_look_begin(mm, addr.addr, len, JOB_LOCK, &mm->job));
}

long sys_munlock(uaddr_t addr, size_t len)
{
	struct mm *mm = current_mm();

	return finish(mm, mm_look_begin(mm, addr.addr, len, JOB_UNLOCK, &mm->job));
}

long sys_mlockall(int flags)
{
	struct mm *mm = current_mm();

	return finish(mm, mm_lock_all(mm, flags, &mm->job));
}

long sys_munlockall(void)
{
	struct mm *mm = current_mm();

	mm_unlock_all(mm, &mm->job);
	return finish(mm, 0);
}

long sys_msync(uaddr_t addr, size_t len, int flags)
{
	struct mm *mm = current_mm();

	return finish(mm, mm_sync(mm, addr.addr, len, flags, &mm->job));
}

long sys_madvise(uaddr_t addr, size_t len, int advice)
{
	struct mm *mm = current_mm();

	return finish(mm, mm_advise(mm, addr.addr, len, advice, &mm->job));
}

/* Every page that is mapped is in memory: nothing is paged out.  As on Linux, @vec is written to before a hole is met. */
long sys_mincore(uaddr_t addr, size_t len, uaddr_t vec)
{
	struct mm *mm = current_mm();
	int err = mm_look_begin(mm, addr.addr, len, JOB_LOOK, &mm->job);
	void *to;

	len = page_ceil((addr_t)len) >> CONFIG_PAGE_SHIFT;
	if (!err && user_range(mm, vec, len, PROT_WRITE, &to)) {
		mm_job_clear(&mm->job);
		err = -EFAULT;
	}
	if (!err)
		memset(to, 1, len);
	return finish(mm, err);
}

long sys_sbrk(intptr_t increment)
{
	struct mm *mm = current_mm();
	addr_t old;
	int err;

	memory_check();
	err = mm_sbrk(mm, increment, &old, &mm->job);
	return finish(mm, err ? err : (long)old);
}
