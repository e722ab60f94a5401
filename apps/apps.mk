# SPDX-License-Identifier: MIT
# Programs whose stack is not the usual one: STACK_name := bytes.
# One page, or a number of pages that an MPU entry can cover, costs no RAM beyond itself.

STACK_init := 1024
STACK_sh := 2048
STACK_true := 1024
STACK_false := 1024
STACK_sleep := 1024
STACK_kill := 1024
STACK_cat := 1024
