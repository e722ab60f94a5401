# SPDX-License-Identifier: MIT
# Fragmentation: mm/page.c and a buddy system, beside each other on the same traces.
#
#	make frag			check every step of short traces, then print the figures
#	make frag FRAG='-s 7 -n 2'	another seed, fewer of them
#	make frag FRAG=my.trace		a trace from a file; tests/host/frag/sample.trace is one

FRAG        ?=
frag-dir    := tests/host/frag
frag-srcs   := $(wildcard $(frag-dir)/*.c) mm/page.c mm/run.c mm/place.c arch/cortex-m/pmsav7/cover.c
frag-deps   := $(frag-srcs) $(wildcard $(frag-dir)/*.h) include/mm/page.h include/arch/cover.h arch/cortex-m/pmsav7/include/arch/cover_shape.h mm/internal.h
frag-cflags := -std=gnu11 -g -Wall -Wextra -Wundef -Werror -I$(frag-dir) -Itests/host/include \
               -Iinclude -Iinclude/uapi -Iarch/cortex-m/pmsav7/include -I$(H)/include -include $(frag-dir)/frag.h

$(H)/frag/figures: frag-flags := -O2
$(H)/frag/check: frag-flags := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
$(H)/frag/%: $(frag-deps) mk/frag.mk | $(host-sys) $(call setup-stamp,test)
	$(call say,HOSTCC,frag/$*)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(frag-cflags) $(frag-flags) $(frag-srcs) -o $@

.PHONY: frag
frag: $(H)/frag/check $(H)/frag/figures
	@$(H)/frag/check -c $(if $(FRAG),$(FRAG),-n 1) >$(H)/frag/check.txt || { cat $(H)/frag/check.txt; exit 1; }
	@$(H)/frag/figures $(FRAG)
