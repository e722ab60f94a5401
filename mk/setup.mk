# SPDX-License-Identifier: MIT
# Packages: looked for once, and installed when `make run` or `make test` lacks one.

setup-stamp = $(B)/setup/$(1)

# Others than these only say what is missing.
SETUP        ?= $(if $(filter run test unit fuzz verify core debug setup,$(goals)),yes,no)
setup-action := $(if $(filter no,$(SETUP)),check,install)

# The first look is for all that the goals need, so that there is one installation.
setup-groups := build $(if $(filter run test debug,$(goals)),run) $(if $(filter test unit fuzz,$(goals)),test) \
                $(if $(filter fuzz,$(goals)),fuzz) $(if $(filter test core debug,$(goals)),debug) \
                $(if $(filter verify,$(goals)),verify)

$(B)/setup/%: tools/setup.sh
	@sh tools/setup.sh $(setup-action) $* $(setup-groups)
	@mkdir -p $(@D) && touch $@

# One at a time: two cannot install at once.
$(B)/setup/run $(B)/setup/test $(B)/setup/debug $(B)/setup/lint $(B)/setup/fuzz $(B)/setup/verify $(B)/setup/flash: | $(B)/setup/build
$(B)/setup/test: | $(B)/setup/run

.PHONY: setup
setup:
	@sh tools/setup.sh $(setup-action) build run test debug lint fuzz verify flash && echo "Everything is installed."
