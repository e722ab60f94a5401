/* SPDX-License-Identifier: MIT */
/*
 * Over newlib's <inttypes.h>, which has PRId64 and its kin only where newlib's own <stdint.h> has said that
 * there are such types.  The compiler's, which comes before it, has them and does not say so.
 */
#ifndef CROFT_INTTYPES_H
#define CROFT_INTTYPES_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include <stdint.h>

#ifndef __int64_t_defined
#define __int64_t_defined 1
#endif
#ifndef __int_least64_t_defined
#define __int_least64_t_defined 1
#endif
#ifndef __int_fast64_t_defined
#define __int_fast64_t_defined 1
#endif

#include_next <inttypes.h>

#endif
