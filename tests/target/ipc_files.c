/* SPDX-License-Identifier: MIT */
/* Files that a process serves: read, listed, mapped; and servers that die or lie. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include <channel.h>

#include "tap.h"

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

#define ARCHIVE "/tmp/a.tar"
#define BLOCK	512

/* What a file of the archive holds at an offset. */
static char byte_at(size_t i)
{
	return (char)('a' + (i + i / 26) % 26);
}

static void number(char *field, size_t digits, unsigned long n)
{
	while (digits--) {
		field[digits] = (char)('0' + n % 8);
		n /= 8;
	}
}

/* Add a member to the archive: a file of @size bytes, or a directory. */
static void add(int fd, const char *name, char type, size_t size)
{
	char block[BLOCK] = { 0 };
	unsigned long sum = 0;

	strcpy(block, name);
	number(block + 100, 7, 0444);
	number(block + 124, 11, size);
	block[156] = type;
	memcpy(block + 257,
	       "ustar\0"
	       "00",
	       8);
	memset(block + 148, ' ', 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	number(block + 148, 6, sum);
	write(fd, block, BLOCK);
	for (size_t done = 0; done < size; done += BLOCK) {
		for (size_t i = 0; i < BLOCK; i++)
			block[i] = done + i < size ? byte_at(done + i) : 0;
		write(fd, block, BLOCK);
	}
}

static void make_archive(void)
{
	int fd = open(ARCHIVE, O_CREAT | O_RDWR | O_TRUNC, 0644);
	char end[2 * BLOCK] = { 0 };

	add(fd, "motd", '0', 30);
	add(fd, "dir/", '5', 0);
	add(fd, "dir/big", '0', PAGE + 100);
	add(fd, "dir/empty", '0', 0);
	write(fd, end, sizeof(end));
	close(fd);
}

static int map_and_wait(long a, long b)
{
	int fd = open("/arc/dir/big", O_RDONLY);
	char *map = mmap(NULL, PAGE + 100, PROT_READ, MAP_PRIVATE, fd, 0);

	(void)a, (void)b;
	if (map == MAP_FAILED)
		return errno;
	for (size_t i = 0; i < PAGE + 100; i++)
		if (map[i] != byte_at(i))
			return 1;
	pause();
	return 0;
}

static int stay(long a, long b)
{
	(void)a, (void)b;
	return pause();
}

static int read_all(long a, long b)
{
	char bytes[8];
	int fd = open("/lie/file", O_RDONLY);

	(void)a, (void)b;
	return fd < 0 ? errno : read(fd, bytes, 8) < 0 ? errno : 0;
}

static void on_signal(int sig)
{
	(void)sig;
}

/* Read from a server that is slow, with a handler of these flags.  What read() gave, or errno. */
static int read_slowly(long flags, long b)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)flags };
	char bytes[8];
	int fd = open("/lie/file", O_RDONLY);

	(void)b;
	sigaction(SIGUSR1, &action, NULL);
	return read(fd, bytes, 8) < 0 ? errno : bytes[0];
}

static const struct part parts[] = { { "idle", stay },
				     { "map", map_and_wait },
				     { "read", read_all },
				     { "slow", read_slowly },
				     { 0 } };

static pid_t serve_archive(void)
{
	char *argv[] = { "tarfs", ARCHIVE, "/arc", NULL };
	struct spawn_args args = { .path = "/bin/tarfs", .argv = argv, .envp = environ };
	pid_t pid = croft_spawn(&args);
	struct stat st;

	for (int i = 0; i < 100 && stat("/arc", &st); i++)
		usleep(1000);
	return pid;
}

static long meminfo(const char *name)
{
	static char text[1024];
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text) - 1);
	char *at;

	close(fd);
	text[len > 0 ? len : 0] = '\0';
	at = strstr(text, name);
	return at ? strtol(at + strlen(name) + 1, NULL, 10) : -1;
}

