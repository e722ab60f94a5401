# SPDX-License-Identifier: MIT
STACK_heart := 1024
STACK_victim := 1024
STACK_spin := 1024
STACK_loud := 1024
