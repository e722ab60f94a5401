# SPDX-License-Identifier: MIT
# Proofs by running through every case: tests/prove.
#
#	make prove			all boards
#	make prove BOARD=b QUICK=1	one of them, and of what takes long only a part

prove-dir    := tests/prove
prove-srcs   := $(wildcard $(prove-dir)/*.c tests/host/*.c mm/*.c) $(addprefix arch/cortex-m/pmsav7/,cover.c mpu_encode.c)
prove-deps   := $(prove-srcs) $(wildcard $(prove-dir)/*.h tests/host/include/*.h include/*/*.h mm/*.h arch/cortex-m/pmsav7/include/*/*.h \
                boards/$(BOARD)/*)
prove-cflags := -std=gnu11 -g -O2 -Wall -Wextra -Wundef -Werror -DHOST_PAGE_SHIFT=$(CONFIG_PAGE_SHIFT) \
                -DFLASH_BASE=$(FLASH_BASE)u -DFLASH_SIZE=$(shell numfmt --from=iec $(FLASH_SIZE))u \
                -Itests/host/include -Iinclude -Iinclude/uapi -Iarch/cortex-m/pmsav7/include -I$(H)/include -Iboards/$(BOARD) \
                -include tests/host/include/host_config.h

$(H)/prove/$(BOARD): $(prove-deps) mk/prove.mk $(AUTOCONF) | $(host-sys) $(call setup-stamp,test)
	$(call say,HOSTCC,prove/$(BOARD))
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(prove-cflags) $(prove-srcs) $(HOST_LIBS) -o $@

.PHONY: prove prove-build prove-board
prove:
	@for b in $(if $(filter file default,$(origin BOARD)),$(BOARDS),$(BOARD)); do \
		echo "# $$b"; $(MAKE) --no-print-directory prove-board BOARD=$$b || exit 1; done

prove-build: $(H)/prove/$(BOARD)
prove-board: $(H)/prove/$(BOARD)
	@$(H)/prove/$(BOARD) $(if $(QUICK),quick)
