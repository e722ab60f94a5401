#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sum what gcov counted, by source file, and fail where too little has run.

    cov.py PREFIX LINES BRANCHES OBJECT-DIR... [-v]

Reads every .gcda file below the OBJECT-DIRs, which are of the same files, built otherwise.  Of source files whose name begins with PREFIX, so many
per cent of lines and branches must have been taken; -v lists those that were not.

Not counted: ASSERT() and panic(), which only a mistake of the kernel takes; and what is marked, on
its line, by a comment that begins with "not covered:" and says why.  Marks are listed.
"""

import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MARK = re.compile(r"/\* not covered: (.*?) \*/")
NEVER = re.compile(r"\b(ASSERT|panic|vma_bad|region_bad)\(")


def excluded(source):
    """Lines of a file that do not count, and the marks among them."""
    lines, marks, depth = set(), [], 0
    for number, line in enumerate(source.read_text().splitlines(), 1):
        mark = MARK.search(line)
        if mark:
            marks.append((number, mark.group(1)))
        if depth > 0 or NEVER.search(line) or mark:
            lines.add(number)
            if not mark:  # up to the end of the call
                depth += line.count("(") - line.count(")")
                depth = max(depth, 0)
    return lines, marks


def add_counts(total, objects):
    """Add to {file: ({line: count}, {(line, index): count})} what all .gcda files say."""
    with tempfile.TemporaryDirectory() as tmp:
        data = [str(p.resolve()) for p in objects.rglob("*.gcda")]
        subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--preserve-paths", *data],
                       cwd=tmp, check=True, stdout=subprocess.DEVNULL)
        for path in pathlib.Path(tmp).glob("*.gcov.json.gz"):
            with gzip.open(path) as file:
                report = json.load(file)
            for source in report["files"]:
                lines, branches = total.setdefault(source["file"], ({}, {}))
                for line in source["lines"]:
                    number = line["line_number"]
                    lines[number] = lines.get(number, 0) + line["count"]
                    for index, branch in enumerate(line["branches"]):
                        key = number, index
                        branches[key] = branches.get(key, 0) + branch["count"]


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main():
    prefix = sys.argv[1]
    want_lines, want_branches = float(sys.argv[2]), float(sys.argv[3])
    bad, listed, total = False, [], {}
    for objects in sys.argv[4:]:
        if objects != "-v":
            add_counts(total, pathlib.Path(objects))
    print(f"{'file':24} {'lines':>13} {'branches':>15}")
    for name, (lines, branches) in sorted(total.items()):
        if not name.startswith(prefix):
            continue
        skip, marks = excluded(pathlib.Path(name))
        listed += [f"{name}:{number}: {why}" for number, why in marks]
        lines = {k: v for k, v in lines.items() if k not in skip}
        branches = {k: v for k, v in branches.items() if k[0] not in skip}
        run = sum(1 for v in lines.values() if v)
        taken = sum(1 for v in branches.values() if v)
        low = percent(run, len(lines)) < want_lines or percent(taken, len(branches)) < want_branches
        bad |= low
        print(f"{name:24} {run:4}/{len(lines):4} {percent(run, len(lines)):3.0f}%"
              f" {taken:5}/{len(branches):4} {percent(taken, len(branches)):3.0f}%"
              f"{'  too little' if low else ''}")
        if low or "-v" in sys.argv:
            for number in sorted(k for k, v in lines.items() if not v):
                print(f"  {name}:{number}: never run")
            for number, index in sorted(k for k, v in branches.items() if not v):
                print(f"  {name}:{number}: branch {index} never taken")
    for line in listed:
        print(f"not covered, and why: {line}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
