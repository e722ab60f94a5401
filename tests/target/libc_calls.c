/* SPDX-License-Identifier: MIT */
/* What the library adds to newlib, as far as no other test has it: shells, bytes that lie apart, patterns. */
/* clang takes newlib's <stdatomic.h>, which forgets it. */
#include <stdint.h>

#include <fcntl.h>
#include <fnmatch.h>
#include <libgen.h>
#include <limits.h>
#include <regex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>

#include "tap.h"

static void test_system(void)
{
	struct sigaction action;

	OK(system(NULL), "there is a shell");
	IS(system("exit 0"), 0, "system()");
	IS(WEXITSTATUS(system("exit 3")), 3, "its exit status");
	IS(WEXITSTATUS(system("none 2>/dev/null")), 127, "no such command");
	sigaction(SIGINT, NULL, &action);
	OK(action.sa_handler == SIG_DFL, "SIGINT counts again");
	IS(waitpid(-1, NULL, WNOHANG), -1, "no child is left");
}

static void test_popen(void)
{
	char line[16] = "";
	FILE *pipe = popen("echo from the shell", "r");

	OK(pipe && fgets(line, sizeof(line), pipe), "popen() to read");
	OK(!strncmp(line, "from the shell", 14), "what the command says");
	IS(pipe ? pclose(pipe) : -1, 0, "pclose()");
	pipe = popen("exit 4", "w");
	IS(pipe ? WEXITSTATUS(pclose(pipe)) : -1, 4, "its exit status");
	errno = 0;
	OK(!popen("exit", "rw") && errno == EINVAL, "EINVAL: neither r nor w");
	IS(waitpid(-1, NULL, WNOHANG), -1, "no child is left");
}

static void test_vectors(void)
{
	static char bytes[700];
	char a[3], b[5];
	struct iovec two[] = { { "ab", 2 }, { "cde", 3 } };
	struct iovec in[] = { { a, 3 }, { NULL, 0 }, { b, sizeof(b) } };
	struct iovec many[] = { { bytes, 400 }, { bytes, 300 } };
	struct iovec wrong[] = { { bytes, SSIZE_MAX }, { bytes, 1 } };
	int fds[2];

	pipe(fds);
	IS(writev(fds[1], two, 2), 5, "writev()");
	IS(readv(fds[0], in, 3), 5, "readv(): no more than is there");
	OK(!memcmp(a, "abc", 3) && !memcmp(b, "de", 2), "in order");
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	write(fds[1], bytes, 100);
	errno = 0;
	OK(writev(fds[1], (struct iovec[]){ { bytes, 300 }, { bytes, 200 } }, 2) == -1 &&
		   errno == EAGAIN,
	   "PIPE_BUF bytes: all or nothing");
	IS(writev(fds[1], many, 2), 400, "more: the pieces that there is room for");
	errno = 0;
	OK(writev(fds[1], two, 0) == -1 && errno == EINVAL, "EINVAL: none");
	errno = 0;
	OK(writev(fds[1], two, UIO_MAXIOV + 1) == -1 && errno == EINVAL, "EINVAL: too many");
	errno = 0;
	OK(writev(fds[1], wrong, 2) == -1 && errno == EINVAL, "EINVAL: longer than can be told");
	errno = 0;
	OK(readv(99, in, 1) == -1 && errno == EBADF, "EBADF");
	close(fds[0]);
	close(fds[1]);
}

static void test_patterns(void)
{
	char path[] = "/usr/lib/x.c", name[] = "/usr/lib/x.c";
	regmatch_t match;
	regex_t regex;

	OK(!strcmp(basename(name), "x.c") && !strcmp(dirname(path), "/usr/lib"),
	   "basename, dirname");
	IS(fnmatch("*.[ch]", "x.c", 0), 0, "fnmatch()");
	IS(fnmatch("*.[ch]", "x.o", 0), FNM_NOMATCH, "no match");
	IS(regcomp(&regex, "b[a-c]+", REG_EXTENDED), 0, "regcomp()");
	IS(regexec(&regex, "xxbaccz", 1, &match, 0), 0, "regexec()");
	OK(match.rm_so == 2 && match.rm_eo == 6, "where");
	IS(regexec(&regex, "b", 1, &match, 0), REG_NOMATCH, "no match");
	regfree(&regex);
	IS(regcomp(&regex, "(", REG_EXTENDED), REG_EPAREN, "REG_EPAREN");
}

