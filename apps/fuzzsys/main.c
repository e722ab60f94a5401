/* SPDX-License-Identifier: MIT */
/*
 * The parent: starts workers, several at once, watches them, clears away what they leave, and tells
 * at the end what came of it.
 *
 * It fails where a worker finds its pattern changed, cannot be ended, or cannot begin; or where
 * pages are missing when all is over.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <croft.h>
#include <croft/thread.h>

#include "tally.h"

#define BOARD_PATH   "/dev/shm/fuzzsys"
#define PRIORITY_TOP 31
#define LIFE_MIN     100 /* calls */
#define LIFE_SPREAD  400
#define TURN_NS	     2000000
#define STUCK_TURNS  25	   /* without a call: it waits for ever, and is ended */
#define ENDING_TURNS 500   /* has one not ended by then, others keep it from that: all are ended */
#define DEAD_MS	     60000 /* after that all should be gone, on a busy host too */
#define CLEAR_EVERY  32	   /* workers */
#define IDLE_MAX     1000  /* workers that cannot begin: then something is wrong */
#define STRANGERS    8	   /* processes that were there before */

/* What the parent alone knows of a slot: what is in the slot itself the workers can overwrite. */
struct watch {
	int pid; /* 0: nobody */
	uint32_t seed;
	uint32_t seen;	/* calls, when last looked at */
	uint32_t since; /* turns, when they last grew */
	bool is_killed;
};

extern char **environ;

static struct board *board;
static struct watch watches[MAX_WORKERS];
static unsigned int nworkers = 4;
static uint32_t turns; /* of sleep: how much time the workers have had at least */
static int strangers[STRANGERS];
static uint32_t next_seed;
static const char *self;

static uint32_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)now.tv_sec * 1000 + (uint32_t)now.tv_nsec / 1000000;
}

/* ---- Workers ------------------------------------------------------------------------------ */

static bool start(unsigned int i)
{
	const char *const argv[] = { self, IN_SLOT, fuzz_decimal(i), fuzz_decimal(next_seed),
				     NULL };
	const struct spawn_action actions[] = {
		{ .op = SPAWN_OPEN, .fd = 0, .oflag = O_RDWR, .path = "/dev/null" },
		{ .op = SPAWN_DUP2, .fd = 1, .from = 0 },
		{ .op = SPAWN_DUP2, .fd = 2, .from = 0 },
	};
	const struct spawn_args args = { .path = "/bin/fuzzsys",
					 .argv = (char *const *)argv,
					 .envp = environ,
					 .actions = actions,
					 .nactions = sizeof(actions) / sizeof(actions[0]) };
	struct slot *slot = &board->slots[i];
	int pid;

	slot->count = slot->changed = 0;
	slot->limit = LIFE_MIN + fuzz_mix(next_seed, 1) % LIFE_SPREAD;
	slot->pid = 0;
	watches[i] = (struct watch){ .seed = next_seed, .since = turns };
	pid = croft_spawn(&args);
	if (pid < 0)
		return false;
	slot->pid = watches[i].pid = pid;
	next_seed = fuzz_mix(next_seed, 2);
	return true;
}

/* Take the board, and leave no descriptor for the calls to find it by. */
static int be_worker(unsigned int i, uint32_t seed)
{
	static const char *const children[] = { "/bin/fuzzsys", WITHOUT, NULL };
	static struct slot own = { .limit = LIFE_MIN / 4 };
	struct board *shared =
		mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, BOARD_FD, 0);
	struct worker worker = { .board = shared,
				 .seed = seed,
				 .page = (size_t)sysconf(_SC_PAGESIZE),
				 .self_argv = children,
				 .envp = (const char *const *)environ };

	close(BOARD_FD);
	worker.is_root = getuid() == 0 && draw_is_root(seed);
	worker.shared = (uintptr_t)shared;
	if (shared == MAP_FAILED) { /* it is a worker's child */
		static const struct board none;

		worker.board = &none;
		worker.slot = &own;
		own.pid = getpid();
		worker.seed = (uint32_t)own.pid;
		worker.is_root = false;
		worker.shared = 0;
	} else {
		worker.slot = &shared->slots[i];
	}
	return worker_main(&worker);
}

static void ended(unsigned int i, int status)
{
	struct slot *slot = &board->slots[i];

	tally_worker(slot, watches[i].seed, status, watches[i].is_killed);
	watches[i].pid = 0;
}

/* Reap one that has ended; false: none has. */
static bool reap(void)
{
	int status, pid = waitpid(-1, &status, WNOHANG);

	for (unsigned int i = 0; pid > 0 && i < nworkers; i++)
		if (watches[i].pid == pid)
			ended(i, status);
	return pid > 0;
}

/*
 * End a process, soon, whatever priority its first thread has given itself.  Others of its threads keep
 * theirs: then it ends when those above leave it the processor.
 */
static void end_now(int pid)
{
	struct draw first = { .nr = SYS_thread_set_sched,
			      .arg = { (uint32_t)pid, CROFT_SCHED_RR, PRIORITY_TOP } };

	kill(pid, SIGKILL); /* before, or it might change its priority once more */
	fuzz_call(&first);
}

/* End those that wait for ever.  false: one does not end. */
static bool watch(void)
{
	for (unsigned int i = 0; i < nworkers; i++) {
		struct slot *slot = &board->slots[i];

		if (watches[i].pid == 0)
			continue;
		if (watches[i].seen != slot->count) {
			watches[i].seen = slot->count;
			watches[i].since = turns;
		} else if (!watches[i].is_killed && turns - watches[i].since > STUCK_TURNS) {
			watches[i].is_killed = true;
			watches[i].since = turns;
			end_now(watches[i].pid);
		} else if (watches[i].is_killed && turns - watches[i].since > ENDING_TURNS) {
			return false;
		}
	}
	return true;
}

