#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that no file includes a header of a floor above its own.

The table is the house: what the files of a floor may include besides the C library and the
headers of their own folder.  A name with a slash at its end stands for all headers below it.
"""
import os
import re
import sys

# What any floor of the kernel may use: types and macros, how to give up, and to be traced.
COMMON = ["kernel/types.h", "kernel/config.h", "kernel/assert.h", "kernel/tracing.h", "generated/autoconf.h",
          "croft/", "lib/"]
PRINT = ["kernel/console.h", "kernel/log.h"]
# arch/ and drivers call up through these alone.
ENTRIES = ["kernel/entry.h"]

FLOORS = {
    "apps": ["croft/", "generated/syscall_nr.h", "generated/syscall_shapes.h"],
    "user": ["croft/", "generated/syscalls.h", "generated/syscall_nr.h"],

    "kernel": COMMON + ["kernel/", "fs/", "mm/", "arch/", "generated/", "board.h", "drivers/"],
    "fs": COMMON + PRINT + ["fs/", "mm/", "kernel/waitq.h", "kernel/channel.h", "board.h"],
    "mm": COMMON + ["mm/", "arch/"],
    "lib": COMMON,

    "arch": COMMON + ENTRIES + ["arch/", "generated/syscall_nr.h", "board.h"],
    "drivers": COMMON + ENTRIES + PRINT + ["drivers/", "arch/", "board.h"],
    "boards": COMMON + PRINT + ["kernel/board.h", "drivers/", "arch/", "mm/page.h", "board.h"],
}
# uapi is what crosses the border, so it knows neither side.
UAPI = ["croft/"]

# Folders of headers, and the floor each belongs to.
HEADERS = {"include/kernel": "kernel", "include/fs": "fs", "include/mm": "mm",
           "include/arch": "arch", "include/lib": "lib", "include/drivers": "drivers",
           "user/include": "user"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def floor_of(path):
    for folder, floor in HEADERS.items():
        if path.startswith(folder + "/"):
            return floor
    return path.split("/")[0]


def is_ours(name, local):
    """Headers of the C library are nobody's floor."""
    if name.startswith("generated/") or name == "board.h":
        return True
    return local or any(os.path.exists(os.path.join(folder, name))
                        for folder in ("include", "include/uapi", "arch/cortex-m/include",
                                       "arch/cortex-m/pmsav7/include", "arch/cortex-m/pmsav8/include"))


def is_allowed(name, path, is_quoted, allowed):
    if is_quoted and "/" not in name:
        return os.path.exists(os.path.join(os.path.dirname(path), name)) or name in allowed
    return any(name == rule or rule.endswith("/") and name.startswith(rule) for rule in allowed)


def check(path):
    allowed = UAPI if path.startswith("include/uapi/") else FLOORS[floor_of(path)]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    bad = []
    for match in INCLUDE.finditer(text):
        is_quoted, name = match.group(1) == '"', match.group(2)
        if is_ours(name, is_quoted) and not is_allowed(name, path, is_quoted, allowed):
            line = text[:match.start(2)].count("\n") + 1
            bad.append("%s:%d: the floor %s may not include %s" % (path, line, floor_of(path), name))
    return bad


def main():
    bad = []
    for top in list(FLOORS) + ["include"]:
        for folder, _, names in os.walk(top):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".S")):
                    bad += check(os.path.join(folder, name))
    if bad:
        sys.exit("\n".join(bad))


if __name__ == "__main__":
    main()
