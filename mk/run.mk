# SPDX-License-Identifier: MIT
# Boot an image in QEMU.

run-args = --machine $(QEMU_MACHINE) $(if $(CMD),--batch) --cores $(O)/core \
           $(addprefix --timeout ,$(or $(TIMEOUT),$(if $(CMD),60))) \
           $(if $(UART1),--uart1 $(call shquote,$(UART1)))

.PHONY: run gdb
run: $(IMAGE) | $(call setup-stamp,run)
	@case '$(TIMEOUT)' in *[!0-9.]*) echo "run: TIMEOUT=$(TIMEOUT) is no number of seconds" >&2; exit 2;; esac
	@$(PYTHON) tools/run.py $(run-args) $(IMAGE) $(QEMU_ARGS)

# In one terminal the board, and in another the line that this prints.
gdb: $(IMAGE) | $(call setup-stamp,run)
	@echo "gdb-multiarch $(IMAGE) -ex 'target remote :1234'"
	@$(PYTHON) tools/run.py $(run-args) --debug $(IMAGE) $(QEMU_ARGS)
