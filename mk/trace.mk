# SPDX-License-Identifier: MIT
# A command with every event of the kernel recorded, in a build folder of its own (VARIANT=map).
#
#	make trace CMD='...'	build/trace.json, for chrome://tracing or ui.perfetto.dev
#	make map CMD='...'	build/map.html: the memory of the board over time
#	OUT=file		another name for it

TRACE_FILE := $(O)/trace.bin

.PHONY: trace map trace-file
trace: OUT ?= $(B)/trace.json
trace: trace-run
	@$(PYTHON) tools/trace2json.py $(B)/$(BOARD)-map/trace.bin -o $(OUT) && echo $(OUT)

map: OUT ?= $(B)/map.html
map: trace-run
	@$(PYTHON) tools/memmap.py $(B)/$(BOARD)-map/trace.bin --board $(BOARD) \
		--cmd $(call shquote,$(CMD)) -o $(OUT) && echo $(OUT)

.PHONY: trace-run
trace-run:
	@[ -n $(call shquote,$(CMD)) ] || { echo "make trace, make map: CMD='a command line' is missing" >&2; exit 1; }
	@$(MAKE) --no-print-directory VARIANT=map trace-file

# A command that fails has a trace, too.
trace-file: $(IMAGE) | $(call setup-stamp,run)
	@rm -f $(TRACE_FILE)
	@$(PYTHON) tools/run.py $(run-args) --trace $(TRACE_FILE) $(IMAGE) $(QEMU_ARGS) || \
		echo "The command's status was $$?." >&2
	@[ -s $(TRACE_FILE) ]
