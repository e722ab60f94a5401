# SPDX-License-Identifier: MIT
# What is generated from the table of system calls.

SYSCALL_DEF := include/uapi/croft/syscall.def
GENSYSCALLS := $(PYTHON) tools/gensyscalls.py $(SYSCALL_DEF)

gen-kernel  := $(O)/include/generated
gen-user    := $(O)/user/include/generated

SYSCALL_KERNEL := $(gen-kernel)/syscall_nr.h $(gen-kernel)/syscall_table.h
SYSCALL_USER   := $(gen-user)/syscall_nr.h $(gen-user)/syscalls.h $(gen-user)/syscall_shapes.h
SYSCALL_STUBS  := $(O)/user/syscalls.S

$(gen-kernel)/syscall_nr.h $(gen-user)/syscall_nr.h: kind := nr
$(gen-kernel)/syscall_table.h:                       kind := table
$(gen-user)/syscalls.h:                              kind := user
$(gen-user)/syscall_shapes.h:                        kind := shapes
$(SYSCALL_STUBS):                                    kind := stubs

$(SYSCALL_KERNEL) $(SYSCALL_USER) $(SYSCALL_STUBS): $(SYSCALL_DEF) kernel/features.def tools/gensyscalls.py | $(AUTOCONF)
	$(call say,GEN,$(@:$(O)/%=%))
	$(Q)$(GENSYSCALLS) $(kind) $@

.PHONY: docs
docs:
	$(call say,GEN,docs/syscalls.md)
	$(Q)$(GENSYSCALLS) docs docs/syscalls.md
