/* SPDX-License-Identifier: MIT */
/*
 * What is drawn: a call, and arguments that mean something to it more often than not.
 *
 * The number follows from seed and index alone (fuzz.h).  The arguments come from a generator
 * that all threads of a worker share without a lock; so they differ from run to run where a worker
 * is preempted at another place.
 */
#include "fuzz.h"

#include <croft/mman.h>
#include <croft/poll.h>
#include <croft/shm.h>
#include <croft/signal.h>
#include <croft/spawn.h>
#include <croft/thread.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <generated/syscall_shapes.h>

#define KERNEL_RAM   0x20000000u
#define RAM_SPREAD   0x10000u /* all of a small board's, a part of a large one's */
#define PRIORITY_TOP 31	      /* the parent's own */

static const struct {
	char name[SYSCALL_NAME_MAX + 1];
	uint8_t nargs;
	uint8_t shape[6]; /* enum shape */
} calls[NR_SYSCALLS] = { SYSCALL_SHAPES };

static const char paths[][20] = {
	"/tmp/a",
	"/tmp/b",
	"/tmp/c",
	"/dev/shm/x",
	"/dev/null",
	"/dev/zero",
	"/dev/uart1",
	"/bin",
	"/bin/fuzzsys",
	"/bin/sh",
	"/bin/init",
	"/etc/cmdline",
	"/proc",
	"/proc/self/maps",
	"/proc/maps",
	"/proc/1",
	"/proc/meminfo",
	"/proc/sys/vm",
	"/dev",
	"/proc/pageinfo",
	"/dev/shm",
	"/proc/sysvipc/shm",
	"/tmp",
	"/nothing",
	"/tmp/../tmp/a",
	"relative",
	"",
};

/* Words of flags that mean something to some call; parts of two of them are mixed now and then. */
static const uint32_t flag_words[] = {
	0,
	MAP_PRIVATE | MAP_ANONYMOUS,
	MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
	MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED,
	MAP_PRIVATE | MAP_ANONYMOUS | MAP_UNINITIALIZED,
	MAP_SHARED | MAP_ANONYMOUS,
	MAP_PRIVATE,
	MAP_SHARED,
	MAP_SHARED_VALIDATE,
	MAP_PRIVATE | MAP_FIXED,
	MAP_SHARED | MAP_FIXED_NOREPLACE,
	MREMAP_MAYMOVE,
	MREMAP_MAYMOVE | MREMAP_FIXED,
	O_RDWR,
	O_RDWR | O_CREAT | O_TRUNC,
	O_WRONLY | O_CREAT | O_APPEND,
	O_RDWR | O_NONBLOCK,
	IPC_CREAT | 0666,
	IPC_CREAT | IPC_EXCL | 0600,
	SHM_RDONLY,
	SHM_EXEC | SHM_RDONLY,
	SHM_RND,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	SHM_STAT,
	SHM_INFO,
};

static uint32_t scratch[128]; /* what pointers point to */
static uint32_t state;

uintptr_t fuzz_mapped[4];

uint32_t fuzz_mix(uint32_t a, uint32_t b)
{
	a ^= b * 0x9e3779b9u;
	a = (a ^ (a >> 16)) * 0x85ebca6bu;
	a = (a ^ (a >> 13)) * 0xc2b2ae35u;
	return a ^ (a >> 16);
}

static uint32_t draw_word(void)
{
	uint32_t s = state ? state : 1;

	s ^= s << 13;
	s ^= s >> 17;
	s ^= s << 5;
	state = s;
	return s;
}

static uint32_t below(uint32_t n)
{
	return (draw_word() >> 4) % n;
}

static bool sends_signal(unsigned int nr)
{
	return nr < NR_SYSCALLS && calls[nr].shape[0] == SHAPE_PROCESS &&
	       calls[nr].shape[1] == SHAPE_SIGNAL;
}

/* Calls that end a worker come less often than others. */
static bool is_end(unsigned int nr)
{
	return nr == SYS_exit || nr == SYS_thread_exit || nr == SYS_execve || nr == SYS_sigreturn ||
	       nr == SYS_pause || sends_signal(nr);
}

unsigned int draw_number(uint32_t seed, uint32_t index)
{
	uint32_t word = fuzz_mix(seed, index);
	unsigned int nr = (word >> 8) % (NR_SYSCALLS + 1);

	if ((word & 0xff) == 0)
		return word;
	if (nr >= NR_SYSCALLS || !calls[nr].name[0])
		return (word & 0xf) == 0 ? nr : SYS_mmap + (word >> 16) % (SYS_sbrk - SYS_mmap + 1);
	if (is_end(nr) && (word & 0xf0))
		return SYS_mmap + (word >> 16) % (SYS_sbrk - SYS_mmap + 1);
	return nr;
}

const char *draw_name(unsigned int nr)
{
	return nr < NR_SYSCALLS && calls[nr].name[0] ? calls[nr].name : NULL;
}

bool draw_is_root(uint32_t seed)
{
	return seed % 3 == 0;
}

