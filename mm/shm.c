/* SPDX-License-Identifier: MIT */
/* System V shared memory.  See include/mm/shm.h. */
#include <arch/memory.h>
#include <croft/mman.h>
#include <errno.h>
#include <limits.h>
#include <mm/mmap.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <mm/shm.h>
#include <mm/store.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define SHM_MIN	  1u
#define MODE_BITS 0777
#define MAY_READ  4u
#define MAY_WRITE 2u

struct segment {
	struct backing backing; /* size: as asked for */
	struct shmid_ds ds;
	addr_t cleared; /* up to here its pages are zero */
	int id;
};

static struct pool segment_pool = POOL_INIT(struct segment);
static struct segment *slots[CONFIG_SHMMNI];
static uint32_t generations[CONFIG_SHMMNI]; /* so that an id that is no more is never another's */
static uint32_t npages;			    /* of all segments */

static struct segment *segment_of(struct backing *backing)
{
	return container_of(backing, struct segment, backing);
}

static uint32_t pages_of(const struct segment *segment)
{
	return store_capacity(&segment->backing) >> CONFIG_PAGE_SHIFT;
}

static void destroy(struct segment *segment)
{
	unsigned int slot = (unsigned int)segment->id % CONFIG_SHMMNI;

	npages -= pages_of(segment);
	slots[slot] = NULL;
	generations[slot]++;
	store_destroy(&segment->backing);
	pool_free(&segment_pool, segment);
}

/* What the segment tells mm, as a backing. */

static int segment_direct(struct backing *backing, struct extent *extent)
{
	return store_extent(backing, backing->size, extent);
}

static ssize_t segment_read(struct backing *backing, uint32_t off, void *to, size_t len)
{
	memcpy(to, addr_ptr(backing->store.start + off), len);
	return (ssize_t)len;
}

static void segment_hold(struct backing *backing)
{
	(void)backing; /* its VMAs are counted as attachments, in whole mappings */
}

static void segment_attached(struct backing *backing, struct mm *mm)
{
	struct shmid_ds *ds = &segment_of(backing)->ds;

	ds->shm_nattch++;
	ds->shm_lpid = mm->pid;
	ds->shm_atime = clock_seconds();
}

static void segment_detached(struct backing *backing, struct mm *mm)
{
	struct shmid_ds *ds = &segment_of(backing)->ds;

	ASSERT(ds->shm_nattch > 0);
	ds->shm_nattch--;
	ds->shm_lpid = mm->pid;
	ds->shm_dtime = clock_seconds();
}

/* The last use of the store has ended: with the last attachment a removed segment goes. */
static void segment_release(struct backing *backing)
{
	struct segment *segment = segment_of(backing);

	if (segment->ds.shm_nattch == 0 && (segment->ds.shm_perm.mode & SHM_DEST))
		destroy(segment);
}

/* As Linux shows it. */
static void segment_path(const struct backing *backing, char *to, size_t size)
{
	const struct segment *segment = segment_of((struct backing *)(uintptr_t)backing);

	sniprintf(to, size, "/SYSV%08lx (deleted)", (unsigned long)segment->ds.shm_perm.key);
}

static const struct backing_ops segment_ops = {
	.direct = segment_direct,
	.read = segment_read,
	.attached = segment_attached,
	.detached = segment_detached,
	.path = segment_path,
	.get = segment_hold,
	.put = segment_release,
};

/* Finding, and judging. */

static struct segment *find_key(key_t key)
{
	for (unsigned int slot = 0; slot < CONFIG_SHMMNI; slot++)
		if (slots[slot] && slots[slot]->ds.shm_perm.key == key &&
		    !(slots[slot]->ds.shm_perm.mode & SHM_DEST))
			return slots[slot];
	return NULL;
}

/* 0, -EINVAL: never an id, -EIDRM: one no more. */
static int find_id(int id, struct segment **found)
{
	unsigned int slot = (unsigned int)id % CONFIG_SHMMNI;

	*found = NULL;
	if (id < 0 || (unsigned int)id / CONFIG_SHMMNI > generations[slot])
		return -EINVAL;
	if (!slots[slot] || slots[slot]->id != id)
		return (unsigned int)id / CONFIG_SHMMNI < generations[slot] ? -EIDRM : -EINVAL;
	*found = slots[slot];
	return 0;
}

static bool is_owner(const struct shm_caller *caller, const struct ipc_perm *perm)
{
	return caller->uid == 0 || caller->uid == perm->uid || caller->uid == perm->cuid;
}

