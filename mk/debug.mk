# SPDX-License-Identifier: MIT
# Debugging: what a process left that died, and what runs (docs/debugging.md).
#
#	make debug CMD='prog a'		gdb, on the system before its first instruction
#	make debug BATCH=script		the same, with gdb's commands from a file

# What gdb is to read is there.
see-batch = [ -r $(BATCH) ] || { echo "$@: BATCH=$(BATCH): there is no such file" >&2; exit 1; }

# The newest dump, of the board where one is named.  BATCH=1: what it tells; BATCH=f: commands.
.PHONY: core
core: | $(call setup-stamp,debug)
	@$(if $(filter-out 1,$(BATCH)),$(see-batch),:)
	@$(PYTHON) tools/core.py $(if $(BATCH),--batch $(addprefix --script ,$(filter-out 1,$(BATCH)))) --build $(B) \
		$(if $(filter file default,$(origin BOARD)),,--board $(BOARD)) $(CORE)

# Files of the dumps that a console has shown.
.PHONY: cores
cores:
	@[ -n "$(LOG)" ] || { echo "make cores: LOG=f, what the console has shown, is missing" >&2; exit 2; }
	@$(PYTHON) tools/core.py --extract $(LOG) --out $(or $(OUT),core)

.PHONY: debug
debug: $(IMAGE) | $(call setup-stamp,run) $(call setup-stamp,debug)
	@$(if $(BATCH),$(see-batch),:)
	@$(PYTHON) tools/debug.py --machine $(QEMU_MACHINE) --build $(O) $(addprefix --script ,$(BATCH)) \
		$(KERNEL) $(IMAGE) $(QEMU_ARGS)
