/* SPDX-License-Identifier: MIT */
/* Users, as /etc/passwd names them.  Source: POSIX.1-2017 <pwd.h>. */
#include "accounts.h"

#include <pwd.h>
#include <stdlib.h>

enum { GROUP_FIELD = ID_FIELD + 1, GECOS_FIELD, HOME_FIELD, SHELL_FIELD, NFIELDS };

static struct accounts all = { .path = "/etc/passwd" };
static char line[ACCOUNT_LINE];
static struct passwd found;

static int next(struct accounts *from, const char *name, long id, struct passwd *user, char *buf,
		size_t size)
{
	char *field[NFIELDS];
	int more = __croft_account(from, name, id, buf, size, field, NFIELDS);

	if (more == 1)
		*user = (struct passwd){ .pw_name = field[NAME_FIELD],
					 .pw_passwd = field[PASSWORD_FIELD],
					 .pw_uid = (uid_t)atoi(field[ID_FIELD]),
					 .pw_gid = (gid_t)atoi(field[GROUP_FIELD]),
					 .pw_comment = field[GECOS_FIELD],
					 .pw_gecos = field[GECOS_FIELD],
					 .pw_dir = field[HOME_FIELD],
					 .pw_shell = field[SHELL_FIELD] };
	return more;
}

/* An error sets errno; where nobody is of that name it stays. */
static struct passwd *get(struct accounts *from, const char *name, long id)
{
	int more = next(from, name, id, &found, line, sizeof(line));

	if (more < 0)
		errno = -more;
	return more == 1 ? &found : NULL;
}

static int get_into(const char *name, long id, struct passwd *user, char *buf, size_t size,
		    struct passwd **result)
{
	struct accounts first = { .path = all.path };
	int more = next(&first, name, id, user, buf, size);

	*result = more == 1 ? user : NULL;
	return more < 0 ? -more : 0;
}

struct passwd *getpwnam(const char *name)
{
	struct accounts first = { .path = all.path };

	return get(&first, name, -1);
}

struct passwd *getpwuid(uid_t uid)
{
	struct accounts first = { .path = all.path };

	return get(&first, NULL, uid);
}

int getpwnam_r(const char *name, struct passwd *user, char *buf, size_t size,
	       struct passwd **result)
{
	return get_into(name, -1, user, buf, size, result);
}

int getpwuid_r(uid_t uid, struct passwd *user, char *buf, size_t size, struct passwd **result)
{
	return get_into(NULL, uid, user, buf, size, result);
}

struct passwd *getpwent(void)
{
	return get(&all, NULL, -1);
}

void setpwent(void)
{
	all.at = 0;
}

void endpwent(void)
{
	setpwent();
}
