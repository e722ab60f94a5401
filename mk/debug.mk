# SPDX-License-Identifier: MIT
# Debugging: what a process left that died (docs/debugging.md).

# The newest dump, of the board where one is named.
.PHONY: core
core: | $(call setup-stamp,debug)
	@$(PYTHON) tools/core.py $(if $(BATCH),--batch) --build $(B) \
		$(if $(filter file default,$(origin BOARD)),,--board $(BOARD)) $(CORE)

# Files of the dumps that a console has shown.
.PHONY: cores
cores:
	@$(PYTHON) tools/core.py --extract $(LOG) --out $(or $(OUT),core)
