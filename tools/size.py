#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Say how much flash and static RAM each folder of the kernel takes.

  size.py MAP ROMFS-IMAGE [PREFIX]

The linker's map tells what is left after unused functions are dropped.  PREFIX is the folder of
the objects, and is cut off their names.
"""
import os
import re
import sys

FLASH_ONLY, BOTH, RAM_ONLY = ("flash",), ("flash", "ram"), ("ram",)
SECTIONS = {".vectors": FLASH_ONLY, ".text": FLASH_ONLY, ".rodata": FLASH_ONLY,
            ".ARM.extab": FLASH_ONLY, ".ARM.exidx": FLASH_ONLY,
            ".data": BOTH, ".bss": RAM_ONLY, ".noinit": RAM_ONLY, ".stack": RAM_ONLY}


def module(path, prefix):
    """kernel/, mm/, ... by folder; libc, libgcc by archive."""
    archive = re.match(r"(.*)\((.*)\)$", path)
    if archive:
        return os.path.basename(archive.group(1)).replace("_nano", "")
    if path.startswith(prefix):
        path = path[len(prefix):]
    return os.path.dirname(path) + "/"


def read_map(path, prefix):
    with open(path, encoding="utf-8") as file:
        text = file.read().split("Linker script and memory map", 1)[1]
    # A long section name stands on a line of its own.
    text = re.sub(r"\n( \S+)\n +(0x)", r"\n\1 \2", text)
    pieces, output = [], None
    totals = {"flash": 0, "ram": 0}
    for line in text.splitlines():
        start = re.match(r"(\.[\w.]+)\s*(?:0x[0-9a-f]+\s+0x([0-9a-f]+))?", line)
        if start:
            output = SECTIONS.get(start.group(1))
            pending = output and not start.group(2)
            if output and start.group(2):
                for place in output:
                    totals[place] += int(start.group(2), 16)
            continue
        if not output:
            continue
        size = re.match(r"\s+0x[0-9a-f]+\s+0x([0-9a-f]+)(?:\s+load address.*)?$", line)
        if pending and size:
            for place in output:
                totals[place] += int(size.group(1), 16)
            pending = False
            continue
        piece = re.match(r" (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", line)
        if piece and piece.group(1) != "*fill*" and int(piece.group(3), 16):
            pieces.append((int(piece.group(2), 16), int(piece.group(3), 16),
                           module(piece.group(4), prefix), output))

    # Strings that occur twice are kept once, but the map tells the sizes of before: what
    # reaches into the next piece is not there.
    use = {}
    pieces.sort(key=lambda piece: piece[0])
    for (start, size, name, output), after in zip(pieces, pieces[1:] + [(sys.maxsize,)]):
        row = use.setdefault(name, {"flash": 0, "ram": 0})
        for place in output:
            row[place] += min(size, after[0] - start)
    return use, totals


def main(map_path, romfs, prefix=""):
    use, totals = read_map(map_path, prefix)
    rest = {place: totals[place] - sum(row[place] for row in use.values()) for place in totals}
    print("%-24s %8s %10s" % ("kernel", "flash", "static RAM"))
    for name, row in sorted(use.items()):
        if row["flash"] or row["ram"]:
            print("  %-22s %8d %10d" % (name, row["flash"], row["ram"]))
    # The kernel stack and what aligns sections belong to no object.
    print("  %-22s %8d %10d" % ("stack and padding", rest["flash"], rest["ram"]))
    print("  %-22s %8d %10d" % ("total", totals["flash"], totals["ram"]))
    print("%-24s %8d" % ("romfs", os.path.getsize(romfs)))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
