# SPDX-License-Identifier: MIT
# What boards/<board>/root/etc/inittab starts, in images without CMD.
SERVICES := uartd

# Programs whose stack is not the usual one: STACK_name := bytes.
# One page, or a number of pages that an MPU entry can cover, costs no RAM beyond itself.

STACK_init := 1024
STACK_sh := 2048
STACK_true := 1024
STACK_false := 1024
STACK_sleep := 1024
STACK_cat := 1024
STACK_uartd := 1024
STACK_chat := 2048
STACK_tarfs := 1024
STACK_look := 2048
STACK_fuzzsys := 1024

# Other names of a program in /bin: LINKS_name := names.
LINKS_look := ls ps top free maps mpu mem dmesg ipcs ipcrm hexdump time uname

# Programs that a small image holds only where CMD or PROGS names them.
ASKED_PROGS := chat crash fuzzsys trespass

# What a program starts: NEEDS_name := programs.
NEEDS_chat := uartd
