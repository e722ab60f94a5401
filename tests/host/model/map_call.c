/* SPDX-License-Identifier: MIT */
/* Which mmap() to try.  See model.h. */
#include "model.h"

int some_prot(uint32_t random)
{
	static const int prots[] = {
		PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE,
		PROT_READ,
		PROT_READ | PROT_EXEC,
		PROT_NONE,
		PROT_WRITE,
		PROT_EXEC,
		PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	return prots[random % ARRAY_SIZE(prots)];
}

int implied(int prot)
{
	return prot & (PROT_WRITE | PROT_EXEC) ? prot | PROT_READ : prot;
}

/* An address worth trying: mostly near what is mapped. */
addr_t some_address(unsigned int proc, uint32_t random)
{
	unsigned int from = random % NPAGES, step = random >> 8;

	if (step % 4)
		for (unsigned int i = 0; i < NPAGES; i++) {
			unsigned int page = (from + i) % NPAGES;

			if (model[proc].at[page].n)
				return addr_of(page) + PG(step / 4 % 8 == 0) -
				       PG(step / 4 % 8 == 1);
		}
	if (step % 32 == 0)
		return step % 64 ? 0xfffff000u & ~PAGE_MASK : 0x08000000u;
	return addr_of(from);
}

uint32_t some_length(uint32_t random)
{
	return random % 16 == 0 ? 1 + random / 16 % 40 : 1 + random / 16 % 6;
}

static const char *place_name(int flags)
{
	return flags & MAP_FIXED_NOREPLACE ? " NOREPLACE" : flags & MAP_FIXED ? " FIXED" : "";
}

void op_map(const struct op *op, bool is_file)
{
	unsigned int proc = op->proc;
	uint32_t npages = some_length(op->b);
	struct map_request request = {
		.len = PG(npages) - (op->b >> 16 & 1 ? op->b % PAGE_SIZE : 0),
		.prot = some_prot(op->c),
		.flags = MAP_PRIVATE | MAP_ANONYMOUS,
	};
	struct layer l = { .file = -1, .max_prot = 7, .prot = (uint8_t)implied(request.prot) };
	bool is_direct, is_private;
	struct extent extent;

	if (model[proc].serial > 2 * EPISODE - 10)
		return;
	if (!is_file && op->d % 16 == 0) { /* a stack that is rounded up */
		npages = 9 + op->b % 11;
		request.len = PG(npages);
	}
	if (op->c >> 8 & 3) {
		static const int fixed[] = { 0, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE };

		request.addr = some_address(proc, op->a);
		request.flags |= fixed[op->c >> 10 & 3];
		if (is_file && (op->c >> 12 & 1)) {
			enum env_file which = (enum env_file)(op->d % ENV_FILES);

			if (file(which)->ops->direct(file(which), &extent) == 0)
				request.addr = extent.start + PG(op->d >> 8 & 7);
		}
	}
	if (!is_file) {
		if (op->d % 8 == 0) {
			request.flags |= MAP_STACK;
			l.flags = VMA_STACK;
		}
		l.kind = OWN;
		say("P%u mmap(%08x, %zx, %d, ANON%s%s)", proc, request.addr, request.len,
		    request.prot, place_name(request.flags), l.flags ? " STACK" : "");
		map_new(proc, &request, l, npages, op->d >> 16);
		return;
	}
	l.file = (int8_t)(op->d % ENV_FILES);
	request.backing = file((enum env_file)l.file);
	request.offset = PG(op->d >> 8 & 7);
	if (op->d >> 12 & 1)
		request.flags ^= MAP_PRIVATE | MAP_SHARED;
	request.flags &= ~MAP_ANONYMOUS;
	request.can_write = (op->d >> 13 & 3) || (request.prot & PROT_WRITE);
	is_private = request.flags & MAP_PRIVATE;
	if (op->d >> 20 == 77)
		request.offset = OFF_MAX & ~PAGE_MASK;
	say("P%u mmap(%08x, %zx, %d, %s%s, file %d, %x%s)", proc, request.addr, request.len,
	    request.prot, is_private ? "PRIVATE" : "SHARED", place_name(request.flags), l.file,
	    request.offset, request.can_write ? "" : ", read-only");
	is_direct = request.backing->ops->direct(request.backing, &extent) == 0 &&
		    request.offset + (uint64_t)PG(npages) <= extent.end - extent.start;
	l.max_prot = PROT_READ | PROT_EXEC;
	if ((!is_direct && !is_private) ||
	    (l.file == FILE_MMIO && (is_private || (l.prot & PROT_EXEC)))) {
		struct mm_job job;
		addr_t at;

		judge("mmap", mm_map(&procs[proc], &request, &at, &job), -ENODEV, false);
		return;
	}
	if (request.offset + (uint64_t)request.len > OFF_MAX) {
		struct mm_job job;
		addr_t at;

		judge("mmap", mm_map(&procs[proc], &request, &at, &job), -EOVERFLOW, false);
		return;
	}
	if (!is_private) {
		l.flags |= VMA_SHARED;
		if (request.can_write)
			l.max_prot |= PROT_WRITE;
		if (l.file == FILE_MMIO)
			l.max_prot &= (uint8_t)~PROT_EXEC;
	}
	if (is_private && (l.prot & PROT_WRITE)) {
		l.kind = OWN;
		l.max_prot |= PROT_WRITE;
	} else {
		l.kind = is_direct ? STORE : COMMON_COPY;
	}
	if (l.kind == STORE)
		map_store(proc, &request, l, npages);
	else
		map_new(proc, &request, l, npages, op->d >> 16);
}
