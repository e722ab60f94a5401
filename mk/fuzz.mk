# SPDX-License-Identifier: MIT
# Fuzzing on this machine: tests/fuzz.
#
#	make fuzz			all targets, a minute in all
#	make fuzz SECONDS=600 FUZZ=elf	one of them, for longer
#	make fuzz-replay		each target once over its seeds, as `make test` does

SECONDS      ?= 60
fuzz-dir     := tests/fuzz
fuzz-targets := $(filter-out replay,$(patsubst $(fuzz-dir)/%.c,%,$(wildcard $(fuzz-dir)/*.c)))
F            := $(B)/fuzz

# What each needs besides itself; those that work on an address space need all of mm/.
fuzz-mm-all       := $(host-srcs) $(wildcard tests/host/*.c)
fuzz-srcs-elf     := kernel/elf.c
fuzz-srcs-romfs   := fs/romfs_format.c fs/inode.c
fuzz-srcs-path    := fs/inode.c
fuzz-srcs-mm      := $(fuzz-mm-all) $(wildcard tests/host/model/*.c)
fuzz-srcs-uaccess := $(fuzz-mm-all)
fuzz-srcs-ipc     := $(fuzz-mm-all) $(wildcard $(fuzz-dir)/ipc/*.c) $(addprefix kernel/,channel.c remote.c donate.c fd.c fetch.c thread.c \
                     sys_channel.c sys_file.c sys_mm.c) $(addprefix fs/,file.c inode.c path.c pipe.c vfs.c)
fuzz-flags-ipc    := -DCONFIG_OPEN_MAX=16 -I$(O)/include
fuzz-flags-romfs  := -DCONFIG_PAGE_SHIFT=10

# The numbers of calls, which their headers name.
fuzz-needs-ipc    := $(SYSCALL_KERNEL)

fuzz-deps   := $(fuzz-dir)/uncounted $(wildcard $(fuzz-dir)/*.h $(fuzz-dir)/*/*.h kernel/*.h tests/host/include/*.h tests/host/model/*.h include/*/*.h fs/* mm/*.h)
fuzz-cflags := $(filter-out -O1 -fsanitize=% -Werror,$(HOST_CFLAGS)) -O1
fuzz-clang  := -fsanitize=fuzzer,address,undefined -fsanitize-coverage-ignorelist=$(fuzz-dir)/uncounted -fno-sanitize-recover=undefined -Wno-unknown-warning-option

define fuzz-rules
$(F)/bin/$(1): $(fuzz-dir)/$(1).c $(fuzz-srcs-$(1)) $(fuzz-deps) mk/fuzz.mk | $(host-sys) $(fuzz-needs-$(1)) $(call setup-stamp,fuzz)
	$$(call say,CLANG,fuzz/$(1))
	@mkdir -p $$(@D)
	$$(Q)$(CLANG) $(fuzz-cflags) $(fuzz-clang) $(fuzz-flags-$(1)) $(fuzz-dir)/$(1).c $(fuzz-srcs-$(1)) $(HOST_LIBS) -o $$@

$(H)/fuzz/$(1): $(fuzz-dir)/$(1).c $(fuzz-dir)/replay.c $(fuzz-srcs-$(1)) $(fuzz-deps) mk/fuzz.mk | $(host-sys) $(fuzz-needs-$(1)) $(call setup-stamp,test)
	$$(call say,HOSTCC,fuzz/$(1))
	@mkdir -p $$(@D)
	$$(Q)$(HOSTCC) $(HOST_CFLAGS) $(fuzz-flags-$(1)) $(fuzz-dir)/$(1).c $(fuzz-dir)/replay.c $(fuzz-srcs-$(1)) \
		$(HOST_LIBS) -o $$@
endef
$(foreach t,$(fuzz-targets),$(eval $(call fuzz-rules,$(t))))

fuzz-asked := $(if $(FUZZ),$(filter $(FUZZ),$(fuzz-targets)),$(fuzz-targets))

.PHONY: fuzz fuzz-replay fuzz-replay-build
fuzz: $(fuzz-asked:%=$(F)/bin/%)
	@[ -n "$(fuzz-asked)" ] || { echo "fuzz: there is no target $(FUZZ).  Targets: $(fuzz-targets)" >&2; exit 1; }
	@$(PYTHON) $(fuzz-dir)/run.py --bin $(F)/bin --seeds $(fuzz-dir)/seeds --out $(F) --seconds $(SECONDS) $(fuzz-asked)

fuzz-replay-build: $(fuzz-asked:%=$(H)/fuzz/%)
fuzz-replay: fuzz-replay-build
	@for t in $(fuzz-asked); do $(H)/fuzz/$$t $(fuzz-dir)/seeds/$$t/* || exit 1; done
