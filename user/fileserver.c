/* SPDX-License-Identifier: MIT */
/* Serving files.  See include/fileserver.h. */
#include "syscall.h"

#include <fileserver.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <channel.h>
#include <croft/limits.h>

int fileserver_serve(struct fileserver *server, const char *path, mode_t mode)
{
	int ends[2];

	if (channel_create(ends))
		return -1;
	close(ends[1]);
	server->channel = ends[0];
	if (channel_serve(ends[0], path, mode) == 0)
		return 0;
	close(ends[0]);
	return -1;
}

ssize_t fileserver_put(struct fileserver *server, size_t off, const void *from, size_t len)
{
	ssize_t put = channel_write(server->channel, server->id, off, from, len);

	return put < 0 ? -errno : put;
}

ssize_t fileserver_get(struct fileserver *server, size_t off, void *to, size_t len)
{
	ssize_t got = channel_read(server->channel, server->id, off, to, len);

	return got < 0 ? -errno : got;
}

/* Make names with one slash between of a path.  false: it leads out of what is served. */
static int clean(char *path)
{
	char *to = path, *from = path;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len == 2 && from[0] == '.' && from[1] == '.') {
			if (to == path)
				return 0;
			while (to > path && *--to != '/')
				;
		} else if (len > 0 && !(len == 1 && from[0] == '.')) {
			if (to > path)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len;
		from += strspn(from, "/");
	}
	*to = '\0';
	return 1;
}

static long answer_open(struct fileserver *server, unsigned int words[CHANNEL_WORDS])
{
	struct fileserver_node node = { 0 };
	char path[CROFT_PATH_MAX];
	ssize_t len = fileserver_get(server, 0, path, sizeof(path) - 1);
	int must_be_dir, err;

	if (len <= 0)
		return len < 0 ? len : -ENOENT;
	path[len] = '\0';
	must_be_dir = path[len - 1] == '/';
	if (!clean(path))
		return -ENOENT;
	if (!*path)
		node.mode = S_IFDIR | 0555;
	err = *path ? server->open(server, path, &node) : 0;
	if (!err && must_be_dir && !S_ISDIR(node.mode))
		err = -ENOTDIR;
	words[0] = node.number;
	words[1] = node.mode;
	words[2] = node.size;
	return err;
}

static long answer_readdir(struct fileserver *server, unsigned int number,
			   unsigned int words[CHANNEL_WORDS])
{
	unsigned int place = words[2], len = words[3];
	size_t done = 0;

	while (done + sizeof(struct dirent) <= len) {
		struct dirent entry = { 0 };
		long next = server->readdir(server, number, place, &entry);
		ssize_t put;

		if (next < 0 && done == 0)
			return next;
		if (next <= 0)
			break;
		put = fileserver_put(server, done, &entry, sizeof(entry));
		if (put < 0)
			return put;
		done += sizeof(entry);
		place = (unsigned int)next;
	}
	words[0] = place;
	return (long)done;
}

static long answer(struct fileserver *server, unsigned int words[CHANNEL_WORDS])
{
	unsigned int number = words[1] & ~SERVE_NONBLOCK;

	switch (words[0]) {
	case SERVE_OPEN:
		return server->open ? answer_open(server, words) : -ENOENT;
	case SERVE_READ:
		return server->read ? server->read(server, number, words[2], words[3]) : -EROFS;
	case SERVE_WRITE:
		return server->write ? server->write(server, number, words[2], words[3]) : -EROFS;
	case SERVE_READDIR:
		return server->readdir ? answer_readdir(server, number, words) : -EROFS;
	default:
		return -ENOSYS;
	}
}

int fileserver_run(struct fileserver *server)
{
	unsigned int words[CHANNEL_WORDS];
	long status = 0;

	server->id = 0;
	for (;;) {
		server->id = channel_reply_receive(server->channel, server->id, status, words);
		if (server->id < 0 && errno == EINTR)
			server->id = 0;
		else if (server->id < 0)
			return -1;
		else if (server->id > 0) /* notifications are nothing to it */
			status = answer(server, words);
	}
}
