# SPDX-License-Identifier: MIT
# From the kernel's code: how deep its stack can get, against the room that it has, and for how many
# instructions it masks interrupts, against the limit.

.PHONY: stack irqmasks
stack: $(KERNEL)
	$(Q)$(PYTHON) tools/stack.py $(CROSS)objdump $(CROSS)addr2line $(KERNEL) tools/stack.calls

# Instructions.
MASKED_MAX := 30
irqmasks: $(KERNEL)
	$(Q)$(PYTHON) tools/irqmasks.py $(CROSS)objdump $(CROSS)addr2line $(KERNEL) tools/irqmasks.table $(if $(CONFIG_TRACE),0,$(MASKED_MAX))
