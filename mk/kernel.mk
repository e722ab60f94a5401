# SPDX-License-Identifier: MIT
# The kernel: every source file of these folders, less those that the configuration drops.

kernel-all := $(wildcard kernel/*.c mm/*.c fs/*.c lib/*.c arch/cortex-m/*.c arch/cortex-m/*.S arch/cortex-m/$(MPU)/*.c \
                         boards/$(BOARD)/*.c) \
              $(BOARD_DRIVERS:%=drivers/%.c)

# A file that a choice decides on: only-CONFIG_X += the files that are built only with it.
only-CONFIG_DEBUG_NOMMU_REGIONS += mm/check.c
only-CONFIG_MQUEUE              += kernel/mqueue.c kernel/sys_mqueue.c
only-CONFIG_TRACE               += kernel/tracing.c fs/procfs_trace.c
only-CONFIG_TRACE_HOST          += kernel/tracing_host.c
only-CONFIG_PROC_DETAIL         += fs/procfs_proc.c fs/procfs_mpu.c fs/procfs_pages.c
only-CONFIG_CALL_TRACE          += kernel/trace.c
only-CONFIG_CORE_DUMP           += kernel/core.c kernel/core_elf.c kernel/core_notes.c
only-CONFIG_CORE_HOST           += kernel/core_host.c
only-CONFIG_CORE_FILE           += kernel/core_file.c
only-CONFIG_CORE_CONSOLE        += kernel/core_console.c

kernel-drop := $(foreach v,$(filter only-CONFIG_%,$(.VARIABLES)),$(if $(filter y,$($(v:only-%=%))),,$($(v))))
KERNEL_SRCS := $(filter-out $(kernel-drop),$(kernel-all))
KERNEL_OBJS := $(addprefix $(O)/obj/,$(addsuffix .o,$(basename $(KERNEL_SRCS))))

# What every switch and refill takes part in: built for speed.
fast-files := kernel/short mm/refill

$(fast-files:%=$(O)/obj/%.o): KERNEL_CFLAGS := $(KERNEL_CFLAGS:-Os=-O2)

KERNEL      := $(O)/kernel.elf
KERNEL_LD   := $(O)/kernel.ld
kernel-flags := $(O)/obj/flags
ifneq ($(building),)
$(call stamp,$(kernel-flags),$(KERNEL_CPPFLAGS) $(KERNEL_CFLAGS) $(KERNEL_LDFLAGS) $(KERNEL_OBJS))
endif

$(O)/obj/%.o: %.c $(kernel-flags) | $(AUTOCONF) $(SYSCALL_KERNEL)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CPPFLAGS) $(KERNEL_CFLAGS) -MMD -MP -c $< -o $@

$(O)/obj/%.o: %.S $(kernel-flags) | $(AUTOCONF) $(SYSCALL_KERNEL)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -D__ASSEMBLY__ $(KERNEL_CPPFLAGS) $(KERNEL_ARCH) -g -MMD -MP -c $< -o $@

$(KERNEL_LD): linker/kernel.ld.S boards/$(BOARD)/board.mk $(AUTOCONF_H) | $(AUTOCONF)
	$(call say,LDS,$<)
	$(Q)$(CC) -E -P -x c -undef $(KERNEL_CPPFLAGS) -DFLASH_BASE=$(FLASH_BASE) \
		-DFLASH_SIZE=$(FLASH_SIZE) -DRAM_BASE=$(RAM_BASE) -DRAM_SIZE=$(RAM_SIZE) $< -o $@

# $(call link-kernel,more objects)
link-kernel = $(CC) $(KERNEL_LDFLAGS) -T $(KERNEL_LD) -Wl,-Map=$(@:.elf=.map) $(KERNEL_OBJS) $(1) -o $@

# The kernel alone: what it leaves of the flash is the room for files.
$(KERNEL): $(KERNEL_OBJS) $(KERNEL_LD)
	$(call say,LD,$@)
	$(Q)$(call link-kernel)

.PHONY: kernel
kernel: $(KERNEL)

-include $(KERNEL_OBJS:.o=.d)
