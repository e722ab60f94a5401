#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prove what the contracts beside the code say, by Frama-C's WP.

  verify.py OUT CPPFLAG...		usually as: make verify

For each function of UNITS it is proven, for all that its contract allows: no undefined behaviour
(invalid memory, shifts too far, divisions by zero, signed overflow), every contract of what it calls
is kept, loops end, nothing is written but what `assigns` names, and what `ensures` says holds.
A goal that is not proven is printed, and fails the run.  OUT is for files of the provers.
"""
import os
import re
import subprocess
import sys
import time

PROVERS = "z3,cvc4"
TIMEOUT = 60		# seconds for a goal: most take a tenth of one, on a machine that is idle

# Files, and the functions of them that are proven.  docs/proofs.md tells which are not.
UNITS = {
    "mpu": (["arch/cortex-m/pmsav7/cover.c", "arch/cortex-m/pmsav7/mpu_encode.c"],
            "block_mask eighth_of ceil_log2 edge_log2 cover_block cover_span cover_find cover_grants "
            "cover_unit cover_round cover_place_low cover_place_high "
            "arch_mpu_encode arch_mpu_empty arch_mpu_decode"),
    "elf": (["kernel/elf.c"],
            "get_le16 get_le32 lies_in get_phdr elf_judge_header judge_load "
            "elf_judge_segments elf_find_relocations relocate_word elf_relocate"),
    "romfs": (["fs/romfs_format.c"],
              "has get_be32 adds_up name_at romfs_open romfs_read_node romfs_resolve "
              "is_zero romfs_mappable"),
    "uaccess": (["mm/uaccess.c"], "granted user_range addr_ptr"),
}


def prove(name, flags):
    files, functions = UNITS[name]
    begun = time.monotonic()
    command = ["frama-c", "-machdep", "gcc_x86_32", "-cpp-extra-args=" + " ".join(flags),
               "-wp", "-wp-rte", "-wp-prover", PROVERS, "-wp-timeout", str(TIMEOUT), "-wp-par", "2",
               "-wp-fct", ",".join(functions.split())] + files
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          stdin=subprocess.DEVNULL)
    text = done.stdout.decode(errors="replace")
    found = re.search(r"Proved goals:\s*(\d+) / (\d+)", text)
    if done.returncode or not found:
        print("not ok %s\n%s" % (name, text))
        return 0, 1
    proved, total = int(found[1]), int(found[2])
    missing = [function for function in functions.split()
               if not re.search(r"Goal typed_%s_" % function, text)]
    state = "ok    " if proved == total and not missing else "not ok"
    print("%s %-8s %d of %d goals proved, %d functions of %s, %d s" % (
        state, name, proved, total, len(functions.split()), " ".join(files),
        time.monotonic() - begun))
    for goal in re.findall(r"\[(?:Failed|Timeout|Unknown)\] Goal (\S+)", text):
        print("       | not proved: " + goal)
    for function in missing:
        print("       | nothing to prove, or no such function: " + function)
    sys.stdout.flush()
    return proved, total + len(missing)


def main():
    out, flags = sys.argv[1], sys.argv[2:]
    os.makedirs(out, exist_ok=True)
    config = os.path.join(os.path.abspath(out), "why3.conf")
    os.environ["WHY3CONFIG"] = config
    if not os.path.exists(config):	# which provers there are
        subprocess.run(["why3", "config", "detect"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    results = [prove(name, flags) for name in UNITS]
    proved, total = (sum(column) for column in zip(*results))
    print("%d of %d goals proved" % (proved, total))
    sys.exit(proved != total)


if __name__ == "__main__":
    main()
