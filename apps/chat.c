/* SPDX-License-Identifier: MIT */
/*
 * chat: two processes talk, and the driver between them is killed.
 *
 *	ann --write()--> /dev/ttyS1 --> uartd --> the plug --> uartd --> /dev/ttyS1 --read()--> ben
 *	ann <----------------- a ring in shared memory, and two semaphores <------------------- ben
 *
 * Ann is this process and starts ben, the same program.  She starts the driver too, where
 * /dev/ttyS1 is not served; then it is hers to kill.  Each waits for the other, so the talk reads the
 * same each time.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

#define UART	 "/dev/ttyS1"
#define SHM	 "/chat"
#define LINE_LEN 48
#define SLOTS	 2u

/* From ben to ann. */
struct ring {
	sem_t used, room;
	unsigned int head, tail; /* ben's, ann's */
	char lines[SLOTS][LINE_LEN];
};

static const char *const questions[] = {
	"Hello Ben, this comes by a driver that is a process.\n",
	"How does mine come to you?\n",
	"I have killed the driver.  Still there?\n",
	"Goodbye.\n",
};
static const char *const answers[] = {
	"Hello Ann, this comes by shared memory.",
	"A byte at a time, over the plug.",
	"Yes: a driver is only a program.",
	"Goodbye.",
};
#define LAST  3 /* question */
#define FATAL 2 /* before this one she kills the driver */

static struct ring *ring;

/* Text up to NULL, as one line. */
#define SAY(...) say((const char *const[]){ __VA_ARGS__, NULL })
static void say(const char *const *text)
{
	char line[100];
	size_t len = 0;

	for (; *text; text++)
		for (const char *p = *text; *p && *p != '\n' && len < sizeof(line) - 1; p++)
			line[len++] = *p;
	line[len++] = '\n';
	write(STDOUT_FILENO, line, len);
}

static int share(int flags)
{
	int fd = shm_open(SHM, O_RDWR | flags, 0600);

	if (fd < 0 || ((flags & O_CREAT) && ftruncate(fd, sizeof(*ring))))
		return -1;
	ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return ring == MAP_FAILED ? -1 : 0;
}

static void put(const char *text)
{
	sem_wait(&ring->room);
	strncpy(ring->lines[ring->head++ % SLOTS], text, LINE_LEN - 1);
	sem_post(&ring->used);
}

static void hear(void)
{
	sem_wait(&ring->used);
	SAY("ann hears: ", ring->lines[ring->tail++ % SLOTS]);
	sem_post(&ring->room);
}

/* Open the line when it is served: after some seconds at most. */
static int open_line(int flags)
{
	int fd = -1;

	for (int i = 0; i < 1000 && (fd = open(UART, flags)) < 0; i++)
		usleep(10000);
	return fd;
}

/* ---- Ben ---- */

/* Read a line.  False: there is no driver any more. */
static int read_line(int fd, char line[100])
{
	for (int i = 0; i < 99; i++) {
		if (read(fd, &line[i], 1) != 1)
			return 0;
		if (line[i] == '\n') {
			line[i] = '\0';
			return 1;
		}
	}
	return 0;
}

static int ben(void)
{
	char line[100];
	int fd = open_line(O_RDONLY);

	if (share(0))
		return 1;
	for (int i = 0; i <= LAST;) {
		if (read_line(fd, line)) {
			SAY("ben reads: ", line);
			put(answers[i++]);
			continue;
		}
		SAY("ben: read() says: ", strerror(errno));
		put("(my line is dead)");
		close(fd);
		fd = open_line(O_RDONLY);
		if (fd < 0)
			return 1;
		put("(it is open again)");
	}
	return 0;
}

/* ---- Ann ---- */

static pid_t start(const char *program, char *const argv[])
{
	static char *const environment[] = { "PATH=/bin", NULL };
	struct spawn_args args = { .path = program, .argv = argv, .envp = environment };

	return croft_spawn(&args);
}

static pid_t start_driver(void)
{
	static char *const argv[] = { "uartd", "/dev/uart1", UART, NULL };

	return start("/bin/uartd", argv);
}

static int write_all(int fd, const char *from, size_t len)
{
	for (ssize_t n; len; from += n, len -= (size_t)n) {
		n = write(fd, from, len);
		if (n <= 0)
			return -1;
	}
	return 0;
}

/* Returns the new driver. */
static pid_t kill_driver(pid_t driver, int *fd)
{
	SAY("ann kills the driver");
	kill(driver, SIGKILL);
	waitpid(driver, NULL, 0);
	hear();
	driver = start_driver();
	SAY("ann starts another one");
	close(*fd);
	*fd = open_line(O_WRONLY);
	hear();
	return driver;
}

static int talk(pid_t driver)
{
	int fd = open_line(O_WRONLY);

	for (int i = 0; i <= LAST; i++) {
		if (i == FATAL && driver > 0)
			driver = kill_driver(driver, &fd);
		SAY("ann writes: ", questions[i]);
		if (write_all(fd, questions[i], strlen(questions[i])))
			return 1;
		hear();
	}
	close(fd);
	if (driver > 0) {
		kill(driver, SIGTERM);
		waitpid(driver, NULL, 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char *const as_ben[] = { argv[0], "ben", NULL };
	pid_t driver = 0, friend;
	int status = 1, fd;

	if (argc > 1)
		return ben();
	if (share(O_CREAT | O_EXCL)) {
		SAY("chat: there is one already");
		return 1;
	}
	sem_init(&ring->used, 1, 0);
	sem_init(&ring->room, 1, SLOTS);
	fd = open(UART, O_RDONLY);
	if (fd < 0)
		driver = start_driver();
	else
		close(fd);
	friend = start("/bin/chat", as_ben);
	if (driver >= 0 && friend > 0 && !talk(driver) && waitpid(friend, &status, 0) == friend)
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	shm_unlink(SHM);
	return status;
}