/* find_id() for who may change it; -EPERM. */
static int find_own(const struct shm_caller *caller, int id, struct segment **found)
{
	int err = find_id(id, found);

	return !err && !is_owner(caller, &(*found)->ds.shm_perm) ? -EPERM : err;
}

static bool permits(const struct shm_caller *caller, const struct ipc_perm *perm, unsigned int want)
{
	unsigned int mode = perm->mode;

	if (caller->uid == 0)
		return true;
	if (is_owner(caller, perm))
		mode >>= 6;
	else if (caller->gid == perm->gid || caller->gid == perm->cgid)
		mode >>= 3;
	return (mode & want) == want;
}

/* What the permission bits of a request ask for: the owner's count, as Linux has it. */
static unsigned int wanted(int flags)
{
	unsigned int mode = (unsigned int)flags;

	return ((mode >> 6) | (mode >> 3) | mode) & (MAY_READ | MAY_WRITE);
}

static int next_slot(void)
{
	for (int slot = 0; slot < CONFIG_SHMMNI; slot++)
		if (!slots[slot])
			return slot;
	return -ENOSPC;
}

static int create(const struct shm_caller *caller, key_t key, size_t size, int flags)
{
	struct segment *segment;
	int slot = next_slot(), err;

	if ((flags & SHM_HUGETLB) || size < SHM_MIN || size > page_total() << CONFIG_PAGE_SHIFT)
		return -EINVAL;
	if (slot < 0)
		return slot;
	segment = pool_alloc(&segment_pool);
	if (!segment)
		return -ENOMEM;
	segment->backing.ops = &segment_ops;
	segment->backing.kind = BACKING_RAM;
	segment->backing.size = size;
	err = store_grow(&segment->backing, page_ceil((addr_t)size) >> CONFIG_PAGE_SHIFT);
	if (err) {
		pool_free(&segment_pool, segment);
		return err;
	}
	if (generations[slot] > (unsigned int)INT_MAX / CONFIG_SHMMNI - 1)
		generations[slot] = 0;
	segment->id = (int)generations[slot] * CONFIG_SHMMNI + slot;
	segment->cleared = segment->backing.store.start;
	segment->ds = (struct shmid_ds){
		.shm_perm = { .key = key,
			      .uid = caller->uid,
			      .gid = caller->gid,
			      .cuid = caller->uid,
			      .cgid = caller->gid,
			      .mode = (unsigned short)(flags & MODE_BITS),
			      .seq = (unsigned short)generations[slot] },
		.shm_segsz = size,
		.shm_ctime = clock_seconds(),
		.shm_cpid = caller->pid,
	};
	segment->backing.ino = (uint32_t)segment->id;
	slots[slot] = segment;
	npages += pages_of(segment);
	return segment->id;
}

int shm_get(const struct shm_caller *caller, key_t key, size_t size, int flags)
{
	struct segment *segment = key == IPC_PRIVATE ? NULL : find_key(key);

	if (!segment) {
		if (key != IPC_PRIVATE && !(flags & IPC_CREAT))
			return -ENOENT;
		return create(caller, key, size, flags);
	}
	if ((flags & IPC_CREAT) && (flags & IPC_EXCL))
		return -EEXIST;
	if (!permits(caller, &segment->ds.shm_perm, wanted(flags)))
		return -EACCES;
	if (size > segment->ds.shm_segsz)
		return -EINVAL;
	return segment->id;
}

/* Clear a step of what is not clear yet; false: there is more. */
static bool clear_step(struct segment *segment)
{
	addr_t end = segment->backing.store.end;
	addr_t len = MIN(end - segment->cleared, (addr_t)CONFIG_STEP_BYTES);

	arch_clear(addr_ptr(segment->cleared), len);
	segment->cleared += len;
	return segment->cleared == end;
}

int shm_attach(struct mm *mm, const struct shm_caller *caller, int id, addr_t addr, int flags,
	       addr_t *at)
{
	bool is_readonly = flags & SHM_RDONLY;
	struct map_request request;
	struct segment *segment;
	struct mm_job job;
	int err = find_id(id, &segment);

	if (err)
		return err;
	if (flags & SHM_REMAP)
		return -EINVAL; /* a segment has one place, and takes no other's */
	if (addr && (flags & SHM_RND))
		addr = page_floor(addr);
	if (addr && addr != segment->backing.store.start)
		return -EINVAL;
	if (!permits(caller, &segment->ds.shm_perm, is_readonly ? MAY_READ : MAY_READ | MAY_WRITE))
		return -EACCES;
	if (segment->cleared < segment->backing.store.end && !clear_step(segment))
		return 1;
	map_request_init(&request, segment->ds.shm_segsz,
			 PROT_READ | (is_readonly ? 0 : PROT_WRITE) |
				 (flags & SHM_EXEC ? PROT_EXEC : 0),
			 MAP_SHARED);
	request.backing = &segment->backing;
	request.can_write = !is_readonly;
	return mm_map(mm, &request, at, &job);
}