static uint32_t flags(void)
{
	uint32_t word = flag_words[below(sizeof(flag_words) / sizeof(flag_words[0]))];

	switch (below(8)) {
	case 0:
		return word | flag_words[below(sizeof(flag_words) / sizeof(flag_words[0]))];
	case 1:
		return word ^ (1u << below(32));
	case 2:
		return draw_word();
	default:
		return word;
	}
}

static uint32_t length(const struct worker *worker)
{
	switch (below(10)) {
	case 0:
		return below(64);
	case 1:
		return (uint32_t)worker->page * below(40);
	case 2:
		return draw_word();
	case 3:
		return -below(0x2000);
	case 4:
		return 0x80000000u - below(3);
	default:
		return (uint32_t)worker->page * (1 + below(4)) - below(2) * below(600);
	}
}

/* An address: of its own, of another worker, of anybody, at an edge. */
static uint32_t address(const struct worker *worker)
{
	uint32_t page = (uint32_t)worker->page;

	switch (below(16)) {
	case 0:
		return 0;
	case 1:
		return draw_word();
	case 2:
		return KERNEL_RAM + page * below(RAM_SPREAD / page);
	case 3:
		return KERNEL_RAM + below(RAM_SPREAD);
	case 4:
		return worker->board->slots[below(MAX_WORKERS)].own + below(64);
	case 5:
		return worker->text + below(4096);
	case 6:
		return (uint32_t)(uintptr_t)__builtin_frame_address(0) - 256 + below(512);
	case 7:
		return 0xffffffffu - below(16);
	case 8:
		return 0xe000ed00u + 4 * below(64);
	case 9:
		return (uint32_t)fuzz_mapped[below(4)] + below(page);
	case 10:
	case 11:
	case 12:
		return (uint32_t)fuzz_mapped[below(4)] + page * below(3);
	default:
		return (uint32_t)(uintptr_t)scratch + 4 * below(64);
	}
}

/* Is there a byte that the worker keeps in [@at, @at + @len)? */
static bool touches_kept(const struct worker *worker, uint32_t at, uint32_t len)
{
	uint32_t last = len - 1 > UINT32_MAX - at ? UINT32_MAX : at + len - 1;
	uint32_t page = (uint32_t)worker->page;

	if (len == 0)
		return false;
	return (at < worker->pattern + page && last >= worker->pattern) ||
	       (at < worker->shared + page && last >= worker->shared);
}

/* What a worker keeps is no argument. */
static uint32_t pointer(const struct worker *worker)
{
	uint32_t at;

	do
		at = address(worker);
	while (touches_kept(worker, at, 1));
	return at;
}

static uint32_t process(const struct worker *worker)
{
	switch (below(4)) {
	case 0:
		return (uint32_t)worker->slot->pid;
	case 1:
		return (uint32_t)worker->board->slots[below(MAX_WORKERS)].pid;
	case 2:
		return below(64);
	default:
		return (uint32_t)worker->slot->pid + below(3);
	}
}

/* Any word that the one or the other call may know. */
static uint32_t any(const struct worker *worker)
{
	switch (below(8)) {
	case 0:
		return below(8);
	case 1:
		return flags();
	case 2:
		return length(worker);
	case 3:
		return process(worker);
	case 4:
		return draw_word();
	case 5:
		return 1u << below(32);
	default:
		return pointer(worker);
	}
}

/* Room in the scratch memory, with a few words that may mean something. */
static uint32_t *room(const struct worker *worker, unsigned int nwords)
{
	uint32_t *at = &scratch[below(32)];

	for (unsigned int i = 0; i < nwords; i++)
		if (below(4) == 0)
			at[i] = any(worker);
	return at;
}

/* Times are short, so that nobody waits for long. */
static uint32_t *make_time(void)
{
	uint32_t *at = &scratch[64 + 8 * below(2)];
	struct timespec *ts = (struct timespec *)at;

	for (int i = 0; i < 2; i++)
		ts[i] = (struct timespec){ .tv_nsec = (long)below(3) * (long)below(2000000) };
	return at;
}

static uint32_t *make_spawn(const struct worker *worker)
{
	struct spawn_args *args = (struct spawn_args *)&scratch[0];
	struct spawn_action *actions = (struct spawn_action *)&scratch[16];

	*args = (struct spawn_args){ .path = worker->self_argv[0],
				     .argv = (char *const *)worker->self_argv,
				     .envp = (char *const *)worker->envp,
				     .actions = actions,
				     .nactions = below(3) };
	for (int i = 0; i < 2; i++)
		actions[i] = (struct spawn_action){ .op = (int)below(5),
						    .fd = (int)below(18) - 1,
						    .from = (int)below(18) - 1,
						    .oflag = (int)flags(),
						    .mode = below(512),
						    .path = paths[below(3)] };
	if (below(4) == 0)
		scratch[below(28)] = any(worker);
	return &scratch[0];
}

