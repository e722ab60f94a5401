#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prove the absence of run-time errors, and what the contracts beside the code say, by Frama-C.

  verify.py OUT [-u UNIT,...] CPPFLAG...		usually as: make verify

For each of UNITS twice:

- WP proves for each of the functions named, for all that its contract allows: no undefined behaviour
  (invalid memory, shifts too far, divisions by zero, signed overflow), every contract of what it calls
  is kept, loops end, nothing is written but what `assigns` names, and what `ensures` says holds.
- Eva runs main() of tests/eva, in which every input is any that a caller can give, through all that it calls, and
  raises an alarm wherever it cannot see that there is no undefined behaviour (also: that what is read was
  written before), or a contract is kept.  What it leaves open is given to WP.

What is left open is printed, and fails the run; so does a statement that Eva never reaches.
OUT is for files of the provers, and what they say at length.
"""
import csv
import os
import re
import subprocess
import sys
import time

PROVERS = "z3,cvc4"
TIMEOUT = 60		# seconds for a goal: most take a tenth of one, on a machine that is idle
EVA = ["-eva", "-eva-no-results", "-eva-precision", "3", "-eva-split-return", "auto", "-eva-interprocedural-splits"]
GOOD = ("Valid", "Considered valid")	# the second: axioms, and contracts of what has no code here
FRAMES = ("assigns clause", "from clause")
COVER = ("cover_block cover_span cover_off cover_find cover_grants cover_count "
         "cover_unit cover_round cover_place_low cover_place_high "
         "arch_mpu_encode arch_mpu_empty arch_mpu_decode ")

# Of each unit the file with main(), the files, flags, and the functions that WP proves.  docs/proofs.md tells
# which are not.
UNITS = {
    "pmsav7": ("mpu", ["arch/cortex-m/pmsav7/cover.c", "arch/cortex-m/pmsav7/mpu_encode.c"],
               ["-Iarch/cortex-m/pmsav7/include"],
               COVER + "block_mask eighth_of ceil_log2 edge_log2"),
    "pmsav8": ("mpu", ["arch/cortex-m/pmsav8/cover.c", "arch/cortex-m/pmsav8/mpu_encode.c"],
               ["-Iarch/cortex-m/pmsav8/include", "-DCONFIG_MPU_REGIONS=8"],
               COVER + "cover_granted page_ceil"),
    "elf": ("elf", ["kernel/elf.c"], [],
            "get_le16 get_le32 lies_in get_phdr elf_judge_header judge_load "
            "elf_judge_segments elf_find_relocations relocate_word elf_relocate"),
    "romfs": ("romfs", ["fs/romfs_format.c"], [],
              "has get_be32 adds_up name_at romfs_open romfs_read_node romfs_resolve "
              "is_zero romfs_mappable"),
    "uaccess": ("uaccess", ["mm/uaccess.c"], ["-Iarch/cortex-m/pmsav7/include"],
                "granted user_range addr_ptr"),
}


def properties(path, functions):
    """What is left open, as lines.

    A precondition is judged at each call.  What a function that is not asked about assigns is not claimed."""
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            function = re.sub(r"_\d+$", "", row["function"])	# of inline ones each file has its own
            kind = row["property kind"]
            is_claimed = kind != "precondition" and (function in functions or kind not in FRAMES)
            if row["status"] not in GOOD and is_claimed:
                yield "%s/%s:%s: %s: %s, %s: %s" % (row["directory"], row["file"], row["line"], row["function"],
                                                    kind, row["status"].lower(), row["property"])


def frama_c(name, how, out, more, arguments):
    """Frama-C's words, also kept in OUT."""
    files, own = UNITS[name][1:3]
    command = ["frama-c", "-machdep", "gcc_x86_32", "-cpp-extra-args=" + " ".join(more + own)] + files + arguments
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          stdin=subprocess.DEVNULL)
    text = done.stdout.decode(errors="replace")
    with open(os.path.join(out, "%s.%s.log" % (name, how)), "w", encoding="utf-8") as log:
        log.write(text)
    return text if done.returncode == 0 else text + "\nfailed"