/* ---- What they leave ------------------------------------------------------------------------ */

static int number(const char *name)
{
	int n = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		n = n * 10 + *name - '0';
	return *name ? 0 : n;
}

static bool is_stranger(int pid)
{
	for (unsigned int i = 0; i < STRANGERS; i++)
		if (strangers[i] == pid)
			return true;
	for (unsigned int i = 0; i < nworkers; i++)
		if (watches[i].pid == pid)
			return true;
	return pid == getpid();
}

/* Do something with each name of a folder. */
static void each(const char *folder, void (*act)(const char *folder, const char *name))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		act(folder, entry->d_name);
	if (dir)
		closedir(dir);
}

static void note_stranger(const char *folder, const char *name)
{
	int pid = number(name);

	(void)folder;
	for (unsigned int i = 0; pid && i < STRANGERS; i++)
		if (!strangers[i]) {
			strangers[i] = pid;
			return;
		}
}

static void end_child(const char *folder, const char *name)
{
	int pid = number(name);

	(void)folder;
	if (pid && !is_stranger(pid))
		end_now(pid);
}

static void remove_file(const char *folder, const char *name)
{
	char path[64];

	if (name[0] == '.' || strlen(folder) + strlen(name) + 2 > sizeof(path))
		return;
	strcpy(path, folder);
	strcat(path, "/");
	strcat(path, name);
	unlink(path);
}

static void remove_segments(void)
{
	struct shmid_ds ds;

	for (int i = 0; i < 64; i++) {
		int id = shmctl(i, SHM_STAT, &ds);

		if (id >= 0)
			shmctl(id, IPC_RMID, NULL);
	}
}

static void clear(void)
{
	each("/proc", end_child);
	each("/tmp", remove_file);
	each("/dev/shm", remove_file);
	remove_segments();
}

/* ---- The run ---------------------------------------------------------------------------------- */

static void turn(void)
{
	const struct timespec moment = { .tv_nsec = TURN_NS };

	nanosleep(&moment, NULL);
	turns++;
}

static bool open_board(void)
{
	int fd = open(BOARD_PATH, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*board)))
		return false;
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unlink(BOARD_PATH);
	if (fd != BOARD_FD) {
		dup2(fd, BOARD_FD);
		close(fd);
	}
	return board != MAP_FAILED;
}

static bool is_over(void)
{
	for (unsigned int i = 0; i < nworkers; i++)
		if (watches[i].pid)
			return false;
	return true;
}

/* End all that is left, and what that has started; false: it cannot be ended. */
static bool end_all(void)
{
	uint32_t since = now_ms();

	while (!is_over() && now_ms() - since < DEAD_MS) {
		for (unsigned int i = 0; i < nworkers; i++)
			if (watches[i].pid)
				end_now(watches[i].pid);
		clear();
		while (reap())
			;
		turn();
	}
	return is_over();
}

/* Workers, until they have made so many calls.  false: it could not be done. */
static bool run(uint32_t calls)
{
	struct draw top = { .nr = SYS_thread_set_sched,
			    .arg = { 0, CROFT_SCHED_RR, PRIORITY_TOP } };
	uint32_t cleared = 0, told = 0;

	while (tally_calls() < calls && tally_idle() < IDLE_MAX) {
		if (tally_calls() - told >= calls / 20) {
			told = tally_calls();
			SAY("fuzzsys: ", fuzz_decimal(told), " calls, ",
			    fuzz_decimal(now_ms() / 1000), " s");
		}
		fuzz_call(&top); /* a worker of root may have changed it */
		for (unsigned int i = 0; i < nworkers; i++)
			if (watches[i].pid == 0 && !start(i))
				clear(); /* what workers have left takes the memory */
		if (!reap())
			turn();
		if (!watch() && !end_all())
			break;
		if (tally_workers() - cleared >= CLEAR_EVERY || cleared > tally_workers()) {
			clear();
			cleared = tally_workers();
		}
	}
	if (tally_calls() < calls)
		SAY("fuzzsys: a worker cannot begin or be ended");
	return tally_calls() >= calls;
}

/* Wait for the pages of those that init reaps. */
static bool has_all_pages(long before)
{
	uint32_t since = now_ms();

	while (system_info(INFO_FREE_PAGES) != before && now_ms() - since < DEAD_MS) {
		clear();
		turn();
	}
	return system_info(INFO_FREE_PAGES) == before;
}

int main(int argc, char **argv)
{
	uint32_t calls = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	bool is_good;
	long before;

	self = argv[0];
	if (argc > 3 && strcmp(argv[1], IN_SLOT) == 0)
		return be_worker(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	if (argc > 1 && strcmp(argv[1], WITHOUT) == 0)
		return be_worker(0, 0);
	if (argc < 3) {
		SAY("fuzzsys CALLS SEED [WORKERS]");
		return 2;
	}
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); /* thousands would fill the host */
	next_seed = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		nworkers = strtoul(argv[3], NULL, 10);
	if (nworkers < 1 || nworkers > MAX_WORKERS || !open_board() || !tally_init())
		return 2;
	each("/proc", note_stranger);
	clear();
	before = system_info(INFO_FREE_PAGES);
	is_good = run(calls) && end_all();
	if (!has_all_pages(before)) {
		is_good = false;
		SAY("fuzzsys: ", fuzz_decimal((uint32_t)before), " pages were free, now ",
		    fuzz_decimal((uint32_t)system_info(INFO_FREE_PAGES)));
	}
	return tally_tell(argv[2], is_good) ? 0 : 1;
}