static uint32_t *make_thread(const struct worker *worker)
{
	struct thread_args *args = (struct thread_args *)&scratch[32];

	*args = (struct thread_args){ .entry = (uint32_t)(uintptr_t)worker->thread,
				      .stack_top = (uint32_t)(fuzz_mapped[0] + worker->page),
				      .exit_word = below(2) ? (uint32_t)(uintptr_t)&scratch[40] : 0,
				      .policy = (int)below(4) - 1,
				      .priority = (int)below(20) - 1 };
	if (below(4) == 0)
		scratch[32 + below(7)] = any(worker);
	return &scratch[32];
}

static uint32_t *make_context(const struct worker *worker)
{
	struct croft_ucontext *context = (struct croft_ucontext *)&scratch[48];

	for (int i = 0; i < 13; i++)
		context->r[i] = any(worker);
	context->sp = below(4) ? (uint32_t)(uintptr_t)__builtin_frame_address(0) : any(worker);
	context->pc = below(4) ? (uint32_t)worker->text + below(4096) : any(worker);
	context->xpsr = draw_word();
	context->mask = draw_word();
	return &scratch[48];
}

static uint32_t *make_stack(const struct worker *worker)
{
	struct croft_altstack *stack = (struct croft_altstack *)&scratch[80];

	*stack = (struct croft_altstack){ .sp = (void *)fuzz_mapped[below(4)],
					  .flags = (int)below(4) ? 0 : (int)flags(),
					  .size = length(worker) };
	return &scratch[80];
}

static uint32_t *make_poll(const struct worker *worker)
{
	struct pollfd *fds = (struct pollfd *)room(worker, 8);

	for (int i = 0; i < 4; i++)
		fds[i] = (struct pollfd){ .fd = (int)below(18) - 1, .events = (short)draw_word() };
	return (uint32_t *)fds;
}

static uint32_t small(const struct worker *worker)
{
	switch (below(6)) {
	case 0:
		return any(worker);
	case 1:
		return -below(4);
	case 2:
		return below(70000);
	default:
		return below(10);
	}
}

static uint32_t argument(const struct worker *worker, enum shape shape)
{
	uint32_t *made;

	if (below(16) == 0)
		return any(worker);
	switch (shape) {
	case SHAPE_PATH:
		return (uint32_t)(uintptr_t)paths[below(sizeof(paths) / sizeof(paths[0]))];
	case SHAPE_TIME:
		made = make_time();
		break;
	case SHAPE_SPAWN:
		made = make_spawn(worker);
		break;
	case SHAPE_THREAD:
		made = make_thread(worker);
		break;
	case SHAPE_CONTEXT:
		made = make_context(worker);
		break;
	case SHAPE_STACK:
		made = make_stack(worker);
		break;
	case SHAPE_POLL:
		made = make_poll(worker);
		break;
	case SHAPE_POINTER:
		if (below(2))
			return pointer(worker);
		made = room(worker, 8);
		break;
	case SHAPE_FD:
		return below(10) - 1;
	case SHAPE_LENGTH:
		return length(worker);
	case SHAPE_OFFSET:
		return below(2) ? 0 : length(worker);
	case SHAPE_PROT:
		return below(8);
	case SHAPE_FLAGS:
		return flags();
	case SHAPE_PROCESS:
		return process(worker);
	case SHAPE_SIGNAL:
		return below(34);
	default:
		return small(worker);
	}
	return (uint32_t)(uintptr_t)made;
}

/*
 * May the call be made?  Not one that would change by rights what the worker keeps, or end the
 * system, or rank the worker with its parent.
 */
static bool is_fair(const struct worker *worker, const struct draw *draw)
{
	const uint32_t *arg = draw->arg;

	if (worker->is_root && sends_signal(draw->nr) && arg[0] != (uint32_t)getpid())
		return false;
	switch (draw->nr) {
	case SYS_mmap:
		return !(arg[3] & MAP_FIXED) || !touches_kept(worker, arg[0], arg[1]);
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_madvise:
	case SYS_thread_exit:
		return !touches_kept(worker, arg[0], arg[1]);
	case SYS_mremap:
		return !touches_kept(worker, arg[0], arg[1]) &&
		       !touches_kept(worker, arg[4], arg[2]);
	case SYS_exit:
		return (arg[0] & 0xff) < EXIT_MAX;
	case SYS_poweroff:
		return !worker->is_root;
	case SYS_thread_set_sched:
		return !worker->is_root || (arg[2] < PRIORITY_TOP && arg[0] == 0);
	default:
		return true;
	}
}

void draw_call(const struct worker *worker, uint32_t index, struct draw *draw)
{
	unsigned int nr = draw_number(worker->seed, index);
	bool is_known = nr < NR_SYSCALLS;

	if (index == 0)
		state = worker->seed;
	draw->nr = nr;
	for (int tries = 0; tries < 4; tries++) {
		for (unsigned int i = 0; i < 6; i++)
			draw->arg[i] = is_known && i < calls[nr].nargs
					       ? argument(worker, (enum shape)calls[nr].shape[i])
					       : any(worker);
		if (is_fair(worker, draw))
			return;
	}
	draw->nr = SYS_getpid;
}
