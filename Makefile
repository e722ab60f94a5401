# SPDX-License-Identifier: MIT
#
# Croft is built by one make process.  This file says what the words mean; each file in mk/
# holds the rules for one noun.  `make help` lists the targets.
#
#	build/<board>/		all that is made for a board
#	build/<board>-<variant>/	the same with the choices of configs/<variant>.config
#	build/newlib/<family>/	the C library of programs, once per family of processors
#	build/host/		tests that run on this machine

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += -rR

ifneq ($(word 2,$(CURDIR)),)
$(error This folder's path has a space in it, which make cannot cope with: $(CURDIR))
endif

BOARD   ?= lm3s6965evb
BOARDS  := $(patsubst boards/%/board.mk,%,$(wildcard boards/*/board.mk))
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error There is no board '$(BOARD)'.  Boards: $(BOARDS))
endif

B       := build
O       := $(B)/$(BOARD)$(VARIANT:%=-%)
# Debian's own, since python3-kconfiglib is not seen by another one earlier on PATH.
PYTHON  := /usr/bin/python3

# Goals that build nothing for a board work on a tree of which nothing is set up.
plain-goals  := help setup core cores clean distclean
config-goals := defconfig menuconfig savedefconfig
goals        := $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
building     := $(filter-out $(plain-goals) $(config-goals),$(goals))

include boards/$(BOARD)/board.mk
include mk/make.mk
include mk/help.mk
include mk/setup.mk
include mk/config.mk
include mk/toolchain.mk
include mk/syscall.mk
include mk/kernel.mk
include mk/newlib.mk
include mk/program.mk
include mk/image.mk
include mk/run.mk
include mk/debug.mk
include mk/flash.mk
include mk/test.mk
include mk/bench.mk
include mk/frag.mk
include mk/trace.mk
include mk/prove.mk
include mk/fuzz.mk
include mk/stack.mk
include mk/verify.mk
include mk/lint.mk

.PHONY: all clean distclean
all: $(IMAGE)

clean:
	$(Q)rm -rf $(O) $(B)/host

distclean:
	$(Q)rm -rf $(B)
