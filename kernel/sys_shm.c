/* SPDX-License-Identifier: MIT */
/* The calls of System V shared memory; see mm/shm.c. */
#include <arch/irq.h>
#include <errno.h>
#include <kernel/check.h>
#include <kernel/syscall.h>
#include <mm/mmap.h>
#include <mm/shm.h>
#include <mm/uaccess.h>

static struct shm_caller caller(void)
{
	const struct proc *proc = current_proc();

	return (struct shm_caller){ .pid = proc->pid, .uid = proc->euid, .gid = proc->egid };
}

long sys_shmget(key_t key, size_t size, int flags)
{
	struct shm_caller who = caller();
	int id = shm_get(&who, key, size, flags);

	memory_check();
	return id;
}

long sys_shmat(int id, uaddr_t addr, int flags)
{
	struct shm_caller who = caller();
	struct mm *mm = current_mm();
	addr_t at;
	int err;

	while ((err = shm_attach(mm, &who, id, addr.addr, flags, &at)) > 0)
		if (arch_kernel_requested())
			return thread_restart();
	thread_pin_locked(mm);
	memory_check();
	return err ? err : (long)at;
}

long sys_shmdt(uaddr_t addr)
{
	struct mm *mm = current_mm();
	int err = shm_detach(mm, addr.addr);

	thread_pin_locked(mm);
	memory_check();
	return err;
}

long sys_shmctl(int id, int cmd, uaddr_t buf)
{
	struct shm_caller who = caller();
	union {
		struct shmid_ds ds;
		struct shminfo limits;
		struct shm_info usage;
	} u;
	size_t len = sizeof(u.ds);
	int result;

	switch (cmd) {
	case IPC_STAT:
		result = shm_stat(&who, id, &u.ds);
		break;
	case SHM_STAT:
		result = shm_stat_slot(&who, id, &u.ds);
		break;
	case IPC_INFO:
		result = shm_limits(&u.limits);
		len = sizeof(u.limits);
		break;
	case SHM_INFO:
		result = shm_usage(&u.usage);
		len = sizeof(u.usage);
		break;
	case IPC_SET:
		result = user_read(current_mm(), &u.ds, buf, sizeof(u.ds));
		return result ? result : shm_set(&who, id, &u.ds);
	case IPC_RMID:
		return shm_remove(&who, id);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return shm_touch(&who, id); /* it is never paged out */
	default:
		return -EINVAL;
	}
	if (result >= 0 && user_write(current_mm(), buf, &u, len))
		return -EFAULT;
	return result;
}
