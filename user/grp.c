/* SPDX-License-Identifier: MIT */
/* Groups, as /etc/group names them; no user is in a group but one's own.  Source: POSIX.1-2017 <grp.h>. */
#include "accounts.h"

#include <grp.h>
#include <stdlib.h>

enum { NFIELDS = ID_FIELD + 1 };

static struct accounts all = { .path = "/etc/group" };
static char line[ACCOUNT_LINE];
static struct group found;

static int next(struct accounts *from, const char *name, long id, struct group *group, char *buf,
		size_t size)
{
	static char *nobody[] = { NULL };
	char *field[NFIELDS];
	int more = __croft_account(from, name, id, buf, size, field, NFIELDS);

	if (more == 1)
		*group = (struct group){ .gr_name = field[NAME_FIELD],
					 .gr_passwd = field[PASSWORD_FIELD],
					 .gr_gid = (gid_t)atoi(field[ID_FIELD]),
					 .gr_mem = nobody };
	return more;
}

/* An error sets errno; where no group is of that name it stays. */
static struct group *get(struct accounts *from, const char *name, long id)
{
	int more = next(from, name, id, &found, line, sizeof(line));

	if (more < 0)
		errno = -more;
	return more == 1 ? &found : NULL;
}

static int get_into(const char *name, long id, struct group *group, char *buf, size_t size,
		    struct group **result)
{
	struct accounts first = { .path = all.path };
	int more = next(&first, name, id, group, buf, size);

	*result = more == 1 ? group : NULL;
	return more < 0 ? -more : 0;
}

struct group *getgrnam(const char *name)
{
	struct accounts first = { .path = all.path };

	return get(&first, name, -1);
}

struct group *getgrgid(gid_t gid)
{
	struct accounts first = { .path = all.path };

	return get(&first, NULL, gid);
}

int getgrnam_r(const char *name, struct group *group, char *buf, size_t size, struct group **result)
{
	return get_into(name, -1, group, buf, size, result);
}

int getgrgid_r(gid_t gid, struct group *group, char *buf, size_t size, struct group **result)
{
	return get_into(NULL, gid, group, buf, size, result);
}

struct group *getgrent(void)
{
	return get(&all, NULL, -1);
}

void setgrent(void)
{
	all.at = 0;
}

void endgrent(void)
{
	setgrent();
}
