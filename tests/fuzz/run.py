#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run fuzz targets, two at a time.

  run.py --bin DIR --seeds DIR --out DIR --seconds N TARGET...	usually as: make fuzz

The seconds are those of the clock: they are shared out so that all targets together take so
long on two cores.  Inputs that reach new code are kept in OUT/corpus, where the next run goes
on; an input that makes a target fail is kept in OUT/failures, with the command that repeats it.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time

JOBS = 2
INPUT_SECONDS = 20	# for one input: more is a failure
SHOWN = 25		# lines of what failed


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(args, target, seconds):
    corpus = os.path.join(args.out, "corpus", target)
    failures = os.path.join(args.out, "failures")
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(failures, exist_ok=True)
    prefix = os.path.join(failures, target + "-")
    program = os.path.join(args.bin, target)
    before = set(glob.glob(prefix + "*"))
    command = [program, "-max_total_time=%d" % seconds, "-timeout=%d" % INPUT_SECONDS,
               "-artifact_prefix=" + prefix, "-print_final_stats=1", "-max_len=4096",
               "-rss_limit_mb=1024", corpus]
    seeds = os.path.join(args.seeds, target)
    if os.path.isdir(seeds):
        command.append(seeds)
    begun = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          stdin=subprocess.DEVNULL)
    text = done.stdout.decode(errors="replace")
    line = "%-8s %9d executions, %5d edges covered, corpus %4d, %3d s" % (
        target, number(r"stat::number_of_executed_units:\s*(\d+)", text),
        number(r"\bcov: (\d+)", text), len(os.listdir(corpus)), time.monotonic() - begun)
    if done.returncode == 0:
        return True, "ok     " + line
    # Those that this run found, else what it fails at already.
    inputs = sorted(set(glob.glob(prefix + "*")) - before)
    inputs = inputs or re.findall(r"Running: (\S+)", text)[-1:]
    text = "\n".join("       | " + part for part in text.rstrip().split("\n")[-SHOWN:])
    again = "\n".join("       again: %s %s" % (program, path) for path in inputs)
    return False, "not ok %s\n%s\n%s" % (line, text, again)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("bin", "seeds", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("targets", nargs="+")
    args = parser.parse_args()

    lanes = min(JOBS, len(args.targets))
    seconds = max(1, args.seconds * lanes // len(args.targets))
    all_good = True
    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        for good, text in pool.map(lambda target: run(args, target, seconds), args.targets):
            all_good &= good
            print(text)
            sys.stdout.flush()
    sys.exit(0 if all_good else 1)


if __name__ == "__main__":
    main()
