/* SPDX-License-Identifier: MIT */
/* The calls about limits. */
#include <croft/resource.h>
#include <errno.h>
#include <kernel/syscall.h>
#include <kernel/proc.h>
#include <mm/uaccess.h>

static rlim_t bytes_of(uint32_t npages)
{
	return npages > UINT32_MAX >> CONFIG_PAGE_SHIFT ? RLIM_INFINITY
							: (rlim_t)npages << CONFIG_PAGE_SHIFT;
}

static uint32_t pages_of(rlim_t bytes)
{
	return bytes == RLIM_INFINITY ? UINT32_MAX : (uint32_t)(bytes >> CONFIG_PAGE_SHIFT);
}

long sys_getrlimit(int resource, uaddr_t to)
{
	const struct mm *mm = current_mm();
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (resource < 0 || resource > RLIMIT_AS)
		return -EINVAL;
	if (resource == RLIMIT_AS)
		limit = (struct rlimit){ bytes_of(mm->max_pages), bytes_of(mm->top_pages) };
	else if (resource == RLIMIT_CORE)
		limit = (struct rlimit){ current_proc()->core_limit, current_proc()->core_top };
	else if (resource == RLIMIT_NOFILE)
		limit = (struct rlimit){ CONFIG_OPEN_MAX, CONFIG_OPEN_MAX };
	return user_write(current_mm(), to, &limit, sizeof(limit));
}

static int set_core_limit(struct proc *proc, const struct rlimit *limit)
{
	if (limit->rlim_max > proc->core_top && proc->euid)
		return -EPERM;
	proc->core_limit = limit->rlim_cur;
	proc->core_top = limit->rlim_max;
	return 0;
}

long sys_setrlimit(int resource, uaddr_t from)
{
	struct mm *mm = current_mm();
	struct rlimit limit;
	int err = user_read(mm, &limit, from, sizeof(limit));

	if (err)
		return err;
	if ((resource != RLIMIT_AS && resource != RLIMIT_CORE) || limit.rlim_cur > limit.rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_CORE)
		return set_core_limit(current_proc(), &limit);
	if (pages_of(limit.rlim_max) > mm->top_pages && current_proc()->euid)
		return -EPERM;
	mm->max_pages = pages_of(limit.rlim_cur);
	mm->top_pages = pages_of(limit.rlim_max);
	return 0;
}
