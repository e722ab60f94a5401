# SPDX-License-Identifier: MIT

define help-text
Targets:
  make                  build the image for BOARD: build/<board>/croft.elf
  make run              boot it in QEMU, with the console on this terminal (Ctrl-A x leaves)
  make run CMD='prog a' run one command line; the exit status tells the command's
  make flash            write .elf, .bin and .hex, and program a real board
  make test [T=name]    tests on this machine, then in QEMU on all boards
  make unit [T=name]    only the tests on this machine; SEED=n OPS=n repeat random ones
  make sweep            memory calls with every allocation failing in turn
  make cov              how much of mm/ the tests on this machine run
  make prove            every range of pages against the rules of the MPU; QUICK=1: some
  make verify           prove contracts, and that nothing is undefined, by Frama-C (docs/proofs.md)
  make fuzz             made-up inputs for what reads files, paths and pointers; SECONDS=60 in all
  make faults           flip bits of programs from outside: SEED=n MINUTES=10 (docs/testing.md)
  make frag             how well memory stays together, beside a buddy system (docs/placement.md)
  make bench            what calls cost, in instructions, beside other systems
  make bench-check      fail where something costs over 3 % more than tests/bench/BOARD.tsv says
  make bench-update     measure, and write that file
  make lint             style, both compilers, cppcheck, headers, floors
  make stack            how deep the kernel's stack can get, and by which calls
  make irqmasks         where interrupts are masked, and for how many instructions (30 at most)
  make size             flash and static RAM of the kernel by folder, RAM of each record
  make size-features    what each feature costs (FEATURES='PIPES POLL': only these)
  make trace CMD='...'  run it with every event of the kernel recorded: build/trace.json
  make map CMD='...'    a picture of the memory while it runs: build/map.html (docs/tracing.md)
  make core [CORE=f]    open a core dump in gdb; BATCH=1 only prints what it tells
  make cores LOG=f      make core dumps, OUT.<pid>, of the lines that a console has shown
  make debug CMD=...    gdb on the system in QEMU, with `croft` commands; BATCH=f reads commands
  make gdb              boot in QEMU and wait for gdb
  make docs             write docs/syscalls.md anew
  make menuconfig       change the configuration of BOARD
  make defconfig        go back to boards/<board>/defconfig
  make savedefconfig    write the configuration to boards/<board>/defconfig
  make setup            install the Debian packages that are missing
  make clean            remove what was built for BOARD; keeps the C library
  make distclean        remove all that was built

Variables:
  BOARD=name            $(BOARDS); now $(BOARD)
  VARIANT=name          with the choices of configs/name.config too, in build/<board>-name/:
                        $(patsubst configs/%.config,%,$(wildcard configs/*.config))
  V=1                   show the commands
  CMD='prog args'       a command line for /bin/sh, in place of an interactive shell
  TIMEOUT=s             end QEMU after so many seconds (60 with CMD)
  APPS=dir              every dir/*.c and every folder dir/x/ of .c files is a program too;
                        dir/root/ goes into the file system as it is
  APPS_CFLAGS=flags     more flags to compile them with
  APPS_STACK=bytes      their stack; STACK_prog=bytes for one of them
  PROGS='x y'           programs that a small image holds besides those that CMD names
  SETUP=no              do not install packages, only say which
  SECONDS=n FUZZ=name   make fuzz: how long, and which target
  DRYRUN=1              make flash: only print the command
  DRIVE=dir             make flash: the drive as which the board shows itself, where it does
  QEMU_ARGS='-x y'      more options for QEMU
  UART1=chardev         what the second UART is connected to: pty, file:path, tcp::port,server,nowait
                        (QEMU's -serial); without it a loopback plug
endef

.PHONY: help
help:
	@printf '%s\n' $(call shlines,$(help-text))
