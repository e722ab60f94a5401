/* SPDX-License-Identifier: MIT */
/* Who may use a file: umask(), chmod(), ids that are given up and taken back; and the names of ids. */
/* clang takes newlib's <stdatomic.h>, which forgets it. */
#include <stdint.h>

#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tap.h"

#define FILE_NAME "/tmp/rights"
#define NOBODY	  65534

static int err_of(long result)
{
	return result == -1 ? errno : 0;
}

/* The permission bits of a file, or -1. */
static int mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : (int)(st.st_mode & 07777);
}

/* Has a program that is started the umask @want? */
static int has_umask(long want, long b)
{
	(void)b;
	return umask(0) != (mode_t)want;
}

/* Without root's rights for good, nothing comes back. */
static int is_nobody(long a, long b)
{
	(void)a, (void)b;
	return setgid(NOBODY) || setuid(NOBODY) || err_of(seteuid(0)) != EPERM ||
	       err_of(setegid(0)) != EPERM || seteuid(NOBODY) || setegid(NOBODY) ||
	       err_of(chmod(FILE_NAME, 0666)) != EPERM || mode_of(FILE_NAME) != 0600;
}

/* What a program starts with is what its parent is for now. */
static int is_effective(long uid, long b)
{
	(void)b;
	return geteuid() != (uid_t)uid || getuid() != 0;
}

static const struct part parts[] = { { "has umask", has_umask },
				     { "is nobody", is_nobody },
				     { "is effective", is_effective },
				     { 0 } };

static void test_umask(void)
{
	int fd;

	IS(umask(027), 0, "umask(): nothing is taken at first");
	close(creat(FILE_NAME, 0666));
	IS(mode_of(FILE_NAME), 0640, "a file that is made lacks those bits");
	fd = shm_open("/rights", O_RDWR | O_CREAT, 0777);
	IS(mode_of("/dev/shm/rights"), 0750, "and so does a shared memory object");
	close(fd);
	shm_unlink("/rights");
	OK(part_ended(part_start("has umask", 027, 0), 0), "a program that is started has it, too");
	IS(umask(07777), 027, "umask() tells what was");
	IS(umask(0), 0777, "and keeps permission bits alone");
	close(open(FILE_NAME, O_WRONLY | O_CREAT, 0666));
	IS(mode_of(FILE_NAME), 0640, "a file that is there stays");
}

static void test_chmod(void)
{
	int fd = open(FILE_NAME, O_RDONLY);
	mqd_t queue = mq_open("/rights", O_RDWR | O_CREAT, 0600, (struct mq_attr *)NULL);

	IS(chmod(FILE_NAME, S_IFDIR | 0604), 0, "chmod()");
	IS(mode_of(FILE_NAME), 0604, "sets the bits, and not the type");
	IS(fchmod(fd, 0600), 0, "fchmod() of a file that is open to read");
	IS(mode_of(FILE_NAME), 0600, "does as well");
	IS(fchmod(queue, 0640), 0, "fchmod() of a queue");
	IS(mode_of("/dev/mqueue/rights"), 0640, "does, too");
	IS(err_of(chmod("/bin/init", 0)), EROFS, "EROFS: in flash");
	IS(err_of(chmod("/dev/null", 0)), EROFS, "EROFS: a device");
	IS(err_of(chmod("/tmp/none", 0)), ENOENT, "ENOENT");
	IS(err_of(fchmod(-1, 0)), EBADF, "EBADF");
	IS(err_of(chmod((char *)8, 0)), EFAULT, "EFAULT");
	OK(part_ended(part_start("is nobody", 0, 0), 0), "EPERM: another's file, and ids for good");
	mq_close(queue);
	mq_unlink("/rights");
	close(fd);
}

static void test_ids(void)
{
	mqd_t queue = mq_open("/rights", O_RDWR | O_CREAT, 0600, (struct mq_attr *)NULL);
	sem_t *sem = sem_open("/rights", O_CREAT, 0600, 0);
	int fd = shm_open("/rights", O_RDWR | O_CREAT, 0600);

	close(fd);
	IS(setegid(NOBODY), 0, "setegid()");
	IS(seteuid(NOBODY), 0, "seteuid()");
	OK(getuid() == 0 && geteuid() == NOBODY && getgid() == 0 && getegid() == NOBODY,
	   "the real ids stay");
	IS(err_of(open(FILE_NAME, O_RDONLY)), EACCES, "EACCES: it may not what only root may");
	IS(err_of(unlink("/dev/shm/rights")), EPERM, "EPERM: another's file in a sticky directory");
	IS(err_of(shm_unlink("/rights")), EACCES, "EACCES: another's object");
	IS(err_of(sem_unlink("/rights")), EACCES, "EACCES: another's semaphore");
	IS(err_of(mq_unlink("/rights")), EACCES, "EACCES: another's queue");
	IS(err_of(seteuid(1)), EPERM, "EPERM: neither its own nor its real id");
	IS(err_of(setegid(1)), EPERM, "EPERM: the same of groups");
	IS(err_of(kill(1, 0)), 0, "by its real id it may send signals");
	fd = open("/tmp/rights.own", O_RDWR | O_CREAT, 0);
	OK(fd >= 0 && fchmod(fd, 0400) == 0, "its own file it may change");
	close(fd);
	IS(err_of(open("/tmp/rights.own", O_RDWR)), EACCES, "and that counts");
	OK(part_ended(part_start("is effective", NOBODY, 0), 0), "a program starts with them");
	OK(seteuid(0) == 0 && setegid(0) == 0 && geteuid() == 0, "the real ids come back");
	unlink("/tmp/rights.own");
	unlink(FILE_NAME);
	mq_close(queue);
	sem_close(sem);
	OK(!mq_unlink("/rights") && !sem_unlink("/rights") && !shm_unlink("/rights"),
	   "and root takes the names of objects away");
}

static void test_names(void)
{
	struct passwd *user = getpwnam("nobody"), kept, *result;
	struct group *group;
	char buf[96];

	OK(user && user->pw_uid == NOBODY && user->pw_gid == NOBODY &&
		   !strcmp(user->pw_shell, "/bin/false"),
	   "getpwnam()");
	user = getpwuid(0);
	OK(user && !strcmp(user->pw_name, "root") && !strcmp(user->pw_dir, "/"), "getpwuid()");
	errno = 0;
	OK(!getpwnam("none") && !getpwuid(7) && errno == 0, "nobody of that name is no error");
	IS(getpwuid_r(NOBODY, &kept, buf, sizeof(buf), &result), 0, "getpwuid_r()");
	OK(result == &kept && !strcmp(kept.pw_name, "nobody"), "finds the same");
	IS(getpwnam_r("root", &kept, buf, 8, &result), ERANGE, "ERANGE: no room for a line");
	OK(!result, "and nobody is found");
	setpwent();
	for (int i = 0; i < 2; i++)
		user = getpwent();
	OK(user && user->pw_uid == NOBODY && !getpwent() && !getpwent(), "getpwent(): all in turn");
	endpwent();
	user = getpwent();
	OK(user && user->pw_uid == 0, "endpwent(): from the first again");
	group = getgrnam("nobody");
	OK(group && group->gr_gid == NOBODY && !group->gr_mem[0], "getgrnam()");
	group = getgrgid(0);
	OK(group && !strcmp(group->gr_name, "root"), "getgrgid()");
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);

	test_umask();
	test_chmod();
	test_ids();
	test_names();
	IS(system_info(INFO_FREE_PAGES), before, "all memory is there again");
}

TAP_MAIN(parts, test)