def wp(functions):
    return ["-wp", "-wp-rte", "-wp-prover", PROVERS, "-wp-timeout", str(TIMEOUT), "-wp-par", "2",
            "-wp-prop=-by_eva", "-wp-fct", ",".join(functions)]


def tell(good, name, how, words, begun, left):
    print("%s %-8s %-4s %s, %d s" % ("ok    " if good else "not ok", name, how + ":", words, time.monotonic() - begun))
    for line in left:
        print("       | " + line)
    sys.stdout.flush()


def prove(name, out, flags):
    """All goals of the unit's functions: proved, and how many there are."""
    begun = time.monotonic()
    functions = UNITS[name][3].split()
    text = frama_c(name, "wp", out, flags, wp(functions))
    found = re.search(r"Proved goals:\s*(\d+) / (\d+)", text)
    if not found or text.endswith("failed"):
        tell(False, name, "WP", "no result", begun, text.split("\n"))
        return 0, 1
    proved, total = int(found[1]), int(found[2])
    missing = [function for function in functions if not re.search(r"Goal typed_%s_" % function, text)]
    tell(proved == total and not missing, name, "WP",
         "%d of %d goals proved, %d functions" % (proved, total, len(functions)), begun,
         ["not proved: " + goal for goal in re.findall(r"\[(?:Failed|Timeout|Unknown)\] Goal (\S+)", text)] +
         ["nothing to prove, or no such function: " + function for function in missing])
    return proved, total + len(missing)


def run_all_inputs(name, out, flags):
    """Eva from main(): is nothing left open?"""
    begun = time.monotonic()
    main, _, _, functions = UNITS[name]
    source = "tests/eva/%s.c" % main
    with open(source, encoding="utf-8") as file:
        own = re.findall(r"^(?:static )?\w+ (\w+)\([^;]*\)\n\{", file.read(), re.M)
    report = os.path.join(out, name + ".csv")
    if os.path.exists(report):
        os.remove(report)
    text = frama_c(name, "eva", out, flags, [source, "tests/eva/builtins.c"] + EVA +
                   ["-then"] + wp(functions.split() + own) + ["-then", "-report-csv", report])
    reached = re.search(r"(\d+) statements reached \(out of (\d+)\)", text)
    alarms = re.search(r"(\d+) alarms? generated by the analysis", text)
    handed = len(re.findall(r"^\[eva:alarm\]", text, re.M))
    if not reached or not alarms or text.endswith("failed") or not os.path.exists(report):
        tell(False, name, "Eva", "no result", begun, text.split("\n"))
        return False
    left = ["left open: " + item for item in properties(report, functions.split())]
    good = not left and reached[1] == reached[2]
    tell(good, name, "Eva", "%s of %s statements, %s alarms; of those and of contracts %d left to WP, %d left open" % (
        reached[1], reached[2], alarms[1], handed, len(left)), begun, left)
    return good


def main():
    out, flags = os.path.abspath(sys.argv[1]), sys.argv[2:]
    units = list(UNITS)
    if flags[0] == "-u":
        units = flags[1].split(",")
        flags = flags[2:]
    os.makedirs(out, exist_ok=True)
    config = os.path.join(out, "why3.conf")
    os.environ["WHY3CONFIG"] = config
    if not os.path.exists(config):	# which provers there are
        subprocess.run(["why3", "config", "detect"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    clean = [run_all_inputs(name, out, flags) for name in units]
    results = [prove(name, out, flags) for name in units]
    proved, total = (sum(column) for column in zip(*results))
    print("%d of %d goals proved, %d of %d units without an alarm" % (proved, total, sum(clean), len(clean)))
    sys.exit(proved != total or not all(clean))


if __name__ == "__main__":
    main()