static void test_reading(void)
{
	struct stat st;
	char bytes[64];
	int fd = open("/arc/motd", O_RDONLY), dir, n = 0;
	struct dirent *entry;
	char names[64] = "";
	DIR *list;

	OK(fd >= 0, "a file is opened");
	IS(fstat(fd, &st) ? -1 : st.st_size, 30, "its size is known");
	IS(st.st_mode, S_IFREG | 0444, "and its mode");
	IS(read(fd, bytes, 10), 10, "it is read");
	IS(read(fd, bytes + 10, 50), 20, "up to its end");
	IS(read(fd, bytes, 50), 0, "and no further");
	for (size_t i = 10; i < 30; i++)
		n += bytes[i] == byte_at(i);
	IS(n, 20, "with its bytes");
	IS(lseek(fd, 25, SEEK_SET), 25, "it is sought");
	OK(read(fd, bytes, 9) == 5 && bytes[0] == byte_at(25), "and read from there");
	close(fd);
	IS(stat("/arc/dir/big", &st) ? -1 : st.st_size, PAGE + 100, "stat()");
	IS(stat("/arc/none", &st) ? errno : 0, ENOENT, "no such file: ENOENT");
	IS(stat("/arc/motd/", &st) ? errno : 0, ENOTDIR, "no directory: ENOTDIR");
	IS(stat("/arc/dir/../motd", &st), 0, "a path through ..");
	IS(stat("/arc/../bin/tarfs", &st), 0, "and out");
	n = open("/arc/motd", O_RDWR);
	IS(write(n, "x", 1) < 0 ? errno : 0, EROFS, "it cannot be written: EROFS");
	close(n);
	n = 0;
	IS(open("/arc/new", O_CREAT | O_EXCL | O_RDWR, 0600) < 0 ? errno : 0, EROFS, "nor made");
	IS(unlink("/arc/motd") ? errno : 0, EROFS, "nor taken away: EROFS");
	IS(execl("/arc/motd", "motd", NULL) ? errno : 0, EACCES, "nor run: EACCES");

	dir = open("/arc/dir", O_RDONLY | O_DIRECTORY);
	list = fdopendir(dir);
	while (list && (entry = readdir(list)) != NULL)
		strcat(strcat(names, entry->d_name), " ");
	closedir(list);
	OK(!strcmp(names, "big empty "), "a directory is listed");
	names[0] = '\0';
	list = opendir("/arc");
	while (list && (entry = readdir(list)) != NULL)
		strcat(strcat(names, entry->d_name), " ");
	closedir(list);
	OK(!strcmp(names, "motd dir "), "and the served path itself");
	list = opendir("/");
	n = 0;
	while (list && (entry = readdir(list)) != NULL)
		n += !strcmp(entry->d_name, "arc");
	closedir(list);
	IS(n, 1, "which is in its parent");
}

static void test_mapping(void)
{
	long copies = meminfo("MmapCopy:"), with_one, idle;
	int fd = open("/arc/dir/big", O_RDONLY), bad = 0;
	char *map = mmap(NULL, PAGE + 100, PROT_READ, MAP_PRIVATE, fd, 0), *own;
	pid_t child;

	OK(map != MAP_FAILED, "a served file is mapped");
	for (size_t i = 0; i < 2 * PAGE; i++)
		bad += map[i] != (i < PAGE + 100 ? byte_at(i) : 0);
	IS(bad, 0, "with its bytes, and zeros behind");
	with_one = meminfo("MmapCopy:");
	IS(with_one - copies, 2 * (long)PAGE / 1024, "counted in MmapCopy");
	child = part_start("idle", 0, 0);
	usleep(50000);
	idle = meminfo("MmapCopy:") - with_one;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	child = part_start("map", 0, 0);
	usleep(50000);
	IS(meminfo("MmapCopy:") - with_one, idle, "another process shares the copy");
	kill(child, SIGKILL);
	OK(part_died(child, SIGKILL), "it had the same bytes");
	own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, (off_t)PAGE);
	OK(own != MAP_FAILED && own[99] == byte_at(PAGE + 99) && own[100] == 0,
	   "a part is mapped for writing");
	own[0] = '!';
	OK(map[PAGE] == byte_at(PAGE), "and is not the shared copy");
	IS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? errno : 0, ENODEV,
	   "shared: ENODEV");
	munmap(own, PAGE);
	munmap(map, 2 * PAGE);
	close(fd);
	IS(meminfo("MmapCopy:"), copies, "and all goes");
}

static void test_death(pid_t server)
{
	int fd = open("/arc/motd", O_RDONLY), big = open("/arc/dir/big", O_RDONLY);
	char *map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, big, 0), bytes[8];
	struct stat st;

	kill(server, SIGKILL);
	OK(part_died(server, SIGKILL), "the server dies");
	IS(read(fd, bytes, 8) < 0 ? errno : 0, EIO, "read(): EIO");
	IS(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, big, 0) == MAP_FAILED ? errno : 0, EIO,
	   "mmap(): EIO");
	IS(open("/arc/motd", O_RDONLY) < 0 ? errno : 0, ENOENT, "open(): the path has gone");
	OK(map[0] == byte_at(0), "what is mapped stays");
	IS(fstat(fd, &st), 0, "what is known, too");
	munmap(map, PAGE);
	close(fd);
	close(big);
	server = serve_archive();
	fd = open("/arc/motd", O_RDONLY);
	IS(read(fd, bytes, 8), 8, "another server takes its place");
	close(fd);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

