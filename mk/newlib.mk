# SPDX-License-Identifier: MIT
# The C library of programs: newlib, position independent, once per family of processors.

NEWLIB       := $(B)/newlib/$(FAMILY)
NEWLIB_STAMP := $(NEWLIB)/built
newlib-flags := $(B)/newlib/$(FAMILY).flags
newlib-args   = "$(FAMILY_FLAGS)" "$(PIC_FLAGS) $(REENT_FLAGS)"
ifneq ($(building),)
$(call stamp,$(newlib-flags),$(newlib-args))
endif

# Boards of one family may be built at the same time; the second waits for the first.
$(NEWLIB_STAMP): tools/build-newlib.sh $(newlib-flags) | $(AUTOCONF)
	$(call say,NEWLIB,$(FAMILY) (about a minute; once))
	$(Q)mkdir -p $(@D); exec 9>$(@D)/lock; flock 9; \
	if ! [ $@ -nt $(newlib-flags) -a $@ -nt tools/build-newlib.sh ]; then \
		sh tools/build-newlib.sh $(NEWLIB) $(newlib-args) && \
		$(PYTHON) tools/checkpic.py $(READELF) $(NEWLIB)/lib/libc.a $(NEWLIB)/lib/libm.a && \
		touch $@; fi

.PHONY: newlib
newlib: $(NEWLIB_STAMP)
