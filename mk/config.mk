# SPDX-License-Identifier: MIT
# Choices: boards/<board>/defconfig -> .config -> autoconf.h for C, auto.conf for make.
#
# VARIANT=v adds those of configs/v.config, in a build folder of its own.  FRAGMENTS names such files
# directly, for tools that also choose the folder (O=).

CONFIG    := $(O)/.config
AUTOCONF  := $(O)/auto.conf
# Written together with auto.conf, but only when its text changes, so that it may stay older.
AUTOCONF_H := $(O)/include/generated/autoconf.h
DEFCONFIG := boards/$(BOARD)/defconfig
FRAGMENTS := $(VARIANT:%=configs/%.config)
KCONFIGS  := Kconfig $(wildcard */Kconfig)
kconfig    = $(PYTHON) tools/kconfig.py $(1) $(O) $(DEFCONFIG) $(FRAGMENTS)
ifneq ($(filter-out $(wildcard $(FRAGMENTS)),$(FRAGMENTS)),)
$(error There is no $(filter-out $(wildcard $(FRAGMENTS)),$(FRAGMENTS)))
endif

# make reads auto.conf, so it is made before all else; hence the packages come before it.
$(AUTOCONF): $(DEFCONFIG) $(FRAGMENTS) $(KCONFIGS) $(or $(wildcard $(CONFIG)),always) tools/kconfig.py | $(call setup-stamp,build)
	$(call say,CONFIG,$(CONFIG))
	$(Q)$(call kconfig,sync)
	@touch $@

ifneq ($(building),)
include $(AUTOCONF)
endif

.PHONY: always
always:

.PHONY: defconfig menuconfig savedefconfig
defconfig savedefconfig: | $(call setup-stamp,build)
	$(if $(filter savedefconfig,$@),$(if $(FRAGMENTS),$(error $@: a board's choices are saved without a VARIANT)))
	$(Q)$(call kconfig,$@)

menuconfig: | $(call setup-stamp,build)
	$(Q)$(call kconfig,sync)
	$(Q)[ -t 0 ] && [ -t 1 ] || { echo "menuconfig: this is no terminal; edit $(CONFIG)" >&2; exit 1; }
	$(Q)KCONFIG_CONFIG=$(CONFIG) $(PYTHON) -m menuconfig
