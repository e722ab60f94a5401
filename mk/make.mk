# SPDX-License-Identifier: MIT
# Small functions that the other files use.

# $(call say,CC,name): the quiet line of a command.  V=1 shows the command instead.
ifeq ($(V),1)
Q   :=
say :=
else
Q   := @
say  = @printf '  %-8s%s\n' '$(1)' '$(2)'
endif

comma  := ,
quote  := '
empty  :=
space  := $(empty) $(empty)
define newline


endef

# $(call shquote,text): text as one word of a shell command, whatever it holds.
shquote = '$(subst $(quote),'\'',$(1))'

# $(call shlines,text): each line of a text as one word.
shlines = $(subst $(newline),' ',$(call shquote,$(1)))

# $(call hash,text): a short name for a text.
hash = $(shell printf '%s' $(call shquote,$(1)) | md5sum | cut -c 1-8)

# $(call stamp,file,text): keep a file that holds the text, and is as old as the text.  What
# depends on a choice that is no file, such as flags, names its stamp as a prerequisite.  The
# text is never empty.
differ = $(or $(subst x$(1),,x$(2)),$(subst x$(2),,x$(1)))
stamp  = $(if $(call differ,$(strip $(file <$(1))),$(strip $(2))),$(call stamp-write,$(1),$(strip $(2))))
stamp-write = $(shell mkdir -p $(dir $(1)))$(file >$(1),$(2))

# $(call folders,dir): the names of the folders of a folder that hold .c files, but for root.
folders = $(filter-out root,$(sort $(patsubst $(1)/%/,%,$(dir $(wildcard $(1)/*/*.c)))))
