/* SPDX-License-Identifier: MIT */
/* Message queues, and their directory.  See include/kernel/mqueue.h. */
#include <croft/poll.h>
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/mqueue.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <string.h>

#define INO_ROOT 1

struct slot {
	struct slot *next;
	uint16_t len;
	uint8_t priority;
	uint8_t bytes[];
};

struct mqueue {
	struct inode inode; /* first */
	TAILQ_ENTRY(mqueue) link;
	char name[CROFT_NAME_MAX + 1];
	struct waitq waiters;
	struct slot *first, *free;
	addr_t storage;
	uint32_t npages;
	uint16_t maxmsg, msgsize, count;
	struct proc *watcher; /* NULL: nobody */
	struct note *note;    /* for it; NULL: it is told nothing */
};

static const struct inode_ops dir_ops, queue_ops;

static struct inode root = {
	.ops = &dir_ops,
	.ino = INO_ROOT,
	.refs = 1,
	.dev = FS_MQUEUE,
	.mode = S_IFDIR | S_ISVTX | 0777,
	.nlink = 2,
	.can_seek = true,
};
static TAILQ_HEAD(, mqueue) queues = TAILQ_HEAD_INITIALIZER(queues);
static struct pool mqueue_pool = POOL_INIT(struct mqueue);
static uint32_t last_ino = INO_ROOT;
static uint32_t pages_used; /* by all of them, also those without a name */
static uint16_t wanted_maxmsg = CROFT_MQ_MAXMSG, wanted_msgsize = CROFT_MQ_MSGSIZE;

static struct mqueue *queue_of(struct inode *inode)
{
	return container_of(inode, struct mqueue, inode);
}

struct mqueue *mqueue_of(const struct file *file)
{
	return file->inode->ops == &queue_ops ? queue_of(file->inode) : NULL;
}

struct waitq *mqueue_waiters(struct mqueue *queue)
{
	return &queue->waiters;
}

struct inode *mqueue_root(void)
{
	inode_get(&root);
	return &root;
}

static size_t slot_bytes(const struct mqueue *queue)
{
	return (sizeof(struct slot) + queue->msgsize + 3) & ~(size_t)3;
}

int mqueue_want(const struct croft_mq_attr *attr)
{
	if (attr && (attr->maxmsg < 1 || attr->maxmsg > CROFT_MQ_LIMIT || attr->msgsize < 1 ||
		     attr->msgsize > CROFT_MQ_LIMIT))
		return -EINVAL;
	wanted_maxmsg = (uint16_t)(attr ? attr->maxmsg : CROFT_MQ_MAXMSG);
	wanted_msgsize = (uint16_t)(attr ? attr->msgsize : CROFT_MQ_MSGSIZE);
	return 0;
}

/* Take the memory of all messages.  -ENOSPC. */
static int take_storage(struct mqueue *queue)
{
	size_t bytes = slot_bytes(queue) * queue->maxmsg;

	queue->npages = page_ceil((addr_t)bytes) >> CONFIG_PAGE_SHIFT;
	if (pages_used + queue->npages > CONFIG_MQUEUE_PAGES ||
	    page_alloc(queue->npages, PLACE_ANY, &queue->storage))
		return -ENOSPC;
	pages_used += queue->npages;
	for (unsigned int i = 0; i < queue->maxmsg; i++) {
		struct slot *slot = addr_ptr(queue->storage + i * (addr_t)slot_bytes(queue));

		slot->next = queue->free;
		queue->free = slot;
	}
	return 0;
}

void mqueue_attr(const struct mqueue *queue, struct croft_mq_attr *attr)
{
	attr->maxmsg = queue->maxmsg;
	attr->msgsize = queue->msgsize;
	attr->curmsgs = queue->count;
}

static void forget_watcher(struct mqueue *queue)
{
	if (queue->note)
		note_free(queue->note);
	queue->note = NULL;
	queue->watcher = NULL;
}

int mqueue_watch(struct mqueue *queue, struct proc *proc, struct note *note)
{
	if (queue->watcher)
		return -EBUSY;
	queue->watcher = proc;
	queue->note = note;
	return 0;
}

void mqueue_unwatch(struct mqueue *queue, const struct proc *proc)
{
	struct mqueue *each;

	TAILQ_FOREACH(each, &queues, link)
		if ((!queue || each == queue) && each->watcher == proc)
			forget_watcher(each);
}

/* A message has come to the queue that was empty, and nobody waits for it. */
static void tell_watcher(struct mqueue *queue)
{
	struct proc *watcher = queue->watcher;
	struct note *note = queue->note;

	queue->watcher = NULL;
	queue->note = NULL;
	if (note)
		signal_send(watcher, note);
}

