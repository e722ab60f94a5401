/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with pointers into calls: the numbers are those of docs/adversary.md.
 * syscall_pointers.c tries bad ones on every call; here is what needs more than one call.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "raw.h"
#include "tap.h"

#define FILE_NAME "/tmp/adversary"

static size_t page;

/* For the parts, too. */
__attribute__((constructor)) static void find_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

/* A mapping of a file whose only page holds @text at its end. */
static char *map_file(const char *text, size_t len)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *map;

	if (fd < 0 || ftruncate(fd, (off_t)page))
		return NULL;
	lseek(fd, (off_t)(page - len), SEEK_SET);
	write(fd, text, len);
	map = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map + page - len;
}

/* Told by its exit status: did its last argument come as it was given? */
static int see_argument(long a, long b)
{
	(void)a, (void)b;
	return 0;
}

/*
 * spawn() opens a file with O_TRUNC before it copies the arguments: an argument, the list of
 * them, the environment, and the actions themselves lie in that very file.
 */
static void test_16_truncated_arguments(void)
{
	struct spawn_action cut[2] = {
		{ .op = SPAWN_OPEN, .fd = 5, .oflag = O_RDWR | O_TRUNC, .path = FILE_NAME },
		{ .op = SPAWN_CLOSE, .fd = 5 },
	};
	char *argv[] = { tap_self, "see", "0", "0", NULL, NULL };
	struct spawn_args args = { .path = "/bin/adversary_pointers",
				   .argv = argv,
				   .envp = environ,
				   .actions = cut,
				   .nactions = 2 };
	long result;

	argv[4] = map_file("0123456", 8);
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT, "#16 an argument of spawn() is truncated by its own actions: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)argv[4] & ~(page - 1)), page);

	argv[4] = NULL;
	args.actions = (struct spawn_action *)map_file((char *)cut, sizeof(cut));
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT,
	   "#16 the actions of spawn() are truncated by the first of them: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)args.actions & ~(page - 1)), page);
	unlink(FILE_NAME);
}

/* A reader is blocked in read(), and another thread takes its buffer away. */
static char *buffer;

static void *read_blocked(void *fd)
{
	return (void *)raw3(SYS_read, *(int *)fd, (long)buffer, 8);
}

static void test_16_unmapped_while_blocked(void)
{
	pthread_t reader;
	void *got;
	int ends[2];

	buffer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!OK(pipe(ends) == 0 && pthread_create(&reader, NULL, read_blocked, &ends[0]) == 0,
		"#16 a thread reads from an empty pipe"))
		return;
	usleep(30000);
	munmap(buffer, page);
	write(ends[1], "secret", 6);
	pthread_join(reader, &got);
	IS(got, -EFAULT, "#16 its buffer is unmapped meanwhile: EFAULT");
	IS(read(ends[0], ends, 0) == 0 && read(ends[0], tap_self, 0) == 0, 1,
	   "#16 and the pipe still works");
	close(ends[0]);
	close(ends[1]);
}

static const int handles[] = { -1, INT_MIN, INT_MAX, 1000, 0x10000, -4096 };

/* Numbers that name nothing, for each call that takes one. */
static void test_17_handles(void)
{
	struct shmid_ds ds;
	int wrong = 0, stale = shmget(IPC_PRIVATE, page, 0600), next;

	for (unsigned int i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
		long h = handles[i];

		wrong += raw3(SYS_read, h, (long)&ds, 1) != -EBADF;
		wrong += raw3(SYS_close, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_dup, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_lseek, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_dup2, 1, h, 0) != -EBADF;
		wrong += raw3(SYS_shmat, h, 0, 0) >= 0;
		wrong += raw3(SYS_shmctl, h, IPC_STAT, (long)&ds) >= 0;
		wrong += raw3(SYS_timer_delete, h, 0, 0) >= 0;
		wrong += h != -1 && raw3(SYS_kill, h, 0, 0) >= 0;
		wrong += raw3(SYS_thread_kill, h, 0, 0) >= 0;
	}
	IS(wrong, 0, "#17 negative, huge and unknown handles: an error");
	shmctl(stale, IPC_RMID, NULL);
	next = shmget(IPC_PRIVATE, page, 0600);
	OK(next != stale && raw3(SYS_shmctl, stale, IPC_STAT, (long)&ds) < 0 &&
		   raw3(SYS_shmat, stale, 0, 0) < 0 && raw3(SYS_shmctl, stale, IPC_RMID, 0) < 0,
	   "#17 a stale id does not reach what has its place now");
	OK(raw3(SYS_shmctl, next, IPC_RMID, 0) == 0, "#17 which is as it was");
	OK(raw3(SYS_kill, 1, SIGKILL, 0) == -EPERM, "#17 nobody ends the first process");
}

/* Kernel memory, registers, and what only another may touch, as the place to read to. */
static void test_15_places(void)
{
	int fd = open("/bin/init", O_RDONLY), uart = open("/dev/uart1", O_RDWR);
	char *regs = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, uart, 0);
	char *fixed = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	IS(raw3(SYS_read, fd, 0x20000000, 4), -EFAULT, "#15 read() into kernel memory: EFAULT");
	IS(raw3(SYS_read, fd, (long)test_15_places & ~3, 4), -EFAULT,
	   "#15 read() into text: EFAULT");
	IS(raw3(SYS_read, fd, (long)fixed, 4), -EFAULT, "#15 read() into a read-only map: EFAULT");
	IS(raw3(SYS_read, fd, (long)0xe000ed00, 4), -EFAULT,
	   "#15 read() into the system's registers: EFAULT");
	OK(regs != MAP_FAILED, "#15 a window of registers");
	IS(raw3(SYS_read, fd, (long)regs, 4), -EFAULT, "#15 read() into it: EFAULT");
	IS(lseek(fd, 0, SEEK_CUR), 0, "#15 the offset has not moved");
	munmap(regs, page);
	munmap(fixed, page);
	close(uart);
	close(fd);
}

static const struct part parts[] = { { "see", see_argument }, { 0 } };

static void test(void)
{
	test_15_places();
	test_16_truncated_arguments();
	test_16_unmapped_while_blocked();
	test_17_handles();
}

TAP_MAIN(parts, test)
