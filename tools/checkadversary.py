#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that each case of docs/adversary.md is tested where its table says.

  checkadversary.py

A test names its case in its description, "#13 ...", in its function's name, adversary_13_..., or in its
file's, adversary_13_*.c.  The cases are 1 to 45.
"""
import os
import re
import sys

TABLE = "docs/adversary.md"
CASES = 45


def names(path, case):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return ('"#%d ' % case in text or re.search(r"\badversary_%d_" % case, text) or
            os.path.basename(path).startswith("adversary_%d_" % case))


def main():
    wrong, seen = [], set()
    with open(TABLE, encoding="utf-8") as file:
        rows = re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", file.read(), re.M)
    for number, where in rows:
        case = int(number)
        seen.add(case)
        files = ["tests/" + name for name in re.findall(r"(?:target|host)/\S+?\.c", where)]
        if not files:
            wrong.append("case %d names no test" % case)
        for path in files:
            if not os.path.exists(path):
                wrong.append("case %d: there is no %s" % (case, path))
            elif not names(path, case):
                wrong.append("case %d: no test of %s has its number" % (case, path))
    wrong += ["case %d is not in the table" % case
              for case in range(1, CASES + 1) if case not in seen]
    for text in wrong:
        print("%s: %s" % (TABLE, text), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
