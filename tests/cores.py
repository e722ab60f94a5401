# SPDX-License-Identifier: MIT
"""Tests of debugging as a user sees it: a program dies, or runs, and gdb tells where and why."""
import os
import re
import subprocess
import tempfile

import run
from commands import must, must_hold, run_command
from run import ROOT, make, must_make

VALUE_OF = r"#0 +(0x\w+ in )?value_of \(node=node@entry=0x0\) at apps/crash\.c:\d+"
SUM = r"#1 .* in sum \(.*count=count@entry=4\) at apps/crash\.c:\d+\n +i = 3\n +total = 60"


def die(board, command, count=1):
    """Run a line that ends in deaths.  Returns what was printed, and the dumps."""
    _, text = run_command(board, command)
    dumps = re.findall(r"core dumped to (build/\S+), \d+ bytes\n", text)
    must(len(dumps) == count, "%d dumps instead of %d:\n%s" % (len(dumps), count, text))
    return text, dumps


def opened(dump, script="1"):
    """What gdb tells of a dump, or says to the commands of a file."""
    return must_make("core", "CORE=" + dump, "BATCH=" + script)


def where_it_died(board):
    text, dumps = die(board, "crash deep")
    must_hold(text, r"sh: crash: Segmentation fault \(core dumped\)")
    text = opened(dumps[0])
    must_hold(text, r"crash \(pid \d+\) died of SIGSEGV at 0x4 \(not mapped\)",
              r"Program terminated with signal SIGSEGV, .*", VALUE_OF, SUM,
              r"#2 .* in deep \(\) at apps/crash\.c:\d+",
              r"#3 .* in main \(.*\) at apps/crash\.c:\d+",
              r"\w+-\w+ r-x +/bin/crash", r"\w+-\w+ rw- dumped")
    must("warning" not in text, text)


def all_threads(board):
    text = opened(die(board, "crash thread")[1][0])
    must_hold(text, r"\* 1 +LWP \d+ .*value_of.*", r"  2 +LWP \d+ .*", r"Thread 2 .*",
              r"#\d+ .*\bpthread_join \(.*\) at user/pthread\.c:\d+", r"Thread 1 .*", VALUE_OF,
              SUM, r"#3 .* in work \(\w+=.*\) at apps/crash\.c:\d+",
              r"#4 .* in start \(self=.*\) at user/pthread\.c:\d+", "No locals.", r"\w+-\w+ r-x .*")
    must("corrupt" not in text, text)


def each_instance_has_its_data(board):
    _, dumps = die(board, "crash later & crash deep; wait", 2)
    data = set()
    for dump in dumps:
        text = opened(dump)
        must_hold(text, VALUE_OF, SUM)
        data |= set(re.findall(r"^(\w+)-\w+ rw- dumped", text, re.M))
    must(len(data) == 4, "two instances have their memory at %s" % sorted(data))


def through_the_library(board):
    must_hold(opened(die(board, "crash abort")[1][0]),
              r"Program terminated with signal SIGABRT, .*", r"#\d+ .* in abort \(\) at .*",
              r"#\d+ .* in main \(.*\) at apps/crash\.c:\d+")


def a_stack_that_is_full(board):
    for way, above in (("stack", ("main",)), ("thread-stack", ("work", "start"))):
        text, dumps = die(board, "crash " + way)
        must_hold(text, r"crash \(pid \d+\): stack full or lost: no room for the registers at \w+, "
                  r"its stack is \w+-\w+")
        text = opened(dumps[0])
        must_hold(text, r"crash \(pid \d+\) died of SIGKILL: its stack was lost",
                  "There was no room for the registers: .*", r"\* \d .* eat_stack .*",
                  r"#0 +eat_stack \(.*\) at apps/crash\.c:\d+",
                  r"#1 +0x\w+ in eat_stack \(.*\) at apps/crash\.c:\d+",
                  *(r"#\d+ .* in %s \(.*\) at .*" % name for name in ("stack",) + above))


def what_the_signal_was(board):
    """gdb's $_siginfo: of a fault, where; of a signal sent, by whom."""
    text = opened(die(board, "crash deep")[1][0], "tests/gdb/siginfo.gdb")
    must_hold(text, "signal 11, code 1", "at 0x4")
    text = opened(die(board, "sleep 9 & kill -QUIT 3; wait")[1][0], "tests/gdb/siginfo.gdb")
    must_hold(text, "signal 3, code 0", "by 2, user 0")


def a_program_of_many_names(board):
    text = opened(die(board, "top -d 9 & sleep 1; kill -QUIT 3; wait")[1][0])
    must_hold(text, r"top \(pid 3\) died of SIGQUIT", r"#\d+ .* in run_top .* at apps/look/ps\.c:\d+",
              r"#\d+ .* in main \(.*\) at apps/look/main\.c:\d+")


def what_cannot_be_opened(board):
    for words, why in ((("core", "CORE=/none"), "core: .*No such file.*"),
                       (("core", "CORE=README.md"), "core: README.md is no 32-bit ELF file"),
                       (("cores",), "make cores: LOG=f, .* is missing")):
        status, text = make(*words, "BOARD=" + board)
        must(status != 0, text)
        must_hold(text, why)


