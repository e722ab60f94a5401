#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Say how many bytes of RAM each record of the kernel takes.

  records.py KERNEL

Each kind of record has a `struct pool` (include/mm/pool.h) that is named after it and has its size as
the second word; the kernel's ELF file tells where these are.
"""
import struct
import sys

PLACED = 2		# SHF_ALLOC
NOBITS, SYMTAB = 8, 2


def sections(elf):
    offset, = struct.unpack_from("<I", elf, 32)
    size, count, _ = struct.unpack_from("<HHH", elf, 46)
    for i in range(count):
        yield struct.unpack_from("<10I", elf, offset + i * size)


def string(data, at):
    return data[at:data.index(b"\0", at)].decode()


def main(path):
    with open(path, "rb") as file:
        elf = file.read()
    table = list(sections(elf))

    def place(address):
        """Where in the file the byte at an address lies."""
        for _, kind, flags, start, offset, size, *_ in table:
            if flags & PLACED and kind != NOBITS and start <= address < start + size:
                return offset + address - start
        sys.exit("records: nothing lies at %#x" % address)

    print("%-24s %8s" % ("record", "bytes"))
    _, _, _, _, offset, size, names, *_ = next(s for s in table if s[1] == SYMTAB)
    found = []
    for at in range(offset, offset + size, 16):
        name, value, _ = struct.unpack_from("<3I", elf, at)
        label, _, end = string(elf, table[names][4] + name).rpartition("_")
        if end == "pool":
            found.append((label, struct.unpack_from("<4xI", elf, place(value))[0]))
    for label, length in sorted(found):
        print("  %-22s %8d" % (label, length))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