static void test_others(void)
{
	static atomic_int count;
	struct rusage used;
	struct timespec cpu, resolution = { 0 };
	void *p = NULL;

	atomic_fetch_add(&count, 2);
	IS(atomic_load(&count), 2, "<stdatomic.h>");
	IS(posix_memalign(&p, 64, 100), 0, "posix_memalign()");
	OK(p && (unsigned long)p % 64 == 0, "aligned");
	free(p);
	IS(posix_memalign(&p, 24, 100), EINVAL, "EINVAL: no power of two");
	IS(posix_memalign(&p, 64, SIZE_MAX / 2), ENOMEM, "ENOMEM");
	IS(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu), 0, "CLOCK_PROCESS_CPUTIME_ID");
	OK(cpu.tv_sec > 0 || cpu.tv_nsec > 0, "some has passed");
	IS(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &resolution), 0, "clock_getres()");
	OK(clock() != (clock_t)-1, "clock()");
	IS(getrusage(RUSAGE_SELF, &used), 0, "getrusage()");
	OK(used.ru_utime.tv_sec == cpu.tv_sec &&
		   used.ru_utime.tv_usec * 1000 >= cpu.tv_nsec / 1000 * 1000,
	   "no less than the clock said before");
	errno = 0;
	OK(clock_settime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == -1 && errno == EINVAL,
	   "it cannot be set");
	errno = 0;
	OK(getrusage(7, &used) == -1 && errno == EINVAL, "EINVAL");
}

/* What the headers say and what sysconf() says are the same; what is not there is no error. */
static void test_sysconf(void)
{
	static const long options[][2] = {
		{ _SC_CLOCK_SELECTION, _POSIX_CLOCK_SELECTION },
		{ _SC_MAPPED_FILES, _POSIX_MAPPED_FILES },
		{ _SC_MESSAGE_PASSING, _POSIX_MESSAGE_PASSING },
		{ _SC_MONOTONIC_CLOCK, _POSIX_MONOTONIC_CLOCK },
		{ _SC_PRIORITY_SCHEDULING, _POSIX_PRIORITY_SCHEDULING },
		{ _SC_SEMAPHORES, _POSIX_SEMAPHORES },
		{ _SC_SHARED_MEMORY_OBJECTS, _POSIX_SHARED_MEMORY_OBJECTS },
		{ _SC_SPAWN, _POSIX_SPAWN },
		{ _SC_THREADS, _POSIX_THREADS },
		{ _SC_TIMERS, _POSIX_TIMERS },
		{ _SC_ADVISORY_INFO, _POSIX_ADVISORY_INFO },
	};
	static const int absent[] = { _SC_VERSION, _SC_CHILD_MAX, _SC_REALTIME_SIGNALS,
				      _SC_ASYNCHRONOUS_IO };
	int wrong = 0;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		wrong += sysconf((int)options[i][0]) != options[i][1];
	IS(wrong, 0, "sysconf() tells the options of <unistd.h>");
	errno = 0;
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		wrong += sysconf(absent[i]) != -1 || errno;
	IS(wrong, 0, "and -1 for what is not there, or has no limit");
	OK(sysconf(-1) == -1 && errno == EINVAL, "EINVAL for no name");
	errno = 0;
	OK(sysconf(999) == -1 && errno == EINVAL, "at either end");
}

static void test(void)
{
	test_sysconf();
	test_system();
	test_popen();
	test_vectors();
	test_patterns();
	test_others();
}

TAP_MAIN(NO_PARTS, test)
