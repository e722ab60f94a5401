#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turn Kconfig choices into what C and make read.

  kconfig.py sync DEFCONFIG OUT       make OUT/.config if need be, then the two files below
  kconfig.py defconfig DEFCONFIG OUT  start again from the board's choices
  kconfig.py savedefconfig DEFCONFIG OUT
                                      write the choices of OUT/.config back to the board

OUT/include/generated/autoconf.h has a macro per choice, OUT/auto.conf a make variable.
A .config that nobody edited follows its defconfig; one that somebody did is kept.
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


def from_defconfig(kconf, defconfig, config, pristine):
    """Write a .config, and a copy by which a later edit is recognised."""
    kconf.load_config(defconfig)
    kconf.write_config(config, header="# Made from %s.\n" % defconfig, save_old=False)
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


def main(action, defconfig, out):
    config = os.path.join(out, ".config")
    pristine = os.path.join(out, ".config.pristine")
    os.makedirs(out, exist_ok=True)
    kconf = kconfiglib.Kconfig("Kconfig", warn_to_stderr=True)
    kconf.warn_assign_undef = True

    if action == "defconfig" or not os.path.exists(config):
        from_defconfig(kconf, defconfig, config, pristine)
    elif action == "sync" and os.path.getmtime(config) < os.path.getmtime(defconfig):
        if is_edited(config, pristine):
            print("kconfig: %s is newer, but %s was edited and stays; "
                  "`make defconfig` starts again" % (defconfig, config), file=sys.stderr)
            os.utime(config)
        else:
            from_defconfig(kconf, defconfig, config, pristine)
    kconf.load_config(config)
    if action == "savedefconfig":
        kconf.write_min_config(defconfig, header=heading(defconfig))
    write_auto(kconf, out)
    if kconf.warnings and action != "savedefconfig":
        # A misspelt choice in a defconfig is a choice not made.
        sys.exit("kconfig: see the warnings above")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("sync", "defconfig", "savedefconfig"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
