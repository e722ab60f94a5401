# SPDX-License-Identifier: MIT
# Tests: on this machine against the very same mm/*.c, and in QEMU.
#
# HOST_MPU: the memory protection unit that all of it is tested with, a folder of arch/cortex-m and of
# tests/host.  HOST_MPU_REGIONS: how many entries it has.

HOST_MPU     := pmsav7
H            := $(B)/host$(COVERAGE:%=-cov)$(HOST_PAGE_SHIFT:%=-%)$(patsubst %,-%,$(filter-out pmsav7,$(HOST_MPU)))$(HOST_MPU_REGIONS:%=-%)
HOST_DEBUG   := $(if $(COVERAGE),-O0 --coverage -DCOVERAGE,-O1 -fsanitize=address,undefined \
                -fno-sanitize-recover=undefined)
# $(call host-mpu-flags,unit,entries)
host-mpu-flags = -DCONFIG_ARCH_$(if $(filter pmsav8,$(1)),PMSAV8,PMSAV7)=1 $(2:%=-DCONFIG_MPU_REGIONS=%) \
                 -Iarch/cortex-m/$(1)/include
host-mpu-srcs  = $(addprefix arch/cortex-m/$(1)/,cover.c mpu_encode.c) \
                 $(filter-out tests/host/$(1)/test_%,$(wildcard tests/host/$(1)/*.c))
HOST_CFLAGS  := -std=gnu11 -g $(HOST_DEBUG) $(HOST_PAGE_SHIFT:%=-DHOST_PAGE_SHIFT=%) \
                -fno-omit-frame-pointer -fno-common -Wall -Wextra -Wundef -Werror \
                -Itests/host/include -Iinclude -Iinclude/uapi -I$(H)/include \
                $(call host-mpu-flags,$(HOST_MPU),$(HOST_MPU_REGIONS)) \
                $(addprefix -include ,$(wildcard tests/host/include/host_config.h))
HOST_LIBS    := -lcmocka

# What is tested, and what stands in for the floors below it.
host-srcs    := $(wildcard mm/*.c) lib/tree.c $(call host-mpu-srcs,$(HOST_MPU))
host-fakes   := $(filter-out $(wildcard tests/host/test_*.c),$(wildcard tests/host/*.c tests/host/model/*.c))
host-tests   := $(filter-out $(foreach m,$(filter-out $(HOST_MPU),pmsav7 pmsav8),tests/host/$(m)/%), \
                $(wildcard tests/host/test_*.c tests/host/*/test_*.c tests/host/*/*/test_*.c))
host-object   = $(addprefix $(H)/obj/,$(1:.c=.o))
HOST_LIB     := $(H)/libcroft-host.a
HOST_TESTS   := $(host-tests:tests/host/%.c=$(H)/bin/%)

ifneq ($(building),)
$(call stamp,$(H)/flags,$(HOST_CFLAGS) $(host-srcs) $(host-fakes))
endif

# newlib's lists without the rest of its headers.
host-sys     := $(H)/include/sys/queue.h
$(host-sys): | $(call setup-stamp,build)
	@mkdir -p $(@D)
	@printf '%s\n' '#include <sys/cdefs.h>' '#ifndef __unused' \
		'#define __unused __attribute__((__unused__))' '#endif' \
		'#include "/usr/include/newlib/sys/$(@F)"' >$@

$(H)/obj/%.o: %.c $(H)/flags | $(host-sys) $(call setup-stamp,test)
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@

# An archive, so that a test may bring its own version of a whole file.
$(HOST_LIB): $(call host-object,$(host-srcs) $(host-fakes))
	@rm -f $@ && ar rcs $@ $^

$(H)/bin/%: $(H)/obj/tests/host/%.o $(HOST_LIB)
	$(call say,HOSTLD,$(@:$(H)/bin/%=%))
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $< $(HOST_LIB) $(HOST_LIBS) -o $@

-include $(patsubst %.o,%.d,$(call host-object,$(host-srcs) $(host-fakes) $(host-tests)))

.PHONY: unit unit-build sweep cov test
.SECONDARY: $(call host-object,$(host-tests))
unit-build: $(HOST_TESTS)

# Those that end so, or all of a folder.
unit-asked = $(if $(T),$(filter $(foreach t,$(T),%$t $(H)/bin/$t/%),$(HOST_TESTS)),$(HOST_TESTS))

# Every program runs, also after one has failed.
unit: $(unit-asked)
	@[ -n "$(unit-asked)" ] || { echo "unit: there is no test $(T) in tests/host/" >&2; exit 1; }
	@failed=0; for t in $(unit-asked); do \
		printf '  %-8s%s\n' UNIT $${t#$(H)/bin/}; $$t || failed=$$((failed + 1)); done; \
	[ $$failed = 0 ] || { echo "$$failed test programs failed" >&2; exit 1; }

# Every memory call with its first, second, third... allocation failing.
sweep:
	@$(MAKE) --no-print-directory unit T=mm/test_sweep

# What of mm/ the tests run, and how much of it they must: per cent of lines and of branches.
COV_LINES    := 98
COV_BRANCHES := 95
cov:
	@find $(B)/host-cov $(B)/host-cov-pmsav8 -name '*.gcda' -delete 2>/dev/null || :
	@for mpu in pmsav7 pmsav8; do OPS=$(or $(OPS),40000) SEED=$(or $(SEED),1) \
		$(MAKE) --no-print-directory COVERAGE=1 HOST_MPU=$$mpu unit || exit 1; done
	$(Q)$(PYTHON) tools/cov.py mm/ $(COV_LINES) $(COV_BRANCHES) $(B)/host-cov/obj $(B)/host-cov-pmsav8/obj

# tests/run.py builds what it needs; a board on the command line means that board only.
test: | $(call setup-stamp,build) $(call setup-stamp,run) $(call setup-stamp,test) $(call setup-stamp,debug)
	@[ -f tests/run.py ] || { echo "test: there is no tests/run.py yet; \`make unit\` runs the host tests" >&2; exit 1; }
	@$(PYTHON) tests/run.py $(if $(filter file default,$(origin BOARD)),,--board $(BOARD)) $(T)

# Faults from outside, for as long as wanted.
.PHONY: faults
faults: | $(call setup-stamp,build) $(call setup-stamp,run) $(call setup-stamp,debug)
	@$(PYTHON) tests/faults.py --board $(BOARD) --seed $(or $(SEED),1) --minutes $(or $(MINUTES),10)
