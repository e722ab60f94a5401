/* SPDX-License-Identifier: MIT */
/*
 * Configuration as an expression.
 *
 * Every kernel file sees the CONFIG_* macros, since the build includes generated/autoconf.h
 * first.  A choice that is off has no macro at all; IS_ENABLED() turns both cases into a
 * constant, so that both sides of an `if` are compiled and the dead one is dropped:
 *
 *	if (IS_ENABLED(CONFIG_DEBUG_NOMMU_REGIONS))
 *		region_tree_check();
 */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

/*
 * A macro defined as 1 makes ENABLED_PROBE_1 expand to "0,", which moves the 1 into second
 * place; anything else leaves the 0 there.
 */
#define ENABLED_PROBE_1			     0,
#define ENABLED_SECOND(ignored, second, ...) second
#define ENABLED_IS_SET(...)		     ENABLED_SECOND(__VA_ARGS__ 1, 0, 0)
#define ENABLED_PASTE(value)		     ENABLED_IS_SET(ENABLED_PROBE_##value)
#define ENABLED_EXPAND(value)		     ENABLED_PASTE(value)

/** IS_ENABLED - 1 if the Kconfig choice @option is y, else 0; @option is a CONFIG_ name */
#define IS_ENABLED(option) ENABLED_EXPAND(option)

#endif /* KERNEL_CONFIG_H */