static int ends[2];

/* Receive a request of the kernel's, and reply so. */
static int reply(int want, long status, unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int words[CHANNEL_WORDS], answer[] = { a, b, c };
	int id;

	do
		id = channel_receive(ends[0], words, NULL);
	while (id == 0);
	return channel_reply(ends[0], id, status, answer) || (int)words[0] != want;
}

static int reader(void)
{
	return part_start("read", 0, 0);
}

/* This process is the server: it says what is not so, and the client gets EIO. */
static void test_lies(void)
{
	static const unsigned int file = S_IFREG | 0444;
	struct channel_info info;
	unsigned int words[CHANNEL_WORDS];
	pid_t child;
	char byte = 'x';
	int id;

	channel_create(ends);
	IS(channel_serve(ends[0], "/lie", S_IFDIR | 0555), 0, "a path is served by hand");
	IS(channel_serve(ends[0], "/lie2", S_IFDIR | 0555) ? errno : 0, EBUSY, "one a channel");
	child = reader();
	OK(!reply(SERVE_OPEN, -4096, 5, file, 10) && part_ended(child, EIO), "no errno: EIO");
	child = reader();
	OK(!reply(SERVE_OPEN, 5, 5, file, 10) && part_ended(child, EIO), "a count for open: EIO");
	child = reader();
	OK(!reply(SERVE_OPEN, 0, 5, S_IFIFO, 10) && part_ended(child, EIO), "a strange file: EIO");
	child = reader();
	OK(!reply(SERVE_OPEN, 0, 5, file, 0xffffffff) && part_ended(child, EIO), "no size: EIO");
	child = reader();
	OK(!reply(SERVE_OPEN, 0, 5, file, 10) && !reply(SERVE_READ, 9, 0, 0, 0) &&
		   part_ended(child, EIO),
	   "more than was asked for: EIO");
	child = reader();
	OK(!reply(SERVE_OPEN, -EPERM, 0, 0, 0) && part_ended(child, EPERM),
	   "an error is passed on");
	/* The client goes while it is asked for. */
	child = part_start("slow", 0, 0);
	reply(SERVE_OPEN, 0, 5, file, 10);
	id = channel_receive(ends[0], words, NULL);
	IS(channel_info(ends[0], id, &info) ? -1 : info.is_kernel, 1, "asked by the kernel");
	IS(channel_take(ends[0], id) < 0 ? errno : 0, ENOENT, "its file is not the server's");
	kill(child, SIGUSR1);
	OK(part_ended(child, EINTR), "a signal ends the wait: EINTR");
	IS(channel_receive(ends[0], words, NULL), 0, "the server is told");
	IS(channel_write(ends[0], id, 0, "x", 1) < 0 ? errno : 0, ESRCH,
	   "and cannot write any more");
	child = part_start("slow", SA_RESTART, 0);
	reply(SERVE_OPEN, 0, 5, file, 10);
	id = channel_receive(ends[0], words, NULL);
	kill(child, SIGUSR1);
	while ((id = channel_receive(ends[0], words, NULL)) == 0)
		;
	IS(words[0], SERVE_READ, "with SA_RESTART it asks again");
	channel_write(ends[0], id, 0, &byte, 1);
	channel_reply(ends[0], id, 1, NULL);
	OK(part_ended(child, 'x'), "and gets its answer");
	close(ends[0]);
	close(ends[1]);
}

/* A name in a directory that has files of its own, which are taken away otherwise. */
static void test_names(void)
{
	static const char *const paths[] = { "/tmp/lie", "/dev/shm/lie", "/dev/mqueue/lie" };
	struct stat st;
	int refused = 0;

	for (unsigned int i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		channel_create(ends);
		channel_serve(ends[0], paths[i], S_IFREG | 0666);
		errno = 0;
		refused += unlink(paths[i]) < 0 && errno == EBUSY && stat(paths[i], &st) == 0;
		close(ends[0]);
		close(ends[1]);
		errno = 0;
		refused += stat(paths[i], &st) < 0 && errno == ENOENT;
	}
	IS(refused, 6, "a served name is not unlinked: EBUSY; it goes with its server");
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);
	pid_t server;

	make_archive();
	server = serve_archive();
	test_reading();
	test_mapping();
	test_death(server);
	unlink(ARCHIVE);
	test_lies();
	test_names();
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
