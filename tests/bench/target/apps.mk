# SPDX-License-Identifier: MIT
# What is measured has to fit into 64 KiB of RAM, twice.

STACK_bench := 2048
