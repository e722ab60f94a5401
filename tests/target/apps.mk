# SPDX-License-Identifier: MIT
# Test programs whose stack is not the usual one: STACK_name := bytes.

# Many at once, and forty mappings, in 64 KiB of RAM.
STACK_memory_eight := 1024
STACK_mpu_forty := 1024
STACK_process_sched := 2048
STACK_contract_invariants := 2048
STACK_process_groups := 2048
STACK_file_steps := 2048
STACK_process_block := 2048
STACK_adversary_41_cycles := 2048
STACK_adversary_42_outlive := 2048
STACK_adversary_43_hog := 1024
STACK_ipc_files := 2048
STACK_ipc_uart := 2048
STACK_ipc_priority := 1024
STACK_adversary_43_hog := 1024
STACK_adversary_41_cycles := 2048
STACK_adversary_45_interrupts := 2048

# Its parts and their dumps lie side by side in 64 KiB of RAM.
STACK_adversary_44_core := 2048

# What they start.
NEEDS_ipc_files := tarfs
NEEDS_ipc_uart := uartd
STACK_adversary_mpu := 1024
STACK_adversary_entry := 1024
STACK_adversary_memory := 1024

# Three processes with threads side by side.
STACK_thread_stack := 2048

# A process that it starts starts another, each with two threads.
STACK_process_load := 2048
NEEDS_process_load := true
STACK_adversary_futex := 1024

# Threads and processes side by side.
STACK_thread_cancel := 2048
