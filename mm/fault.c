/* SPDX-License-Identifier: MIT */
/* Refused accesses.  See include/mm/fault.h. */
#include <croft/mman.h>
#include <mm/fault.h>

#include "internal.h"

/* Judge one address; *@is_resident: its entry is loaded, and grants all there is to grant. */
static enum mm_verdict judge(struct mm *mm, addr_t at, unsigned int want, addr_t sp,
			     bool *is_resident)
{
	addr_t start, end;
	int rights = mm_rights(mm, at, &start, &end);

	*is_resident = false;
	if (rights < 0)
		return VERDICT_MAPERR;
	if (!((unsigned int)rights & want))
		return VERDICT_ACCERR;
	*is_resident = mm_is_resident(mm, at);
	if (*is_resident)
		return VERDICT_ACCERR;
	mm_load(mm, at, (unsigned int)rights, start, end, sp);
	return VERDICT_REFILLED;
}

enum mm_verdict mm_fault(struct mm *mm, addr_t at, enum mm_access access, addr_t sp)
{
	bool is_resident;
	enum mm_verdict verdict;

	if (access == ACCESS_DATA)
		return judge(mm, at, PROT_READ, sp, &is_resident);
	verdict = judge(mm, at, PROT_EXEC, sp, &is_resident);
	/*
	 * The hardware names the instruction, not the halfword.  Where the first may be fetched,
	 * it was the second, in another mapping, that was refused.
	 */
	if (is_resident)
		verdict = judge(mm, at + 2, PROT_EXEC, sp, &is_resident);
	return verdict;
}
