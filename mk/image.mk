# SPDX-License-Identifier: MIT
# The image: kernel and file system in one ELF file.
#
# An image for APPS= or CMD= has a folder of its own, so that the plain one stays as it is, and
# several can be made and run side by side.

override CMD := $(subst $(newline),; ,$(value CMD))

page-size := $(if $(CONFIG_PAGE_SHIFT),$(shell echo $$((1 << $(CONFIG_PAGE_SHIFT)))))
custom    := $(strip $(CMD)$(APPS)$(PROGS))
IMAGE_DIR := $(O)$(if $(custom),/image-$(call hash,$(abspath $(APPS))|$(PROGS)|$(CMD)))
IMAGE     := $(IMAGE_DIR)/croft.elf
ROMFS     := $(IMAGE_DIR)/romfs.img

# The programs that the words of CMD and PROGS may name, by themselves or by another name.
unquote   = $(subst $(quote), ,$(subst ", ,$(subst ;, ,$(subst &, ,$(subst |, ,$(subst %, ,$(1)))))))
words     := $(notdir $(call unquote,$(CMD))) $(PROGS)
linked    := $(foreach p,$(PROGRAMS),$(if $(LINKS_$(p)),$(p)))
named     := $(filter $(words) $(foreach p,$(linked),$(if $(filter $(words),$(LINKS_$(p))),$(p))),$(PROGRAMS))
# And those that they start: NEEDS_x := names, in apps/apps.mk or DIR/apps.mk.
asked     := $(sort $(named) $(foreach p,$(named),$(NEEDS_$(p))))

ifeq ($(and $(custom),$(FLASH_SMALL)),)
in-image  := $(filter-out $(if $(FLASH_SMALL),$(ASKED_PROGS)),$(PROGRAMS))
else ifneq ($(CMD),)
in-image  := $(filter $(BASE_PROGS) $(asked),$(PROGRAMS))
else
in-image  := $(filter $(BASE_PROGS) $(SERVICES) $(asked) $(apps-progs),$(PROGRAMS))
endif

# Where CMD says what is wanted, the rest of APPS may be unfinished.
may-fail  := $(if $(CMD),$(filter-out $(asked),$(filter $(apps-progs),$(in-image))))
$(foreach p,$(may-fail),$(eval \
	$(program-objs-$(p)): tolerate = || { rm -f $$@; echo "  LEFT OUT  /bin/$(p)" >&2; }))
$(foreach p,$(may-fail),$(eval \
	$(call program-elf,$(p)): tolerate = || { rm -f $$@; echo "  LEFT OUT  /bin/$(p)" >&2; }))

image-elfs  := $(foreach p,$(in-image),$(call program-elf,$(p)))
image-trees := $(wildcard $(if $(APPS),$(apps-dir)/root) apps/root $(if $(CMD),,boards/$(BOARD)/root))
image-args  := --page $(page-size) \
	$(foreach t,$(image-trees),--tree $(t)) \
	$(foreach p,$(filter-out $(may-fail),$(in-image)),--program $(p)=$(call program-elf,$(p))) \
	$(foreach p,$(may-fail),--maybe $(p)=$(call program-elf,$(p)))
image-args  += $(foreach p,$(filter $(in-image),$(linked)),$(foreach l,$(LINKS_$(p)),--link $(l)=$(p)))
image-args  += $(if $(CMD),--cmdline $(call shquote,$(CMD)))

# Names, sizes and times of all that goes in as it is.
tree-state   = $(if $(image-trees),$(shell find $(image-trees) -printf '%p %s %T@\n' | sort | md5sum))

ifneq ($(building),)
$(call stamp,$(IMAGE_DIR)/contents,$(image-args) $(tree-state))
endif

$(ROMFS): $(KERNEL) $(image-elfs) $(IMAGE_DIR)/contents tools/mkimage.py
	$(call say,ROMFS,$@)
	$(Q)$(PYTHON) tools/mkimage.py --out $@ --nm $(NM) --kernel $(KERNEL) --strip $(STRIP) $(image-args)

$(IMAGE_DIR)/romfs.o: linker/romfs.S $(ROMFS)
	$(Q)$(CC) $(KERNEL_ARCH) $(KERNEL_CPPFLAGS) -DROMFS_IMAGE='"$(ROMFS)"' -c $< -o $@

$(IMAGE): $(KERNEL) $(IMAGE_DIR)/romfs.o
	$(call say,LD,$@)
	$(Q)$(call link-kernel,$(IMAGE_DIR)/romfs.o)

# For tools that boot an image themselves.
.PHONY: image-path
image-path: $(IMAGE)
	@echo $(IMAGE)

.PHONY: size
size: $(KERNEL) $(ROMFS)
	@$(PYTHON) tools/size.py $(KERNEL:.elf=.map) $(ROMFS) $(O)/obj/
	@$(PYTHON) tools/records.py $(KERNEL)

# FEATURES='X Y': only these choices.
.PHONY: size-features
size-features:
	@$(PYTHON) tools/features.py $(BOARD) $(FEATURES)
