/* SPDX-License-Identifier: MIT */
/* What calls take from their callers' memory.  See include/kernel/fetch.h. */
#include <errno.h>
#include <kernel/fetch.h>
#include <kernel/proc.h>
#include <mm/uaccess.h>
#include <string.h>

int fetch_path(uaddr_t from, char path[CROFT_PATH_MAX])
{
	const char *string;
	size_t len;
	int err = user_string(current_mm(), from, CROFT_PATH_MAX, &string, &len);

	if (!err)
		memcpy(path, string, len + 1);
	return !err && len == 0 ? -ENOENT : err;
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
