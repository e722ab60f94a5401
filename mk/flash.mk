# SPDX-License-Identifier: MIT
# Write an image to a real board.

flash-files := $(IMAGE) $(IMAGE:.elf=.bin) $(IMAGE:.elf=.hex)
openocd     := openocd $(addprefix -f ,$(OPENOCD_CFG)) -c "program $(IMAGE) verify reset exit"

%.bin: %.elf
	$(call say,BIN,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

%.hex: %.elf
	$(call say,HEX,$@)
	$(Q)$(OBJCOPY) -O ihex $< $@

.PHONY: files flash
files: $(flash-files)

flash: $(flash-files) $(if $(or $(DRYRUN),$(FLASH_HOWTO)),,| $(call setup-stamp,flash))
	@printf 'The image, kernel and file system in one:\n'; printf '  %s\n' $(flash-files)
ifneq ($(FLASH_HOWTO),)
ifneq ($(and $(DRIVE),$(DRYRUN)),)
	@echo 'cp $(IMAGE:.elf=.bin) $(DRIVE)/SOFTWARE/croft.bin'
else ifneq ($(DRIVE),)
	$(Q)cp $(IMAGE:.elf=.bin) $(DRIVE)/SOFTWARE/croft.bin && sync
else
	@printf '%s\n' $(call shlines,$(FLASH_HOWTO))
	@$(if $(DRYRUN),,echo "Nothing was written: no DRIVE= was given." >&2; exit 1)
endif
else ifneq ($(DRYRUN),)
	@printf '%s\n' $(call shquote,$(openocd))
else
	$(Q)log=$(IMAGE_DIR)/openocd.log; \
	if $(openocd) >$$log 2>&1; then echo "Written and verified."; \
	else tail -n 5 $$log >&2; \
		echo "flash: the board was not written.  Is its debug probe plugged in, and may you use it" \
		     "(udev rules of openocd)?  All that openocd said: $$log" >&2; exit 1; fi
endif
