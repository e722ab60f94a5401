/* SPDX-License-Identifier: MIT */
/* pread() and pwrite() at an offset of their own, and rename(). */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tap.h"

#define OLD   "/tmp/old"
#define NEW   "/tmp/new"
#define FLASH "/test/words"
#define LONG  5000
#define LAST  "/tmp/a name of just thirty-one bytes" /* the longest there is */

static char bytes[LONG];

static int err_of(long result)
{
	return result == -1 ? errno : 0;
}

/* A file in RAM that holds @text. */
static int make(const char *path, const char *text)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? fd : -1;
}

static int holds(const char *path, const char *text)
{
	char got[16] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got) - 1);

	close(fd);
	return n == (ssize_t)strlen(text) && !strcmp(got, text);
}

static void test_at_an_offset(void)
{
	int fd = make(OLD, "0123456789"), append = open(OLD, O_WRONLY | O_APPEND);
	char got[8] = "";

	IS(lseek(fd, 3, SEEK_SET), 3, "a file with an offset");
	IS(pread(fd, got, 4, 5), 4, "pread()");
	OK(!memcmp(got, "5678", 5), "what lies there");
	IS(pwrite(fd, "ab", 2, 8), 2, "pwrite()");
	IS(lseek(fd, 0, SEEK_CUR), 3, "the offset is as it was");
	IS(pread(fd, got, 4, 9), 1, "pread() ends at the end");
	IS(pread(fd, got, 4, 100), 0, "and reads nothing behind it");
	IS(pwrite(append, "Z", 1, 0), 1, "pwrite() where all is appended");
	OK(holds(OLD, "Z1234567ab"), "is at its offset all the same");
	IS(write(append, "!", 1), 1, "write() there is not");
	OK(holds(OLD, "Z1234567ab!"), "but at the end");
	IS(pwrite(fd, "x", 1, 14), 1, "pwrite() behind the end");
	IS(pread(fd, got, 4, 10), 4, "the gap");
	OK(!memcmp(got, "!\0\0\0", 4), "is zero");
	IS(pwrite(fd, bytes, LONG, 0), LONG, "a long one");
	memset(bytes, 1, LONG);
	IS(pread(fd, bytes, LONG, 0), LONG, "and back");
	OK(!bytes[0] && !bytes[LONG - 1], "all of it");
	IS(lseek(fd, 0, SEEK_CUR), 3, "the offset is still as it was");
	close(append);
	close(fd);
}

static void test_wrong_offsets(void)
{
	int fd = make(OLD, "0123"), only = open(OLD, O_RDONLY), fds[2];
	char c;

	pipe(fds);
	IS(err_of(pread(fd, &c, 1, -1)), EINVAL, "EINVAL: pread() before the start");
	IS(err_of(pwrite(fd, &c, 1, -1)), EINVAL, "EINVAL: pwrite()");
	IS(err_of(pread(fds[0], &c, 1, 0)), ESPIPE, "ESPIPE: a pipe");
	IS(err_of(pwrite(fds[1], &c, 1, 0)), ESPIPE, "ESPIPE: its other end");
	IS(err_of(pread(-1, &c, 1, 0)), EBADF, "EBADF: no file");
	IS(err_of(pwrite(only, &c, 1, 0)), EBADF, "EBADF: opened to read");
	IS(err_of(pread(fd, NULL, 1, 0)), EFAULT, "EFAULT: no memory");
	IS(err_of(pwrite(fd, "x", 1, 0x7fffffff)), EFBIG, "EFBIG: no file is as long");
	IS(lseek(fd, 0, SEEK_CUR), 4, "the offset is as it was");
	close(fds[0]);
	close(fds[1]);
	close(only);
	close(fd);
}

