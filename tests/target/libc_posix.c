/* SPDX-License-Identifier: MIT */
/* Small calls of POSIX, XSI and 4.4BSD that programs from elsewhere use, and that the library answers by others. */
/* clang takes newlib's <stdatomic.h>, which forgets it. */
#include <stdint.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define RAM   "/tmp/posix"
#define FLASH "/test/words"

static int err_of(long result)
{
	return result == -1 ? errno : 0;
}

static void test_files(void)
{
	struct stat st;
	int fd = creat(RAM, 0600), fds[2];

	write(fd, "0123456789", 10);
	IS(truncate(RAM, 4), 0, "truncate()");
	IS(lstat(RAM, &st), 0, "lstat()");
	IS(st.st_size, 4, "it is shorter");
	IS(err_of(truncate(RAM, -1)), EINVAL, "EINVAL: a length below 0");
	IS(err_of(truncate("/tmp/none", 0)), ENOENT, "ENOENT: no such file");
	IS(err_of(truncate(FLASH, 0)), EROFS, "EROFS: in flash");
	IS(err_of(lstat("/tmp/none", &st)), ENOENT, "ENOENT: lstat()");
	pipe(fds);
	IS(fsync(fd), 0, "fsync()");
	IS(fdatasync(fd), 0, "fdatasync()");
	IS(err_of(fsync(fds[1])), EINVAL, "EINVAL: of a pipe");
	IS(err_of(fsync(-1)), EBADF, "EBADF: of no file");
	IS(fpathconf(fds[0], _PC_PIPE_BUF), PIPE_BUF, "fpathconf()");
	IS(pathconf("/tmp", _PC_NAME_MAX), NAME_MAX, "pathconf()");
	IS(err_of(pathconf("/tmp", 1000)), EINVAL, "EINVAL: no such limit");
	IS(err_of(pathconf("/none", _PC_NAME_MAX)), ENOENT, "ENOENT: no such file");
	errno = 0;
	IS(pathconf("/tmp", _PC_SYNC_IO), -1, "an option that is not there");
	IS(errno, 0, "is no error");
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

static void test_working_directory(void)
{
	char small[1], path[8], *made;
	struct stat root, here;

	OK(getcwd(path, sizeof(path)) == path && !strcmp(path, "/"), "getcwd()");
	OK(!stat(path, &root) && !stat(".", &here) && root.st_ino == here.st_ino,
	   "is where a path starts");
	OK(!getcwd(small, sizeof(small)) && errno == ERANGE, "ERANGE: too small");
	OK(!getcwd(path, 0) && errno == EINVAL, "EINVAL: no bytes");
	made = getcwd(NULL, 0);
	OK(made && !strcmp(made, "/"), "in memory of its own");
	free(made);
}

static int is_bus(const struct dirent *entry)
{
	return entry->d_name[0] == 'b';
}

static void test_scandir(void)
{
	struct dirent **list;
	int n;

	close(creat("/dev/shm/boat", 0600));
	close(creat("/dev/shm/car", 0600));
	close(creat("/dev/shm/bike", 0600));
	n = scandir("/dev/shm", &list, NULL, alphasort);
	IS(n, 3, "scandir()");
	OK(n == 3 && !strcmp(list[0]->d_name, "bike") && !strcmp(list[1]->d_name, "boat") &&
		   !strcmp(list[2]->d_name, "car"),
	   "alphasort()");
	while (n > 0)
		free(list[--n]);
	free(list);
	n = scandir("/dev/shm", &list, is_bus, NULL);
	IS(n, 2, "some of them");
	while (n > 0)
		free(list[--n]);
	free(list);
	IS(err_of(scandir("/none", &list, NULL, NULL)), ENOENT, "ENOENT: no such directory");
	unlink("/dev/shm/boat");
	unlink("/dev/shm/car");
	unlink("/dev/shm/bike");
}

static void test_lines(void)
{
	FILE *file = fopen(RAM, "w+");
	char *line = NULL;
	size_t size = 0;

	fputs("short\na line that is somewhat longer than that\nlast", file);
	rewind(file);
	IS(getline(&line, &size, file), 6, "getline()");
	OK(!strcmp(line, "short\n"), "with its end");
	IS(getline(&line, &size, file), 41, "a longer one");
	IS(getdelim(&line, &size, 's', file), 3, "getdelim()");
	IS(getline(&line, &size, file), 1, "the rest");
	IS(getline(&line, &size, file), -1, "the end");
	free(line);
	fclose(file);
}

static void test_wide_integers(void)
{
	char text[64];
	int64_t n = 0;
	int_fast64_t fast = INT64_C(-5000000000);

	snprintf(text, sizeof(text), "%" PRId64 " %" PRIx64 " %" PRIdFAST64, INT64_MIN, UINT64_MAX,
		 fast);
	OK(!strcmp(text, "-9223372036854775808 ffffffffffffffff -5000000000"),
	   "PRId64 and its kin");
	IS(sscanf("81985529216486895", "%" SCNd64, &n), 1, "SCNd64");
	OK(n == INT64_C(0x123456789abcdef), "reads as many bits");
}

static void test_numbers(void)
{
	const char *only = "0xg", *number = "-0x1G";
	char *end;

	IS(strtol(only, &end, 0), 0, "strtol() of 0x and no digit");
	IS(end - only, 1, "is the number before the x");
	IS(strtoul(only, &end, 16), 0, "strtoul(), too");
	IS(end - only, 1, "of base 16");
	IS(strtoll(only, &end, 0) == 0 ? end - only : -1, 1, "strtoll()");
	IS(strtoull(only, &end, 0) == 0 ? end - only : -1, 1, "strtoull()");
	IS(strtoimax(only, &end, 0) == 0 ? end - only : -1, 1, "strtoimax()");
	IS(strtoumax(only, &end, 0) == 0 ? end - only : -1, 1, "strtoumax()");
	IS(strtol(number, &end, 0), -1, "a number of base 16");
	IS(end - number, 4, "up to its last digit");
}

/* 0: the stream is free. */
static void *try_stream(void *stream)
{
	int busy = ftrylockfile(stream);

	if (!busy)
		funlockfile(stream);
	return (void *)(long)busy;
}

static long tried_by_another(FILE *stream)
{
	pthread_t thread;
	void *busy = NULL;

	pthread_create(&thread, NULL, try_stream, stream);
	pthread_join(thread, &busy);
	return (long)busy;
}

static void test_streams(void)
{
	FILE *file = fopen(RAM, "r");

	flockfile(file);
	IS(ftrylockfile(file), 0, "a stream is locked twice by one thread");
	IS(tried_by_another(file), -1, "and not by another");
	funlockfile(file);
	IS(tried_by_another(file), -1, "still not");
	funlockfile(file);
	IS(tried_by_another(file), 0, "now it is");
	fclose(file);
	unlink(RAM);
}

static volatile int handled;

static void handle(int sig)
{
	handled = sig;
}

static void test_signals(void)
{
	OK(sigset(SIGUSR1, handle) == SIG_DFL, "sigset()");
	IS(sighold(SIGUSR1), 0, "sighold()");
	raise(SIGUSR1);
	IS(handled, 0, "it waits");
	IS(err_of(sigpause(SIGUSR1)), EINTR, "sigpause() lets it come");
	IS(handled, SIGUSR1, "it has come");
	handled = 0;
	raise(SIGUSR1);
	IS(handled, 0, "it waits once more");
	IS(sigrelse(SIGUSR1), 0, "sigrelse()");
	IS(handled, SIGUSR1, "it has come");
	OK(sigset(SIGUSR1, SIG_HOLD) == handle, "SIG_HOLD blocks it");
	OK(sigset(SIGUSR1, handle) == SIG_HOLD, "and another disposition lets it free");
	IS(sigignore(SIGUSR1), 0, "sigignore()");
	handled = 0;
	raise(SIGUSR1);
	IS(handled, 0, "nothing comes");
	IS(err_of(sighold(NSIG)), EINVAL, "EINVAL: no signal");
	IS(err_of(sigpause(0)), EINVAL, "sigpause()");
	OK(sigset(SIGKILL, handle) == SIG_ERR && errno == EINVAL, "EINVAL: SIGKILL");
}

/* What it says goes into a file. */
static int say_error(long a, long b)
{
	(void)b;
	close(STDERR_FILENO);
	if (creat(RAM, 0600) != STDERR_FILENO)
		return 99;
	errno = ENOENT;
	if (a)
		errx((int)a, "no %s", "hope");
	warn("%d", 5);
	warnx("x");
	err(3, NULL);
}

static int said(const char *text)
{
	char got[128] = "";
	int fd = open(RAM, O_RDONLY);

	read(fd, got, sizeof(got) - 1);
	close(fd);
	unlink(RAM);
	return !strcmp(got, text);
}

static void test_errors(void)
{
	OK(part_ended(part_start("error", 4, 0), 4), "errx() ends with its status");
	OK(said("libc_posix: no hope\n"), "and tells why");
	OK(part_ended(part_start("error", 0, 0), 3), "err() too");
	OK(said("libc_posix: 5: No such file or directory\nlibc_posix: x\n"
		"libc_posix: No such file or directory\n"),
	   "warn(), warnx() and err()");
}

static void test_figures(void)
{
	char name[65];
	gid_t group;
	clockid_t clock;
	struct timespec used;
	pthread_attr_t attr;
	size_t size;

	IS(gethostname(name, sizeof(name)), 0, "gethostname()");
	OK(name[0] && strlen(name) <= (size_t)sysconf(_SC_HOST_NAME_MAX), "a name");
	IS(err_of(gethostname(name, 1)), ENAMETOOLONG, "ENAMETOOLONG: no room");
	IS(getgroups(0, NULL), 0, "getgroups(): none");
	IS(err_of(getgroups(-1, &group)), EINVAL, "EINVAL: less than none");
	IS(getdtablesize(), sysconf(_SC_OPEN_MAX), "getdtablesize()");
	IS(clock_getcpuclockid(0, &clock), 0, "clock_getcpuclockid()");
	IS(clock_gettime(clock, &used), 0, "can be read");
	IS(clock_getcpuclockid(1, &clock), EPERM, "EPERM: of another process");
	IS(clock_getcpuclockid(31999, &clock), ESRCH, "ESRCH: of none");
	pthread_attr_init(&attr);
	IS(pthread_attr_getguardsize(&attr, &size), 0, "pthread_attr_getguardsize()");
	IS(size, getpagesize(), "a page");
	pthread_attr_setguardsize(&attr, 1);
	pthread_attr_getguardsize(&attr, &size);
	IS(size, 1, "what was asked for, whatever it comes to");
	pthread_attr_destroy(&attr);
	OK(_POSIX_OPEN_MAX == 20 && _POSIX_PATH_MAX == 256, "the least that limits may be");
}

static const struct part parts[] = { { "error", say_error }, { 0 } };

static void test(void)
{
	test_files();
	test_working_directory();
	test_scandir();
	test_lines();
	test_wide_integers();
	test_numbers();
	test_streams();
	test_signals();
	test_errors();
	test_figures();
}

TAP_MAIN(parts, test)
