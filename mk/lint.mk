# SPDX-License-Identifier: MIT
# What reads the code without running it.

lint-c       := $(wildcard $(foreach d,kernel mm fs lib drivers user user/* apps apps/* arch/cortex-m arch/cortex-m/* boards/* \
                           tests/host tests/host/* tests/host/*/* tests/own tests/prove tests/eva tests/fuzz tests/fuzz/ipc tests/bench \
                           tests/bench/target/* tests/target tests/target/*,$(d)/*.c $(d)/*.h)) \
                $(shell find include arch user/include tests/host/include -name '*.h' 2>/dev/null)
lint-c       := $(sort $(lint-c))
lint-kernel   = $(filter %.c,$(KERNEL_SRCS))
lint-user    := $(filter-out user/include/%,$(wildcard user/*.c user/*/*.c apps/*.c apps/*/*.c tests/target/*.c tests/target/*/*.c tests/bench/target/*/*.c))

# clang knows neither the specs nor where newlib is.
newlib-nano  := $(if $(filter lint%,$(goals)),$(shell $(CC) --specs=nano.specs -xc -E -v /dev/null 2>&1 | \
                sed -n '/^#include </,/^End/s/^ \(.*newlib.*\|.*arm-none-eabi\/include\)$$/-isystem \1/p'))
CLANG_ARCH    = --target=thumbv7m-none-eabi -mfloat-abi=soft -fsyntax-only -nostdlibinc
CLANG_WARN    = $(WARNINGS) -Wno-unknown-warning-option

# To cppcheck the borders that the linker script draws are objects that have nothing in common.
CPPCHECK      = cppcheck --quiet --error-exitcode=1 --std=c11 --platform=unix32 --inline-suppr \
                --enable=warning,performance,portability --suppress=comparePointers \
                --suppress=missingInclude --suppress=unmatchedSuppression \
                --suppress='*:/usr/include/*' -I$(H)/include
# Tests touch what they must not, in order to be caught, and keep what they were given.
CPPCHECK     += $(foreach id,nullPointer ctunullpointer leakNoVarFunctionCall,--suppress='$(id):tests/target/*')

.PHONY: lint lint-tree lint-board \
        lint-format lint-cppcheck lint-adversary lint-floors lint-docs lint-clang lint-user lint-headers

VARIANTS := $(basename $(notdir $(wildcard configs/*.config)))

# All that is wrong is told at once.
lint: | $(call setup-stamp,lint)
	@failed=; $(MAKE) -k --no-print-directory lint-tree || failed=1; \
	for b in $(BOARDS); do $(MAKE) -k --no-print-directory lint-board BOARD=$$b || failed=1; done; \
	for v in $(VARIANTS); do $(MAKE) --no-print-directory stack VARIANT=$$v || failed=1; done; \
	if [ "$$failed" ]; then echo "lint: see above" >&2; exit 1; else echo "lint: clean"; fi

# Once for the whole tree.
lint-tree: lint-format lint-cppcheck lint-adversary lint-floors lint-docs
# Once for each board: the kernel as it is built, then what only a compiler sees.
lint-board: kernel stack irqmasks lint-clang lint-user lint-headers

lint-format:
	$(call say,FORMAT,$(words $(lint-c)) files)
	$(Q)$(if $(lint-c),clang-format --dry-run -Werror $(lint-c) || \
		{ echo "Lay them out by: clang-format -i FILE" >&2; exit 1; })

lint-cppcheck: $(AUTOCONF) $(SYSCALL_KERNEL) $(SYSCALL_USER) $(host-sys)
	$(call say,CHECK,$(words $(lint-kernel) $(lint-user)) files by cppcheck)
	$(Q)$(if $(lint-kernel),$(CPPCHECK) $(KERNEL_INCLUDES) --include=$(AUTOCONF_H) $(lint-kernel))
	$(Q)$(if $(lint-user),$(CPPCHECK) $(USER_INCLUDES) $(lint-user))

lint-adversary:
	$(call say,CASES,docs/adversary.md)
	$(Q)$(PYTHON) tools/checkadversary.py

lint-floors:
	$(call say,FLOORS,)
	$(Q)$(PYTHON) tools/checkfloors.py

lint-docs:
	$(call say,DOCS,docs/syscalls.md)
	$(Q)mkdir -p $(O) && $(GENSYSCALLS) docs $(O)/syscalls.md
	$(Q)cmp -s $(O)/syscalls.md docs/syscalls.md || \
		{ echo "docs/syscalls.md is not what $(SYSCALL_DEF) says: run make docs" >&2; exit 1; }

lint-clang: $(AUTOCONF) $(SYSCALL_KERNEL)
	$(call say,CLANG,$(words $(lint-kernel)) files for $(BOARD))
	$(Q)$(if $(lint-kernel),$(CLANG) $(CLANG_ARCH) -mcpu=$(CPU) -std=c11 $(KERNEL_CPPFLAGS) $(CLANG_WARN) \
		$(newlib-nano) $(lint-kernel))

lint-user: $(user-needs)
	$(call say,CC,$(words $(lint-user)) files of programs for $(BOARD))
	$(Q)$(if $(lint-user),$(CC) $(USER_CFLAGS) $(USER_WARNINGS) -Werror -Iapps -Itests/target -fsyntax-only $(lint-user))
	$(Q)$(if $(lint-user),$(CLANG) $(CLANG_ARCH) -march=$(FAMILY) -std=gnu11 $(USER_INCLUDES) $(REENT_FLAGS) \
		-isystem $(NEWLIB)/include $(USER_WARNINGS) -Werror -Iapps -Itests/target $(lint-user))

lint-headers: $(SYSCALL_KERNEL) $(user-needs)
	$(call say,HEADERS,$(BOARD))
	$(Q)$(PYTHON) tools/checkheaders.py include arch/cortex-m/include arch/cortex-m/$(MPU)/include \
		-- $(CC) $(KERNEL_CPPFLAGS) $(filter-out -fstack-usage,$(KERNEL_CFLAGS)) -x c
	$(Q)$(PYTHON) tools/checkheaders.py include/uapi user/include \
		-- $(CC) $(USER_CFLAGS) $(USER_WARNINGS) -Werror -x c
	$(Q)$(PYTHON) tools/checkheaders.py include/uapi user/include \
		-- $(CROSS)g++ $(filter-out -std=%,$(USER_CFLAGS)) $(USER_WARNINGS) -Werror -x c++
