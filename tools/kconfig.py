#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turn Kconfig choices into what C and make read.

  kconfig.py sync OUT CHOICES...       make OUT/.config if need be, then the two files below
  kconfig.py defconfig OUT CHOICES...  start again from these choices
  kconfig.py savedefconfig OUT DEFCONFIG
                                       write the choices of OUT/.config back to the board

CHOICES are files: the board's defconfig, and what a variant changes in it.
OUT/include/generated/autoconf.h has a macro per choice, OUT/auto.conf a make variable.
A .config that nobody edited follows them; one that somebody did is kept.
"""
import itertools
import os
import shutil
import sys

import kconfiglib


def same(a, b):
    with open(a, encoding="utf-8") as fa, open(b, encoding="utf-8") as fb:
        return fa.read() == fb.read()


def is_edited(config, pristine):
    return not os.path.exists(pristine) or not same(config, pristine)


def from_defconfig(kconf, choices, config, pristine):
    """Write a .config, and a copy by which a later edit is recognised."""
    for i, path in enumerate(choices):
        kconf.load_config(path, replace=i == 0)
    kconf.write_config(config, header="# Made from %s.\n" % " ".join(choices), save_old=False)
    shutil.copyfile(config, pristine)
    os.utime(config)


def heading(defconfig):
    """The comment at the top of a file."""
    with open(defconfig, encoding="utf-8") as file:
        return "".join(itertools.takewhile(lambda line: line.startswith("#"), file))


def write_auto(kconf, out):
    os.makedirs(os.path.join(out, "include", "generated"), exist_ok=True)
    kconf.write_autoconf(os.path.join(out, "include", "generated", "autoconf.h"),
                         header="/* SPDX-License-Identifier: MIT */\n/* Made from .config. */\n")
    with open(os.path.join(out, "auto.conf"), "w", encoding="utf-8") as conf:
        conf.write("# Made from .config.\n")
        for sym in kconf.unique_defined_syms:
            if sym.str_value not in ("", "n"):
                conf.write("CONFIG_%s := %s\n" % (sym.name, sym.str_value))


def main(action, out, *choices):
    config = os.path.join(out, ".config")
    pristine = os.path.join(out, ".config.pristine")
    os.makedirs(out, exist_ok=True)
    kconf = kconfiglib.Kconfig("Kconfig", warn_to_stderr=True)
    kconf.warn_assign_undef = True
    kconf.warn_assign_override = False		# that is what a variant is for
    newest = max(choices, key=os.path.getmtime)

    if action == "defconfig" or not os.path.exists(config):
        from_defconfig(kconf, choices, config, pristine)
    elif action == "sync" and os.path.getmtime(config) < os.path.getmtime(newest):
        if is_edited(config, pristine):
            print("kconfig: %s is newer, but %s was edited and stays; "
                  "`make defconfig` starts again" % (newest, config), file=sys.stderr)
            os.utime(config)
        else:
            from_defconfig(kconf, choices, config, pristine)
    kconf.load_config(config)
    if action == "savedefconfig":
        kconf.write_min_config(choices[0], header=heading(choices[0]))
    write_auto(kconf, out)
    if kconf.warnings and action != "savedefconfig":
        # A misspelt choice in a defconfig is a choice not made.
        sys.exit("kconfig: see the warnings above")


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("sync", "defconfig", "savedefconfig"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