def other_signals(board):
    for way, signal in (("div0", "SIGFPE"), ("write-text", "SIGSEGV"), ("undefined", "SIGILL"),
                        ("unaligned", "SIGBUS"), ("jump", "SIG(ILL|SEGV)")):
        must_hold(opened(die(board, "crash " + way)[1][0]),
                  "Program terminated with signal %s, .*" % signal,
                  r"#\d+ .*main \(.*\) at apps/crash\.c:\d+")


def over_the_console(board):
    text, _ = die(board, "echo console >/proc/sys/kernel/core_to; crash thread & crash deep & wait",
                  0)
    must(text.count("core dumped to the console") == 2, text)
    with tempfile.TemporaryDirectory() as work:
        log, prefix = os.path.join(work, "log"), os.path.join(work, "core")
        with open(log, "w", encoding="utf-8") as file:
            file.write(text)
        must_make("cores", "LOG=" + log, "OUT=" + prefix)
        dumps = sorted(os.listdir(work))
        must(len(dumps) == 3, "files: %s" % dumps)
        for dump in dumps[:2]:
            must_hold(opened(os.path.join(work, dump)), VALUE_OF, SUM)


def needs_gdb_in_qemu(board):
    """QEMU does not let gdb see memory that lies behind a protection controller: it reads as 0."""
    if run.machine(board) == "mps2-an505":
        raise run.Skipped("gdb sees no memory of this board")


def while_it_runs(board):
    """tests/gdb/thread.gdb says what is asked."""
    needs_gdb_in_qemu(board)
    text = must_make("debug", "BOARD=" + board, "BATCH=tests/gdb/thread.gdb",
                     "CMD=crash later & crash thread", timeout=120)
    must_hold(text, r"#0 +value_of \(node=.*<first>\) at apps/crash\.c:\d+",
              r"#1 .* in sum .*", r"#3 .* in work .*",
              # ps, threads
              r" +1 +0 +1 +\d+ running  init", r" +3 +2 +1 +\d+ running  crash",
              r" +4 +2 +2 +\d+ running  crash",
              r"  +1 +1 +16 waiting  init +0x\w+ __(sys|call)_\w+.*",
              r"\* +5 +4 +16 running  crash +0x\w+ value_of.*",
              # maps, regions, slots
              r"crash \(pid 3\)", r"  \w+-\w+ r-x flash \d+:\d+ crash",
              r"crash \(pid 4\)", r"  \w+-\w+ rw- anonymous \[heap\]", r"crash \(pid 4\)",
              r"\w+-\w+ flash \d+:\d+ +usage 2", r"Entries of pid 4:",
              r"  \d  \w+-\w+ r-x, .*", r"  7  \w+-\w+ rw-, .*",
              # others' stacks, and back
              "-- init", r"#\d+ .*main \(.*\) at apps/init\S*:\d+",
              "-- the other instance", r"#\d+ .* in later \(\) at apps/crash\.c:\d+",
              "-- back", r"#0 +value_of \(node=.*<first>\) .*", r"\$1 = 0",
              "-- in a call", r"#0 +proc_exit .*",
              r"#0 .* in (__(sys|call)_)?waitpid .*", r"#\d+ .* in (run_program|run_shell|main) .*",
              "-- the kernel goes on", r"#[01] .*\bsys_waitpid .*")


def the_kernel_itself(board):
    """tests/gdb/panic.gdb spoils a record; the epitaph outlives a reset."""
    needs_gdb_in_qemu(board)
    text = must_make("debug", "BOARD=" + board, "BATCH=tests/gdb/panic.gdb",
                     "CMD=dmesg; mapdemo", timeout=120)
    must_hold(text, r"#0 +arch_poweroff .*", r"#1 .* in panic .*", r"#2 .*mm/check\.c:\d+")
    with open(os.path.join(ROOT, "build", board, "console.log"), encoding="utf-8") as file:
        text = file.read().replace("\r", "")
    epitaph = (r"panic: I2 users: region .* usage 77, .*", r"  process mapdemo \(pid 4\), thread 4",
               r"  sp \w+, program's \w+ pc \w+ lr \w+ r0 .*", r"  calls from:( \w+){4,}",
               r"  thread:call.*( \d+:\d+){15} 4:40")
    must_hold(text, "boot: .*", *epitaph, "boot: .*", *epitaph, "--- reset after a panic ---",
              "boot: .*", "parent: all are given back: yes")


def a_check_without_text(board):
    """What is shipped tells the address of a check and its line; the ELF file has the rest."""
    needs_gdb_in_qemu(board)
    must_make("debug", "BOARD=" + board, "VARIANT=release", "BATCH=tests/gdb/assert.gdb", "CMD=true",
              timeout=120)
    out = os.path.join(ROOT, "build", board + "-release")
    with open(os.path.join(out, "console.log"), encoding="utf-8") as file:
        text = file.read().replace("\r", "")
    said = re.search(r"^panic: check at (\w+), line (\d+)$", text, re.M)
    must(said, "no check has failed: " + text)
    at, line = said.groups()
    found = subprocess.run(["arm-none-eabi-addr2line", "-e", os.path.join(out, "kernel.elf"), at],
                           stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    must(re.search(r"/fs/file\.c:%s\b" % line, found), "%s is in %s" % (at, found))


TESTS = (while_it_runs, the_kernel_itself, a_check_without_text, where_it_died, all_threads, each_instance_has_its_data,
         through_the_library, a_stack_that_is_full, other_signals, what_the_signal_was,
         a_program_of_many_names, what_cannot_be_opened, over_the_console)
