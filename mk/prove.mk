# SPDX-License-Identifier: MIT
# Proofs by running through every case: tests/prove.
#
#	make prove			all boards
#	make prove BOARD=b QUICK=1	one of them, and of what takes long only a part
#
# For the memories of each board it is proven of each memory protection unit, whichever the board has.

prove-dir    := tests/prove
prove-mpus   := pmsav7 pmsav8
# A board with ARMv7-M has no number of entries for the other: few of them are the harder case.
prove-regions = $(if $(filter pmsav8,$(1)),$(or $(CONFIG_MPU_REGIONS),8))
prove-srcs    = $(wildcard $(prove-dir)/*.c $(prove-dir)/$(1)/*.c tests/host/*.c mm/*.c) lib/tree.c $(call host-mpu-srcs,$(1))
prove-deps   := $(wildcard $(prove-dir)/*.h tests/host/include/*.h include/*/*.h mm/*.h \
                arch/cortex-m/pmsav?/*.h arch/cortex-m/pmsav?/include/*/*.h boards/$(BOARD)/*)
prove-cflags := -std=gnu11 -g -O2 -Wall -Wextra -Wundef -Werror -DHOST_PAGE_SHIFT=$(CONFIG_PAGE_SHIFT) \
                -DFLASH_BASE=$(FLASH_BASE)u -DFLASH_SIZE=$(shell numfmt --from=iec $(FLASH_SIZE))u \
                -Itests/host/include -Iinclude -Iinclude/uapi -I$(H)/include -Iboards/$(BOARD) \
                -include tests/host/include/host_config.h
PROVERS      := $(prove-mpus:%=$(H)/prove/$(BOARD)-%)

define prove-rules
$(H)/prove/$(BOARD)-$(1): $(call prove-srcs,$(1)) $(prove-deps) mk/prove.mk $(AUTOCONF) | $(host-sys) $(call setup-stamp,test)
	$$(call say,HOSTCC,prove/$(BOARD)-$(1))
	@mkdir -p $$(@D)
	$$(Q)$(HOSTCC) $(prove-cflags) $(call host-mpu-flags,$(1),$(call prove-regions,$(1))) $(call prove-srcs,$(1)) $(HOST_LIBS) -o $$@
endef
$(foreach m,$(prove-mpus),$(eval $(call prove-rules,$(m))))

.PHONY: prove prove-build prove-board
prove:
	@for b in $(if $(filter file default,$(origin BOARD)),$(BOARDS),$(BOARD)); do \
		$(MAKE) --no-print-directory prove-board BOARD=$$b || exit 1; done

prove-build: $(PROVERS)
prove-board: $(PROVERS)
	@for p in $(PROVERS); do echo "# $${p##*/}"; $$p $(if $(QUICK),quick) || exit 1; done
