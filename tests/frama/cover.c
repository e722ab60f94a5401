#include <mm/cover.h>
#include "__fc_builtin.h"
int main(void)
{
	uint32_t start = Frama_C_unsigned_int_interval(0, UINT32_MAX), end = Frama_C_unsigned_int_interval(0, UINT32_MAX), at=Frama_C_unsigned_int_interval(0, UINT32_MAX);
	if ((start & PAGE_MASK) || (end & PAGE_MASK) || at < start || at >= end) return 0;
	struct cover c = cover_find(start,end,at);
	return 0;
}