static void test_rename(void)
{
	int old = make(OLD, "old"), new = make(NEW, "new");
	struct stat before, after;
	char got[4] = "";

	fstat(old, &before);
	IS(rename(OLD, NEW), 0, "rename() to a name that is taken");
	OK(holds(NEW, "old"), "the file has that name");
	IS(err_of(open(OLD, O_RDONLY)), ENOENT, "its old one is gone");
	IS(stat(NEW, &after), 0, "it is");
	OK(after.st_ino == before.st_ino && after.st_nlink == 1, "the same file");
	IS(pread(new, got, 3, 0), 3, "the file that lost its name lives while it is open");
	OK(!strcmp(got, "new"), "with what was in it");
	IS(fstat(new, &after), 0, "it has");
	IS(after.st_nlink, 0, "no name");
	close(new);
	close(old);
	IS(rename(NEW, "/tmp/../tmp/./new"), 0, "rename() to its own name");
	OK(holds(NEW, "old"), "changes nothing");
	IS(rename(NEW, LAST), 0, "to the longest name there is");
	IS(err_of(rename(LAST, LAST "!")), ENAMETOOLONG, "ENAMETOOLONG: a longer one");
	IS(rename(LAST, "/tmp/n"), 0, "to a shorter one");
	OK(holds("/tmp/n", "old"), "it is there");
	unlink("/tmp/n");
}

static void test_what_is_not_renamed(void)
{
	int fd = make(OLD, "old");

	IS(err_of(rename("/tmp/none", NEW)), ENOENT, "ENOENT: no such file");
	IS(err_of(rename("", NEW)), ENOENT, "ENOENT: no name");
	IS(err_of(rename(OLD, "")), ENOENT, "ENOENT: to none");
	IS(err_of(rename(OLD, "/none/x")), ENOENT, "ENOENT: no such directory");
	IS(err_of(rename(OLD, "/dev/shm/x")), EXDEV, "EXDEV: another directory");
	IS(err_of(rename(OLD, "/tmp/x/")), ENOTDIR, "ENOTDIR: the name of a directory");
	IS(err_of(rename(OLD, "/tmp")), EXDEV, "EXDEV: what has the name is elsewhere");
	IS(err_of(rename(OLD, "/tmp/.")), EISDIR, "EISDIR: a directory has that name");
	IS(err_of(rename("/tmp", "/tmp/x")), EBUSY, "EBUSY: a directory");
	IS(err_of(rename(FLASH, NEW)), EROFS, "EROFS: in flash");
	IS(err_of(rename("/dev/null", "/dev/x")), EROFS, "EROFS: a device");
	IS(err_of(rename(OLD, (char *)1)), EFAULT, "EFAULT: no path");
	OK(holds(OLD, "old"), "the file is as it was");
	IS(err_of(open(NEW, O_RDONLY)), ENOENT, "and nothing has come");
	close(fd);
}

/* Of /tmp, where each takes away what is his own. */
static int rename_as_another(long a, long b)
{
	(void)b;
	if (setuid(7) || close(make("/tmp/mine", "7")))
		return 1;
	if (a)
		return err_of(rename("/tmp/mine", OLD)); /* root's would lose its name */
	return err_of(rename(OLD, "/tmp/mine"));
}

static void test_whose_names(void)
{
	OK(part_ended(part_start("other", 0, 0), EPERM), "EPERM: the file of another");
	OK(part_ended(part_start("other", 1, 0), EPERM), "EPERM: the name of another");
	OK(holds(OLD, "old"), "it is as it was");
	unlink("/tmp/mine");
}

/* A mapping shows by its new name, and lives on. */
static void test_a_mapped_file(void)
{
	int fd = open(OLD, O_RDWR);
	char *p = mmap(NULL, 4, PROT_READ, MAP_SHARED, fd, 0);
	static char maps[2000];

	IS(rename(OLD, NEW), 0, "rename() of what is mapped");
	OK(p != MAP_FAILED && !memcmp(p, "old", 3), "the mapping stays");
	close(fd);
	fd = open("/proc/maps", O_RDONLY);
	for (ssize_t n, at = 0; (n = read(fd, maps + at, sizeof(maps) - 1 - (size_t)at)) > 0;)
		at += n;
	close(fd);
	OK(strstr(maps, NEW) && !strstr(maps, OLD), "and is shown by its new name");
	munmap(p, 4);
	unlink(NEW);
}

static const struct part parts[] = { { "other", rename_as_another }, { 0 } };

static void test(void)
{
	long free = system_info(INFO_FREE_PAGES);

	test_at_an_offset();
	test_wrong_offsets();
	test_rename();
	test_what_is_not_renamed();
	test_whose_names();
	test_a_mapped_file();
	IS(system_info(INFO_FREE_PAGES), free, "nothing is lost");
}

TAP_MAIN(parts, test)
