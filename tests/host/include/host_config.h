/* SPDX-License-Identifier: MIT */
/*
 * The configuration of host tests: what generated/autoconf.h is on the target.  Every host
 * program is compiled with it first, and HOST_PAGE_SHIFT chooses another page size.
 */
#ifndef HOST_CONFIG_H
#define HOST_CONFIG_H

#define MM_HOST_TEST 1 /* the seam of mm/internal.h */

#ifndef HOST_PAGE_SHIFT
#define HOST_PAGE_SHIFT 12
#endif
#ifndef CONFIG_PAGE_SHIFT
#define CONFIG_PAGE_SHIFT HOST_PAGE_SHIFT
#endif
#ifndef CONFIG_STEP_BYTES
#define CONFIG_STEP_BYTES 3000 /* divides no page: steps end anywhere */
#endif
#define CONFIG_NR_TRIM_PAGES	   1
#define CONFIG_MAX_MAP_COUNT	   1024
#define CONFIG_REFILL_CACHE	   32
#define CONFIG_RESERVE_PAGES	   2
#define CONFIG_SHMMNI		   16
#define CONFIG_DEBUG_NOMMU_REGIONS 1
#define CONFIG_ASSERT_TEXT	   1

/* The protection unit: -DCONFIG_ARCH_PMSAV8=1 comes from the make file, with the number of entries. */
#ifndef CONFIG_MPU_REGIONS
#define CONFIG_MPU_REGIONS 16
#endif
#define CONFIG_MPU_KERNEL 1

/* newlib's printf of integers only */
#define sniprintf  snprintf
#define vsniprintf vsnprintf

#define CONFIG_PROC_DETAIL 1
#define CONFIG_PROCFS	   1
#define CONFIG_RAM_FILES   1
#endif
