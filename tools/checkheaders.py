#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that every header compiles alone.

  checkheaders.py FOLDER... -- COMPILER FLAGS...
"""
import concurrent.futures
import os
import subprocess
import sys


def headers(folders):
    found = []
    for folder in folders:
        for root, _, names in os.walk(folder):
            found += [os.path.join(root, name) for name in names if name.endswith(".h")]
    return sorted(set(found))


def check(header, compiler):
    # An overlay is found as programs find it, or its #include_next would find itself.
    overlay = header.partition("user/include/")[2]
    source = "#include <%s>\n" % overlay if overlay else '#include "%s"\n' % os.path.abspath(header)
    return subprocess.run(compiler + ["-fsyntax-only", "-"], input=source,
                          universal_newlines=True, check=False).returncode == 0


def main(folders, compiler):
    files = headers(folders)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda h: check(h, compiler), files))
    bad = [header for header, good in zip(files, results) if not good]
    if bad:
        sys.exit("these headers do not compile alone: " + " ".join(bad))


if __name__ == "__main__":
    if "--" not in sys.argv:
        sys.exit(__doc__)
    cut = sys.argv.index("--")
    main(sys.argv[1:cut], sys.argv[cut + 1:])
