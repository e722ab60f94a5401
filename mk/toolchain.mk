# SPDX-License-Identifier: MIT
# The compiler, and the flags that the kernel and the programs share or do not.

CROSS   := arm-none-eabi-
CC      := $(CROSS)gcc
AR      := $(CROSS)ar
NM      := $(CROSS)nm
STRIP   := $(CROSS)strip
OBJCOPY := $(CROSS)objcopy
READELF := $(CROSS)readelf
CLANG   := clang
HOSTCC  := gcc

# A family is what one build of the C library serves.
family-cortex-m3  := armv7-m
# These run the same programs: one library for all.
family-cortex-m4  := armv7-m
family-cortex-m33 := armv7-m
FAMILY  := $(family-$(CPU))
ifeq ($(FAMILY),)
$(error mk/toolchain.mk knows no family for CPU '$(CPU)' of $(BOARD))
endif
# The memory protection unit of the processor: a folder of arch/cortex-m.
MPU     := $(if $(CONFIG_ARCH_PMSAV8),pmsav8,pmsav7)
FAMILY_FLAGS := -mthumb -march=$(FAMILY) -mfloat-abi=soft

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wundef -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes -Werror

# Kernel: the stock newlib nano, at fixed addresses.
KERNEL_ARCH     := -mthumb -mcpu=$(CPU) -mfloat-abi=soft
KERNEL_INCLUDES := -Iinclude -Iinclude/uapi -I$(O)/include -Iarch/cortex-m/include \
                   -Iarch/cortex-m/$(MPU)/include -Iboards/$(BOARD)
KERNEL_CPPFLAGS := -D_DEFAULT_SOURCE -DBOARD_NAME=$(BOARD) -DBOARD_MACHINE=$(FAMILY)/$(CPU) \
                   $(KERNEL_INCLUDES) -include $(AUTOCONF_H)
KERNEL_CFLAGS   := -std=c11 -Os -g $(KERNEL_ARCH) --specs=nano.specs -ffunction-sections \
                   -fdata-sections -fno-common -fstack-usage $(WARNINGS)
KERNEL_LDFLAGS  := $(KERNEL_ARCH) --specs=nano.specs -nostartfiles -Wl,--gc-sections \
                   -Wl,--fatal-warnings -Wl,--no-warn-execstack

# Programs: text and data may lie any distance apart; r9 holds where data starts.
PIC_FLAGS     := -fPIC -msingle-pic-base -mpic-register=r9 -mno-pic-data-is-text-relative
# Each thread has its own struct _reent, so errno and stdio ask for it.
REENT_FLAGS   := -D__DYNAMIC_REENT__
# The compiler's own headers come first, as in any toolchain: newlib has a <stdatomic.h> for others.
GCC_INCLUDE   := $(shell $(CC) -print-file-name=include)
USER_INCLUDES := -Iuser/include -Iinclude/uapi -I$(O)/user/include
USER_WARNINGS := -Wall -Wextra
USER_CFLAGS    = -std=gnu11 -Os -g $(FAMILY_FLAGS) $(PIC_FLAGS) $(REENT_FLAGS) \
                 -ffunction-sections -fdata-sections $(USER_INCLUDES) -isystem $(GCC_INCLUDE) -isystem $(NEWLIB)/include
USER_LDFLAGS   = $(FAMILY_FLAGS) -nostdlib -nostartfiles -Wl,-pie -Wl,--no-dynamic-linker \
                 -Wl,-z,text -Wl,-z,max-page-size=4 -Wl,--no-warn-execstack \
                 -Wl,--gc-sections -Wl,--build-id=none -Wl,--emit-relocs -T linker/user.ld
