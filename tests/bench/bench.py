#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measure Croft in QEMU, in instructions.

  bench.py show|check|update BOARD...	usually as: make bench, bench-check, bench-update

show prints the table, and writes build/bench/BOARD.tsv and .svg.  check compares the measurements
with those of tests/bench/BOARD.tsv and fails where one has grown by more than 3 %.  update writes
that file, and the figures in README.md and docs/performance.md.

The kernel that is measured is the one that is shipped (configs/release.config), in a build folder
of its own.  It is booted with the plugin count.c, which notes the number of instructions at marks
in the programs; these say on the console what was measured, in the same order.  The bounds come
from a bare program, booted the same way.  All of this is the same in every run.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = "build/bench"
TARGET = "tests/bench/target"
TIMEOUT = 300
OUTER = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "BOARD", "O", "FRAGMENTS", "VARIANT")

sys.path.insert(0, HERE)
import plot	# noqa: E402, after the path is set
import report	# noqa: E402

# How many other mappings a process has room for, and another process beside it; with how many it is
# seen what RAM one takes; and the length of a large one in KiB.
MAPPINGS = {"mps2-an385": (0, 1, 10, 100, 1000), "lm3s6965evb": (0, 1, 10, 16), "netduinoplus2": (0, 1, 10, 50)}
OTHERS = {"mps2-an385": (0, 1, 10, 100, 1000), "lm3s6965evb": (0, 1, 10), "netduinoplus2": (0, 1, 10)}
RECORDS = {"mps2-an385": 1000, "lm3s6965evb": 25, "netduinoplus2": 50}
TIMERS = ("mps2-an385",)		# boards with a timer for programs
LARGE = {"mps2-an385": 1024, "lm3s6965evb": 16, "netduinoplus2": 32}


def fail(text):
    sys.exit("bench: " + text)


def make(board, *words):
    """Run make for the shipped kernel.  Returns what it prints."""
    env = {name: value for name, value in os.environ.items() if name not in OUTER}
    done = subprocess.run(["make", "--no-print-directory", "BOARD=" + board,
                           "O=build/bench-" + board, "FRAGMENTS=configs/release.config"]
                          + list(words), cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          universal_newlines=True)
    if done.returncode:
        fail("make %s:\n%s" % (" ".join(words), done.stdout))
    return done.stdout


def command(board):
    """What the board runs: groups of measurements, and for which numbers."""
    groups = {"calls": [0], "switch": [0], "grow": MAPPINGS[board], "others": OTHERS[board],
              "memory": [LARGE[board]], "chain": [0], "spawn": [0], "delay": [LARGE[board] // 2],
              "ram": [RECORDS[board]]}
    if board in TIMERS:
        groups["interrupt"] = [LARGE[board]]
    return "bench " + " ".join("%s:%s" % (group, ",".join(map(str, numbers)))
                               for group, numbers in groups.items())


def symbols(elf):
    text = subprocess.run(["arm-none-eabi-nm", os.path.join(ROOT, elf)], check=True,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout
    return {m[2]: int(m[1], 16) for m in re.finditer(r"(\w+) \w (\w+)", text)}


def boot(board, image, counts, *marks):
    """Boot an image with the plugin.  Returns what it printed, and what the plugin noted."""
    options = "".join(",%s=%#x" % item for item in marks)
    with open(os.path.join(ROOT, "boards", board, "board.mk"), encoding="utf-8") as file:
        machine = re.search(r"^QEMU_MACHINE\s*:=\s*(\S+)", file.read(), re.M).group(1)
    done = subprocess.run([sys.executable, "tools/run.py", "--machine", machine, "--batch",
                           "--timeout", str(TIMEOUT), image, "-icount", "shift=0", "-plugin",
                           "%s/count.so,out=%s%s" % (OUT, counts, options)],
                          cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, universal_newlines=True)
    if done.returncode:
        fail("%s: status %d\n%s" % (image, done.returncode, done.stdout))
    with open(os.path.join(ROOT, counts), encoding="utf-8") as file:
        notes = [(kind, int(count)) for kind, count in map(str.split, file)]
    return done.stdout, notes


def intervals(notes):
    """The instructions of each measurement, its first mark taken off.

    Where a thread slept meanwhile: the most from the interrupt that woke it to its running.
    """
    begun = due = most = None
    for kind, count in notes:
        if kind == "b":
            begun, most = count, None
        elif kind == "s":
            due = 0
        elif kind in "01" and due == 0:
            due = count
        elif kind == "w":
            most = max(most or 0, count - due)
            due = None
        elif kind == "e":
            if begun is None:
                fail("a measurement ends that has not begun")
            yield count - begun - 1 if most is None else most
            begun = None


def read_rows(text, notes, measured):
    """Give each measurement its name: they come in the order in which they were made."""
    counts = intervals(notes)
    for kind, names, n, number in re.findall(r"^(row|value) ([\w.,]+)(/\d+)? (-?\d+)$", text, re.M):
        if kind == "value":
            measured[names + n] = int(number)
            continue
        names = names.split(",")
        samples = [[] for _ in names]
        for _ in range(int(number)):
            for sample in samples:
                sample.append(next(counts, None))
        for name, sample in zip(names, samples):
            if None in sample:
                fail("%s: fewer measurements than the programs tell of:\n%s" % (name, text))
            measured[name + n] = sum(sample) / len(sample)
    if next(counts, None) is not None:
        fail("more measurements than the programs tell of:\n" + text)


def measure(board):
    """All that was measured, by name."""
    if board not in MAPPINGS:
        fail("nobody has said how much of it %s has room for" % board)
    os.makedirs(os.path.join(ROOT, OUT), exist_ok=True)
    measured = {}
    make(board, "bench-tools")
    image = make(board, "image-path", "APPS=" + TARGET, "APPS_CFLAGS=-Itests/target",
                 "PROGS=bench true sleep", "FLASH_SMALL=y", "CMD=" + command(board)).split()[-1]
    text, notes = boot(board, OUT + "/bare.elf", "%s/%s.bare" % (OUT, board))
    read_rows(text, notes, measured)
    if measured["bare.counter"] != 2000 or measured["bare.device"] != 10:
        fail("the counter does not count: %r" % measured)
    address = symbols(image)
    text, notes = boot(board, image, "%s/%s.counts" % (OUT, board),
                       ("user", address["__romfs_start"]), ("at", address["arch_systick_irq"]),
                       ("at", address["arch_irq"]))
    read_rows(text, notes, measured)
    if "failed" in text:
        fail(text)
    measured["boot"] = next(count for kind, count in notes if kind == "u")
    measured["most"] = max(MAPPINGS[board])
    measured["most.others"] = max(OTHERS[board])
    total = re.search(r"^  total +(\d+) +(\d+)$", make(board, "size"), re.M)
    measured["flash.bytes"], measured["ram.bytes"] = int(total.group(1)), int(total.group(2))
    return measured


def main(action, *boards):
    good = True
    for board in boards:
        measured = measure(board)
        report.write(os.path.join(ROOT, OUT, board + ".tsv"), measured)
        if action == "check":
            good &= report.check(board, measured)
            continue
        if action == "update":
            report.write(report.committed(board), measured)
            report.update_pages(board, measured)
        print("\n%s" % board)
        report.print_table(report.table(measured))
        plot.draw(os.path.join(ROOT, OUT, board + ".svg"), measured)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("show", "check", "update"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
