# SPDX-License-Identifier: MIT
# How deep the kernel's stack can get, from its code, against the room that it has.

.PHONY: stack
stack: $(KERNEL)
	$(Q)$(PYTHON) tools/stack.py $(CROSS)objdump $(CROSS)addr2line $(KERNEL) tools/stack.calls