int shm_detach(struct mm *mm, addr_t addr)
{
	struct vma *vma = mm_first(mm, addr, UINT32_MAX), *youngest = vma;
	const struct region *region = vma ? vma->region : NULL;

	if (!region || region->start != addr || !region->is_store ||
	    region->backing->ops != &segment_ops)
		return -EINVAL;
	while ((vma = mm_next(vma, region->start, region->end)) != NULL)
		if (vma_is_younger(vma, youngest))
			youngest = vma;
	mm_unmap_mapping(youngest);
	return 0;
}

static int report(const struct shm_caller *caller, const struct segment *segment,
		  struct shmid_ds *ds)
{
	if (!permits(caller, &segment->ds.shm_perm, MAY_READ))
		return -EACCES;
	*ds = segment->ds;
	return 0;
}

int shm_stat(const struct shm_caller *caller, int id, struct shmid_ds *ds)
{
	struct segment *segment;
	int err = find_id(id, &segment);

	return err ? err : report(caller, segment, ds);
}

int shm_stat_slot(const struct shm_caller *caller, int slot, struct shmid_ds *ds)
{
	int err;

	if (slot < 0 || slot >= CONFIG_SHMMNI || !slots[slot])
		return -EINVAL;
	err = report(caller, slots[slot], ds);
	return err ? err : slots[slot]->id;
}

int shm_set(const struct shm_caller *caller, int id, const struct shmid_ds *ds)
{
	struct segment *segment;
	struct ipc_perm *perm;
	int err = find_own(caller, id, &segment);

	if (err)
		return err;
	perm = &segment->ds.shm_perm;
	perm->uid = ds->shm_perm.uid;
	perm->gid = ds->shm_perm.gid;
	perm->mode = (unsigned short)((perm->mode & ~MODE_BITS) | (ds->shm_perm.mode & MODE_BITS));
	segment->ds.shm_ctime = clock_seconds();
	return 0;
}

int shm_remove(const struct shm_caller *caller, int id)
{
	struct segment *segment;
	int err = find_own(caller, id, &segment);

	if (err)
		return err;
	segment->ds.shm_perm.mode |= SHM_DEST;
	segment->ds.shm_perm.key = IPC_PRIVATE;
	segment_release(&segment->backing);
	return 0;
}

int shm_touch(const struct shm_caller *caller, int id)
{
	struct segment *segment;

	return find_own(caller, id, &segment);
}

/* The highest slot in use; 0 where there is none, as on Linux. */
static int highest_slot(void)
{
	for (int slot = CONFIG_SHMMNI; slot-- > 0;)
		if (slots[slot])
			return slot;
	return 0;
}

int shm_limits(struct shminfo *info)
{
	*info = (struct shminfo){ .shmmax = page_total() << CONFIG_PAGE_SHIFT,
				  .shmmin = SHM_MIN,
				  .shmmni = CONFIG_SHMMNI,
				  .shmseg = CONFIG_SHMMNI,
				  .shmall = page_total() };
	return highest_slot();
}

int shm_usage(struct shm_info *info)
{
	*info = (struct shm_info){ .shm_tot = npages, .shm_rss = npages };
	for (unsigned int slot = 0; slot < CONFIG_SHMMNI; slot++)
		info->used_ids += slots[slot] != NULL;
	return highest_slot();
}

/* Is it the first piece, on the list of its backing, of its mapping? */
static bool is_first_piece(const struct backing *backing, const struct vma *piece)
{
	const struct vma *vma;

	LIST_FOREACH(vma, &backing->vmas, on_backing)
		if (vma->mm == piece->mm && vma->serial == piece->serial)
			return vma == piece;
	return false;
}

void shm_check(void)
{
	for (unsigned int slot = 0; slot < CONFIG_SHMMNI; slot++) {
		const struct segment *segment = slots[slot];
		const struct vma *vma;
		shmatt_t n = 0;

		if (!segment)
			continue;
		LIST_FOREACH(vma, &segment->backing.vmas, on_backing)
			n += is_first_piece(&segment->backing, vma);
		if (n != segment->ds.shm_nattch)
			panic("I6: segment %d counts %lu attachments, has %lu", segment->id,
			      segment->ds.shm_nattch, n);
	}
}
