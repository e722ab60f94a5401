#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that code can run with its text and its data moved apart.

  checkpic.py READELF OBJECT-OR-ARCHIVE...

Text runs in place in flash while each process has its data elsewhere, found through r9.  An
object compiled without all the PIC flags still links, and breaks at run time.  So code may
refer to other code relative to the pc, and to data only by its offset in the GOT.
"""
import re
import subprocess
import sys

# ELF for the Arm Architecture, table "Static Thumb-32/Thumb-16/Data relocations".
ALLOWED = re.compile(r"R_ARM_(NONE|V4BX|GOT_BREL|CALL|JUMP24|PLT32|PREL31"
                     r"|THM_(CALL|JUMP(24|19|11|8|6)|PC(8|12)|ALU_PREL_11_0))$")
REMEDY = ("compile it with -fPIC -msingle-pic-base -mpic-register=r9 "
          "-mno-pic-data-is-text-relative")


def main(readelf, paths):
    listing = subprocess.run([readelf, "-rW"] + paths, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, universal_newlines=True, check=False)
    if listing.returncode:
        sys.exit("checkpic: %s cannot read %s" % (readelf, " ".join(paths)))
    where, section, bad = paths[0], "", []
    for line in listing.stdout.splitlines():
        if line.startswith("File: "):
            where = line[len("File: "):]
        elif line.startswith("Relocation section"):
            section = line.split("'")[1]
        elif section.startswith(".rel.text"):
            fields = line.split()
            if len(fields) >= 3 and fields[2].startswith("R_ARM_") \
                    and not ALLOWED.match(fields[2]):
                symbol = fields[4] if len(fields) > 4 else "?"
                bad.append("%s: %s: %s against %s" % (where, section[len(".rel"):], fields[2],
                                                      symbol))
    if bad:
        for line in bad[:20]:
            print("checkpic: " + line, file=sys.stderr)
        if len(bad) > 20:
            print("checkpic: and %d more" % (len(bad) - 20), file=sys.stderr)
        sys.exit("checkpic: text that depends on where data lies: " + REMEDY)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
