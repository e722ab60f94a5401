# SPDX-License-Identifier: MIT
# Measuring: see tests/bench/README.md.  Two boards may be measured at the same time.

BENCH       := $(B)/bench
BENCH_FLAGS := -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden
bare-ld     := tests/bench/bare/bare.ld

$(BENCH)/count.so: tests/bench/count.c
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(BENCH_FLAGS) $< -o $@.$$$$ && mv $@.$$$$ $@

$(BENCH)/bare.elf: tests/bench/bare/bare.S $(bare-ld)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_ARCH) -nostdlib -Wl,--no-warn-execstack,--build-id=none -T $(bare-ld) \
		$< -o $@.$$$$ && mv $@.$$$$ $@

.PHONY: bench-tools bench bench-check bench-update
bench-tools: $(BENCH)/count.so $(BENCH)/bare.elf

# A board on the command line means that board only; else those of which there are figures.
bench-boards  := $(if $(filter file default,$(origin BOARD)),$(patsubst tests/bench/%.tsv,%,$(wildcard tests/bench/*.tsv)),$(BOARD))
bench-actions := bench=show bench-check=check bench-update=update
bench bench-check bench-update: | $(call setup-stamp,build) $(call setup-stamp,run)
	@$(PYTHON) tests/bench/bench.py $(patsubst $@=%,%,$(filter $@=%,$(bench-actions))) $(bench-boards)
