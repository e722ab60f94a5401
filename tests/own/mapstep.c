/* SPDX-License-Identifier: MIT */
/*
 * Change one's mappings step by step; after each tell what /proc/self/maps says.  getppid() marks
 * the moment in a trace.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static char text[2048];

static int tell(const char *what)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, text + len, sizeof(text) - len)) > 0)
		len += (size_t)got;
	close(fd);
	getppid();
	write(STDOUT_FILENO, "step ", 5);
	write(STDOUT_FILENO, what, strlen(what));
	write(STDOUT_FILENO, "\n", 1);
	for (size_t done = 0; done < len; done += (size_t)got) {
		got = write(STDOUT_FILENO, text + done, len - done);
		if (got < 0)
			return 1;
	}
	return write(STDOUT_FILENO, "end\n", 4) != 4;
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int failed = tell("begin"), id, fd;
	char *at, *file;
	void *segment;

	at = mmap(NULL, 6 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	failed |= tell("six pages");
	munmap(at + 2 * page, page);
	failed |= tell("a hole");
	mprotect(at + 3 * page, 2 * page, PROT_READ);
	failed |= tell("read only");
	at = mremap(at, 2 * page, page, 0);
	failed |= tell("shorter");
	fd = open("/own/words", O_RDONLY);
	file = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	failed |= tell("a file");
	id = shmget(IPC_PRIVATE, 2 * page, 0600);
	segment = shmat(id, NULL, 0);
	failed |= tell("a segment");
	failed |= shmat(id, NULL, SHM_RDONLY) == (void *)-1;
	failed |= tell("twice");
	shmdt(segment);
	munmap(file, page);
	failed |= tell("end") || at == MAP_FAILED || file == MAP_FAILED;
	shmctl(id, IPC_RMID, NULL);
	return failed;
}
