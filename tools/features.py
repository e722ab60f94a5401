#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Say what each choice costs: the shipped kernel, less the kernel without the choice.

  features.py BOARD [CHOICE...]

Without any, all of the menu "Features" of Kconfig are measured, and a few of other menus.
Each kernel is built in a folder of its own below build/size/.  What is printed is the table of
docs/performance.md, the dearest first.
"""
import os
import re
import subprocess
import sys

OUTER = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "BOARD", "O", "VARIANT")
RELEASE = "configs/release.config"
MINIMAL = "configs/minimal.config"


OF_OTHER_MENUS = ["MQUEUE", "CORE_DUMP", "PROC_DETAIL"]


def choices():
    with open("Kconfig", encoding="utf-8") as file:
        menu = file.read().partition('menu "Features"')[2].partition("endmenu")[0]
    return re.findall(r"^config (\w+)$", menu, re.M) + OF_OTHER_MENUS


def sizes(board, name, *lines, fragments=RELEASE):
    """Flash and static RAM of a kernel with these lines in its configuration."""
    out = "build/size/%s/%s" % (board, name)
    os.makedirs(out, exist_ok=True)
    fragment = out + "/fragment"
    with open(fragment, "w", encoding="utf-8") as file:
        file.write("".join("%s\n" % line for line in ("# What is changed.",) + lines))
    done = subprocess.run(["make", "--no-print-directory", "-j2", "kernel",
                           "BOARD=" + board, "O=" + out, "FRAGMENTS=%s %s" % (fragments, fragment)],
                          env={k: v for k, v in os.environ.items() if k not in OUTER},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          universal_newlines=True)
    if done.returncode:
        sys.exit("features: without %s:\n%s" % (name, done.stdout))
    text = subprocess.run(["arm-none-eabi-size", out + "/kernel.elf"], check=True,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout
    code, data, bss = map(int, text.splitlines()[1].split()[:3])
    return code + data, data + bss


def main(board, *names):
    flash, ram = sizes(board, "all")
    least = sizes(board, "minimal", fragments=MINIMAL)
    rows = []
    for name in names or choices():
        without = sizes(board, name, "CONFIG_%s=n" % name)
        rows.append((flash - without[0], ram - without[1], "`%s`" % name))
    print("| feature | flash | static RAM |\n|---|---:|---:|")
    for row in [(flash, ram, "kernel with all")] + sorted(rows, reverse=True) + [(*least, "minimal kernel")]:
        print("| %s | %d | %d |" % (row[2], row[0], row[1]))

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
