# SPDX-License-Identifier: MIT
# Programs: the library in user/, those of this tree in apps/, and those of APPS=.
#
# DIR/x.c and DIR/x/*.c both make /bin/x.  STACK_x := bytes, in apps/apps.mk, in DIR/apps.mk or
# on the command line, sets its stack.

# The library and the start-up file.
user-srcs := $(wildcard user/*.c user/*.S user/*/*.c user/*/*.S)
user-objs := $(addprefix $(O)/,$(addsuffix .o,$(basename $(user-srcs)))) $(O)/user/syscalls.o
CRT0      := $(O)/user/crt0.o
LIBCROFT  := $(O)/user/libcroft.a

user-flags := $(O)/user/flags
ifneq ($(building),)
$(call stamp,$(user-flags),$(USER_CFLAGS) $(USER_WARNINGS) $(USER_LDFLAGS) $(user-objs))
endif
user-needs := $(user-flags) $(NEWLIB_STAMP) | $(SYSCALL_USER)

# $(call compile-user,source,more flags)
compile-user = $(CC) $(USER_CFLAGS) $(2) -MMD -MP -c $(1) -o $@

$(O)/user/%.o: user/%.c $(user-needs)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(call compile-user,$<,$(USER_WARNINGS))

$(O)/user/%.o: user/%.S $(user-needs)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(call compile-user,$<,-D__ASSEMBLY__)

$(O)/user/syscalls.o: $(SYSCALL_STUBS) $(user-needs)
	$(call say,AS,$(<:$(O)/%=%))
	$(Q)$(call compile-user,$<)

$(LIBCROFT): $(filter-out $(CRT0),$(user-objs))
	$(call say,AR,$@)
	$(Q)$(PYTHON) tools/checkpic.py $(READELF) $^
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# $(call find-programs,dir): the names of the programs of a folder.
find-programs = $(sort $(patsubst $(1)/%.c,%,$(wildcard $(1)/*.c)) $(call folders,$(1)))
# $(call program-srcs,dir,name)
program-srcs  = $(or $(wildcard $(1)/$(2).c),$(wildcard $(1)/$(2)/*.c))

# $(call program,name,source dir,object dir,flags,stack): the rules of one program.
define program
ifneq ($$(wildcard $(2)/$(1).c),)
ifneq ($$(wildcard $(2)/$(1)/*.c),)
$$(error $(2)/$(1).c and $(2)/$(1)/ would both be /bin/$(1))
endif
endif
program-objs-$(1) := $$(patsubst $(2)/%.c,$(3)/%.o,$$(call program-srcs,$(2),$(1)))
program-deps      += $$(program-objs-$(1):.o=.d)
$(3)/$(1).elf: objs  := $$(program-objs-$(1))
$(3)/$(1).elf: stack := $$(or $$(STACK_$(1)),$(5))
$(3)/$(1).elf: $$(program-objs-$(1)) $(3)/$(1).stack $(CRT0) $(LIBCROFT) linker/user.ld
	$$(call say,LD,$$(@:$(O)/%=%))
	$$(Q)$$(link-program)
$$(call stamp,$(3)/$(1).stack,$$(or $$(STACK_$(1)),$(5)) $$(program-objs-$(1)))
endef

# A program that may fail is left out when one of its objects is not there.
link-program = $(if $(tolerate),[ `ls $(objs) 2>/dev/null | wc -l` = $(words $(objs)) ] || { rm -f $@; exit 0; };) \
	$(PYTHON) tools/checkpic.py $(READELF) $(CRT0) $(objs) && \
	$(CC) $(USER_LDFLAGS) -Wl,--defsym=__stack_size=$(stack) -Wl,-Map=$(@:.elf=.map) $(CRT0) \
		$(objs) -L$(NEWLIB)/lib -Wl,--start-group $(LIBCROFT) -lc -lm -lgcc \
		-Wl,--end-group -o $@ $(tolerate)

# ---- Programs of this tree ----------------------------------------------------------------

-include apps/apps.mk
# What every image holds; apps/apps.mk may name more.
BASE_PROGS += init sh
APPS_STACK ?= $(CONFIG_DEFAULT_STACK_SIZE)
tree-progs := $(call find-programs,apps)

$(O)/apps/%.o: apps/%.c $(user-needs)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(call compile-user,$<,$(USER_WARNINGS) -Iapps)

# ---- Programs of APPS= ---------------------------------------------------------------------

ifneq ($(APPS),)
ifneq ($(words $(APPS)),1)
$(error APPS names one folder, whose path holds no space: '$(APPS)')
endif
apps-dir := $(patsubst %/,%,$(APPS))
ifeq ($(wildcard $(apps-dir)/.),)
$(error APPS: there is no folder $(apps-dir))
endif
-include $(apps-dir)/apps.mk
apps-progs := $(call find-programs,$(apps-dir))
apps-out   := $(O)/apps-$(call hash,$(abspath $(apps-dir)))

ifneq ($(building),)
$(call stamp,$(apps-out)/flags,flags: $(APPS_CFLAGS))
endif

# An object that need not be: the compiler's complaint is shown, and nothing is left behind.
$(apps-out)/%.o: $(apps-dir)/%.c $(apps-out)/flags $(user-needs)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(call compile-user,$<,$(USER_WARNINGS) -I$(apps-dir) $(APPS_CFLAGS)) $(tolerate)
endif

# One's own program wins over one of the tree that has the same name.
tree-progs := $(filter-out $(apps-progs),$(tree-progs))
PROGRAMS   := $(tree-progs) $(apps-progs)

ifneq ($(building),)
$(foreach p,$(tree-progs),$(eval $(call program,$(p),apps,$(O)/apps,,$(CONFIG_DEFAULT_STACK_SIZE))))
$(foreach p,$(apps-progs),$(eval $(call program,$(p),$(apps-dir),$(apps-out),,$(APPS_STACK))))
endif

program-elf = $(if $(filter $(1),$(apps-progs)),$(apps-out),$(O)/apps)/$(1).elf

-include $(user-objs:.o=.d) $(program-deps)
