#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the documentation shows as a transcript is what the command prints.

  transcripts.py --write	run each command and put what it prints into the page

`make test T=docs` compares them.

A transcript is a code block marked `console`, in README.md or docs/, that begins with a line
`$ make ...`.  The lines of the build are left out of it; addresses change with every build, so
one is as good as another when they are compared.
"""
import glob
import os
import re
import sys

import run
from run import Failed, make

BLOCK = re.compile(r"^```console\n\$ (make [^\n]*)\n(.*?)^```$", re.M | re.S)
ADDRESS = re.compile(r"\b(0x)?(?=[0-9a-f]*[0-9])[0-9a-f]{4,8}\b")
BUILDING = re.compile(r"  [A-Z]+ +\S")


def pages():
    return ["README.md"] + sorted(glob.glob("docs/**/*.md", recursive=True, root_dir=run.ROOT))


def output(command):
    """What a command line prints, when all is built."""
    words = [word.strip("'") for word in re.findall(r"(?:[^\s']|'[^']*')+", command)][1:]
    words = [word.replace("='", "=") for word in words]
    status, text = make(*words)
    if status:
        raise Failed("%s: status %d\n%s" % (command, status, text))
    return "".join(line + "\n" for line in text.splitlines() if not BUILDING.match(line))


def read(page):
    with open(os.path.join(run.ROOT, page), encoding="utf-8") as file:
        return file.read()


def transcripts_are_true(board):
    """The commands name the board; those that name none are of the default one."""
    for page in pages():
        for command, shown in BLOCK.findall(read(page)):
            named = re.search(r"BOARD=(\S+)", command)
            if (named.group(1) if named else "lm3s6965evb") != board:
                continue
            printed = output(command)
            if ADDRESS.sub("ADDRESS", printed) != ADDRESS.sub("ADDRESS", shown):
                raise Failed("%s: `%s` prints:\n%s" % (page, command, printed))


def pages_are_linked(_):
    """Every page that another one links to is there."""
    for page in pages():
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(page)):
            path = os.path.normpath(os.path.join(os.path.dirname(page), link))
            if not os.path.exists(os.path.join(run.ROOT, path)):
                raise Failed("%s links to %s, which is not there" % (page, link))


def write():
    for page in pages():
        before = read(page)
        after = BLOCK.sub(lambda m: "```console\n$ %s\n%s```" % (m[1], output(m[1])), before)
        if after != before:
            with open(os.path.join(run.ROOT, page), "w", encoding="utf-8") as file:
                file.write(after)
            print("wrote " + page)


TESTS = (transcripts_are_true, pages_are_linked)

if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    try:
        write()
    except Failed as reason:
        sys.exit(str(reason))