int mqueue_send(struct mqueue *queue, const void *from, size_t len, unsigned int priority)
{
	struct slot *slot = queue->free, **at = &queue->first;
	bool is_expected = !TAILQ_EMPTY(&queue->waiters.threads);

	if (len > queue->msgsize)
		return -EMSGSIZE;
	if (!slot)
		return -EAGAIN;
	queue->free = slot->next;
	slot->len = (uint16_t)len;
	slot->priority = (uint8_t)priority;
	memcpy(slot->bytes, from, len);
	while (*at && (*at)->priority >= priority)
		at = &(*at)->next;
	slot->next = *at;
	*at = slot;
	if (queue->count++ == 0 && queue->watcher && !is_expected)
		tell_watcher(queue);
	waitq_wake_all(&queue->waiters);
	return 0;
}

long mqueue_receive(struct mqueue *queue, void *to, size_t len, unsigned int *priority)
{
	struct slot *slot = queue->first;

	if (len < queue->msgsize)
		return -EMSGSIZE;
	if (!slot)
		return -EAGAIN;
	memcpy(to, slot->bytes, slot->len);
	*priority = slot->priority;
	queue->first = slot->next;
	slot->next = queue->free;
	queue->free = slot;
	queue->count--;
	waitq_wake_all(&queue->waiters);
	return slot->len;
}

/* ---- As a file. ---- */

static ssize_t queue_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	(void)inode;
	(void)off;
	(void)to;
	(void)len;
	return -EINVAL;
}

static ssize_t queue_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	(void)inode;
	(void)off;
	(void)from;
	(void)len;
	return -EINVAL;
}

static unsigned int queue_ready(struct inode *inode)
{
	const struct mqueue *queue = queue_of(inode);

	return (queue->first ? POLLIN : 0u) | (queue->free ? POLLOUT : 0u);
}

/* Its name went before, or it has never had one. */
static void queue_release(struct inode *inode)
{
	struct mqueue *queue = queue_of(inode);

	forget_watcher(queue);
	waitq_wake_all(&queue->waiters); /* another thread has closed what they wait for */
	TAILQ_REMOVE(&queues, queue, link);
	pages_used -= queue->npages;
	page_put(queue->storage, queue->npages);
	pool_free(&mqueue_pool, queue);
}

static int dir_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	struct mqueue *queue;

	(void)dir;
	TAILQ_FOREACH(queue, &queues, link)
		if (queue->inode.nlink && name_is(queue->name, name, len)) {
			inode_get(&queue->inode);
			*found = &queue->inode;
			return 0;
		}
	return -ENOENT;
}

static int dir_create(struct inode *dir, const char *name, size_t len, mode_t mode,
		      struct inode **made)
{
	struct mqueue *queue = pool_alloc(&mqueue_pool);
	int err;

	(void)dir;
	if (!queue)
		return -ENOSPC;
	queue->maxmsg = wanted_maxmsg;
	queue->msgsize = wanted_msgsize;
	err = take_storage(queue);
	if (err) {
		pool_free(&mqueue_pool, queue);
		return err;
	}
	waitq_init(&queue->waiters);
	inode_init(&queue->inode, &queue_ops, FS_MQUEUE, ++last_ino, S_IFREG | mode);
	queue->inode.refs++; /* the name, and the caller */
	queue->inode.waiters = &queue->waiters;
	queue->inode.can_seek = false;
	memcpy(queue->name, name, len); /* the record came zeroed */
	TAILQ_INSERT_TAIL(&queues, queue, link);
	*made = &queue->inode;
	return 0;
}

static int dir_unlink(struct inode *dir, struct inode *inode)
{
	(void)dir;
	inode->nlink = 0;
	inode_put(inode);
	return 0;
}

/* The cookie is the number of the file told last. */
static int dir_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	struct mqueue *queue = TAILQ_FIRST(&queues);

	(void)dir;
	while (queue && (queue->inode.ino <= *cookie || !queue->inode.nlink))
		queue = TAILQ_NEXT(queue, link);
	if (!queue)
		return 0;
	*cookie = queue->inode.ino;
	dirent_set(entry, *cookie, S_IFREG, queue->name, sizeof(queue->name));
	return 1;
}

static const struct inode_ops dir_ops = {
	.lookup = dir_lookup,
	.create = dir_create,
	.unlink = dir_unlink,
	.readdir = dir_readdir,
};
static const struct inode_ops queue_ops = {
	.read = queue_read,
	.write = queue_write,
	.ready = queue_ready,
	.release = queue_release,
};
