/* SPDX-License-Identifier: MIT */
/* What calls take from their callers' memory.  See include/kernel/fetch.h. */
#include <arch/irq.h>
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/fetch.h>
#include <kernel/proc.h>
#include <mm/uaccess.h>
#include <string.h>

int fetch_name(uaddr_t from, char path[CROFT_PATH_MAX])
{
	const char *string;
	size_t len;
	int err = user_string(current_mm(), from, CROFT_PATH_MAX, &string, &len);

	if (!err)
		memcpy(path, string, len + 1);
	return !err && len == 0 ? -ENOENT : err;
}

int fetch_path(uaddr_t from, char path[CROFT_PATH_MAX])
{
	struct place *place = &current->place;
	bool is_again = current->walks;
	int err = fetch_name(from, path);

	/* Another thread may have changed the path meanwhile. */
	if (!is_again || err || place->at > strlen(path))
		vfs_place_put(place);
	current->walks = false;
	while (!err && vfs_walk_ahead(path, place))
		if (arch_kernel_requested()) {
			current->walks = true;
			err = (int)thread_restart();
		}
	if (is_again && !current->walks)
		sched_request(); /* signals have waited */
	return err;
}

int fetch_ns(uaddr_t from, uint64_t *ns)
{
	struct timespec ts;
	int err = user_read(current_mm(), &ts, from, sizeof(ts));

	return err ? err : timer_ns(&ts, ns);
}

int fetch_deadline(uaddr_t from, uint64_t *deadline)
{
	int err;

	*deadline = 0;
	if (!from.addr)
		return 0;
	err = fetch_ns(from, deadline);
	*deadline = MAX(*deadline, 1);
	return err;
}
