# SPDX-License-Identifier: MIT
# Proofs of the contracts beside the code, by Frama-C: docs/proofs.md.
#
#	make verify			all units
#	make verify UNIT=elf,romfs	some of them

verify-dir     := $(B)/verify
verify-headers := $(addprefix $(verify-dir)/include/sys/,tree.h queue.h cdefs.h)
verify-flags    = -I$(verify-dir)/include -Iinclude -Iinclude/uapi -Iarch/cortex-m/include -Imm \
                  -include $(AUTOCONF_H)

# newlib's trees and lists without the rest of its headers; Frama-C has its own C library.
$(verify-headers): | $(call setup-stamp,build)
	@mkdir -p $(@D)
	@printf '%s\n' $(if $(filter %cdefs.h,$@),'#define __unused','#include "cdefs.h"' '#include "/usr/include/newlib/sys/$(@F)"') >$@

.PHONY: verify
verify: $(AUTOCONF) $(verify-headers) | $(call setup-stamp,verify)
	@$(PYTHON) tools/verify.py $(verify-dir) $(UNIT:%=-u %) $(verify-flags)
