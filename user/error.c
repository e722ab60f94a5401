/* SPDX-License-Identifier: MIT */
/* error_text(): a few words for the errors that a command meets; newlib's strerror() has 3 KB. */
#include <croft.h>
#include <errno.h>

const char *error_text(int error)
{
	switch (error) {
	case ENOENT:
		return "not found";
	case EPERM:
	case EACCES:
		return "permission denied";
	case ENOEXEC:
		return "not a program";
	case ENOMEM:
		return "out of memory";
	case EAGAIN:
		return "too many processes, or not now";
	case EROFS:
		return "read-only file system";
	case EISDIR:
		return "is a folder";
	case ENOTDIR:
		return "not a folder";
	case ESRCH:
		return "no such process";
	case EINVAL:
		return "not valid";
	case EIO:
		return "I/O error";
	case EPIPE:
		return "nobody reads";
	case ENOSPC:
		return "no room";
	case ETXTBSY:
		return "in use";
	default:
		return "failed";
	}
}
