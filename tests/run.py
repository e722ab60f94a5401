#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run the tests.

  run.py [--board B] [NAME...]		usually as: make test [T=NAME] [BOARD=B]

A NAME is a suite (unit, unit-pmsav8, prove, fuzz, demo, commands, look, shell, faults, tracing, core, docs, target, bench, or what stands before
the first `_` in the name of a program of tests/target), a program, or board/program.  Without one all
suites run but acceptance.

Jobs that use one build folder run one after another: there is a lane for the host and one for
each board.  At most two jobs run at a time.  A job reports tests by name; a program, on the host
or on a board, does so by TAP (testanything.org): each line of it is a test, and a program without
a plan, with a panic, without an end or with a bad exit status has failed, whatever else it said.

tests/README.md tells how to add one.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = "tests/target"
ACCEPTANCE = "../shared/acceptance"

# The board's clock counts its instructions, 32 ns each, and passes over the time in which it has nothing
# to do: what a program measures does not depend on what else this machine does, and nobody waits.
CLOCK = ("-icount", "shift=5,sleep=off")
TIMEOUT = 300		# seconds for a program on a board, more where its first lines say `timeout: N`
MAKE_TIMEOUT = 900
JOBS = 2		# at a time
SHOWN = 40		# lines of output of what failed
SHOWN_AGAIN = 6		# the same, at the end of all
# Where nothing else is asked for, boards on which only some suites are run: what the others try is the same
# on every board, and on one with the MPU of another what that tries.
PARTLY = {"mps2-an505": {"target", "demo"}, "netduinoplus2": {"ipc", "fault", "demo"}}
MPUS = ("pmsav7", "pmsav8")	# folders of arch/cortex-m and of tests/host

# Variables of the make that called; each make here gets its own.
OUTER = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "T", "BOARD", "CMD", "APPS",
         "APPS_CFLAGS", "APPS_STACK", "PROGS", "TIMEOUT", "DRYRUN", "UART1", "V")

# A name may begin with a number of docs/adversary.md: #13 ...
TAP_LINE = re.compile(r"(not )?ok\b *(\d+)?(?: *-)? *((?:#\d)?[^#]*?) *(?:# *(skip)\b *(.*))?$", re.I)
TAP_PLAN = re.compile(r"1\.\.(\d+) *(?:# *(.*))?$")


class Failed(Exception):
    """A test failed; the text tells why."""


class Skipped(Exception):
    """A test cannot be run here; the text tells why."""


class Report:
    """Counts tests and prints a line for each."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}
        self.failed = []		# name and detail

    def add(self, state, name, seconds, detail=""):
        with self.lock:
            self.counts[state] += 1
            why = "  # " + detail if state == "skip" else ""
            print("%-6s %s  %.1f s%s" % (state, name, seconds, why))
            if state == "not ok":
                self.failed.append((name, detail))
                self.show(detail, SHOWN)
            sys.stdout.flush()

    @staticmethod
    def show(detail, most):
        """Print the last @most lines of why a test failed."""
        lines = detail.rstrip("\n").split("\n") if detail else []
        if len(lines) > most:
            lines = ["..."] + lines[-most:]
        for line in lines:
            print("       | " + line)

    def show_failed(self):
        """What failed once more, for who sees only the end of a long log."""
        for name, detail in self.failed:
            print("not ok " + name)
            self.show(detail, SHOWN_AGAIN)

    def last_line(self):
        line = "%d passed, %d failed" % (self.counts["ok"], self.counts["not ok"])
        return line + (", %d skipped" % self.counts["skip"] if self.counts["skip"] else "")


report = Report()


class Job:
    """What runs in one go: reports one test or many."""

    def __init__(self, lane, suites, name, run):
        self.lane, self.suites, self.name, self.run = lane, suites, name, run

    def is_asked(self, names):
        return any(name in self.suites or name in (self.name, self.name.partition("/")[2])
                   for name in names)

    def start(self):
        begun = time.monotonic()
        try:
            self.run(self)
        except Skipped as reason:
            report.add("skip", self.name, time.monotonic() - begun, str(reason))
        except Exception as reason:		# a mistake of the test itself fails it, too
            detail = str(reason) if isinstance(reason, Failed) else repr(reason)
            report.add("not ok", self.name, time.monotonic() - begun, detail)


# ---- Tools for jobs -------------------------------------------------------------------------

def environment():
    return {name: value for name, value in os.environ.items() if name not in OUTER}


def make(*words, stdin=subprocess.DEVNULL, timeout=MAKE_TIMEOUT, close_stdin=False):
    """Run make.  Returns its exit status and all it printed."""
    command = ["make", "--no-print-directory"] + list(words)
    if close_stdin:
        command = ["sh", "-c", 'exec "$@" <&-', "sh"] + command
    done = subprocess.run(command, cwd=ROOT, stdin=stdin, timeout=timeout, env=environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def must_make(*words, **options):
    """Run make, which has to succeed.  Returns what it printed."""
    status, text = make(*words, **options)
    if status:
        raise Failed("make %s: status %d\n%s" % (" ".join(words), status, text))
    return text


def build(board, *words):
    """Build an image.  Returns its path."""
    return must_make("image-path", "BOARD=" + board, *words).split()[-1]


def fact(board, name):
    """What boards/<board>/board.mk says; None: nothing."""
    with open(os.path.join(ROOT, "boards", board, "board.mk"), encoding="utf-8") as file:
        found = re.search(r"^%s\s*:=\s*(\S+)" % name, file.read(), re.M)
    return found and found.group(1)


def machine(board):
    """The QEMU machine of a board."""
    return fact(board, "QEMU_MACHINE")


def boot(board, image, timeout=TIMEOUT, options=()):
    """The command that boots an image, with its console on the standard output."""
    return [sys.executable, "tools/run.py", "--machine", machine(board), "--batch",
            "--timeout", str(timeout), *options, image, *CLOCK]


def run_tap(name, command, env=None, must_be_tap=True):
    """Run a program that prints TAP, and report each line of it as a test of @name."""
    program = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    begun = last = time.monotonic()
    text, since, plan, count, failed, panicked = [], 0, None, 0, False, False
    held = []		# a failure waits for the lines behind it, which tell why

    def tell():
        if held:
            report.add("not ok", held[0], held[1], "\n".join(text[held[2]:]))
            held.clear()

    for raw in program.stdout:
        line = raw.decode(errors="replace").rstrip("\r\n")
        found, planned = TAP_LINE.match(line), TAP_PLAN.match(line)
        panicked |= line.startswith("panic: ")
        if found:
            tell()
            count += 1
            now, label = time.monotonic(), "%s: %s" % (name, found[3] or count)
            if found[4]:
                report.add("skip", label, now - last, found[5])
            elif found[1]:
                failed = True
                held[:] = [label, now - last, since]
            else:
                report.add("ok", label, now - last)
            if found[2] and int(found[2]) != count:
                failed = True
                report.add("not ok", label, 0, "line %s is number %d" % (found[2], count))
            last, since = now, len(text) + 1
        elif planned:
            tell()
            plan = int(planned[1])
        text.append(line)
    status = program.wait()
    tell()

    wrong = []
    if panicked:
        wrong.append("panic")
    if status == 124:
        wrong.append("no end in time")
    elif status and not failed:
        wrong.append("exit status %d" % status)
    elif failed and status == 0 and plan is not None:
        wrong.append("exit status 0 in spite of a failure")
    if plan is None and (count or must_be_tap):
        wrong.append("no plan: it ended before its time")
    elif plan is not None and plan != count:
        wrong.append("%d tests planned, %d run" % (plan, count))
    if wrong:
        report.add("not ok", name, time.monotonic() - begun,
                   "\n".join(text[since:] + [", ".join(wrong)]))
    elif count == 0:
        report.add("ok", name, time.monotonic() - begun)


# ---- Suites ---------------------------------------------------------------------------------

def host_jobs():
    """The tests of this machine: cmocka programs, or any that tell by their exit status."""
    yield from unit_jobs("pmsav7", "unit", "build/host/bin", {})
    # The same files of mm/ with the other protection unit: what takes long is done in part.
    yield from unit_jobs("pmsav8", "unit-pmsav8", "build/host-pmsav8/bin", {"OPS": "20000"})


def unit_jobs(mpu, suite, folder, env):
    sources = [source for source in
               sorted(glob.glob("tests/host/**/test_*.c", recursive=True, root_dir=ROOT))
               if not any(source.startswith("tests/host/%s/" % other)
                          for other in MPUS if other != mpu)]

    def build_all(_):
        must_make("-j%d" % JOBS, "unit-build", "HOST_MPU=" + mpu)

    def run_one(job):
        run_tap(job.name, [os.path.join(folder, job.name.partition("/")[2])],
                dict(environment(), CMOCKA_MESSAGE_OUTPUT="TAP", **env), must_be_tap=False)

    if sources:
        yield Job("host", {"unit", suite, "adversary"}, suite + "/build", lambda job: build_all(job))
    for source in sources:
        name = suite + "/" + source[len("tests/host/"):-len(".c")]
        yield Job("host", {"unit", suite} | suites_of(source), name, run_one)


def prove_jobs(boards):
    """The proofs, less what takes long."""
    def prove(board, mpu):
        def run(job):
            must_make("prove-build", "BOARD=" + board)
            run_tap(job.name, ["build/host/prove/%s-%s" % (board, mpu), "quick"])
        return run

    for board in boards:
        for mpu in MPUS:
            yield Job("host", {"prove"}, "prove/%s-%s" % (board, mpu), prove(board, mpu))


def fuzz_jobs():
    """Each fuzz target once over its seeds."""
    def run_one(job):
        target = job.name[len("fuzz/"):]
        must_make("fuzz-replay-build", "FUZZ=" + target)
        seeds = sorted(glob.glob("tests/fuzz/seeds/%s/*" % target, root_dir=ROOT))
        run_tap(job.name, ["build/host/fuzz/" + target] + seeds, must_be_tap=False)

    for source in sorted(glob.glob("tests/fuzz/*.c", root_dir=ROOT)):
        target = os.path.basename(source)[:-len(".c")]
        if target != "replay":
            yield Job("host", {"fuzz"}, "fuzz/" + target, run_one)


def suites_of(source):
    """What tries a case of docs/adversary.md says so by its number, in the name of a test."""
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        return {"adversary"} if re.search(r'"#\d+ |\badversary_\d+_', file.read()) else set()


def timeout_of(source):
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        found = re.search(r"timeout: (\d+)", file.read(2000))
    return max(int(found.group(1)) if found else 0, TIMEOUT)


def programs(folder):
    """The programs that make finds in a folder: name and source, the first if there are many."""
    found = {}
    for source in sorted(glob.glob(folder + "/*.c", root_dir=ROOT) +
                         glob.glob(folder + "/*/*.c", root_dir=ROOT)):
        name = os.path.relpath(source, folder).split("/")[0]
        found.setdefault(name[:-2] if name.endswith(".c") else name, source)
    found.pop("root", None)
    return found


def target_jobs(board, folder, suites):
    """Each program of a folder in an image of its own."""
    def run_one(source, program):
        def run(job):
            image = build(board, "APPS=" + folder, "CMD=" + program)
            run_tap(job.name, boot(board, image, timeout_of(source)))
        return run

    for program, source in programs(folder).items():
        yield Job(board, suites | {program.partition("_")[0]} | suites_of(source), board + "/" + program,
                  run_one(source, program))


def command_jobs(board):
    """Tests of the commands: functions, each one test."""
    import commands
    import cores
    import faults
    import shell
    import tracing
    import transcripts
    for suite, module in (("demo", commands.DEMO), ("commands", commands.COMMANDS),
                          ("look", commands.LOOK), ("shell", shell.TESTS), ("faults", faults.TESTS),
                          ("tracing", tracing.TESTS), ("core", cores.TESTS), ("docs", transcripts.TESTS)):
        for test in module:
            label = "%s/%s: %s" % (board, suite, test.__name__.replace("_", " "))

            def run(job, test=test, label=label):
                begun = time.monotonic()
                test(board)
                report.add("ok", label, time.monotonic() - begun)
            yield Job(board, {suite}, label, run)


def bench_job(board):
    """No measurement has become worse: tests/bench/README.md."""
    def run(job):
        begun = time.monotonic()
        must_make("bench-check", "BOARD=" + board)
        report.add("ok", job.name, time.monotonic() - begun)

    return Job(board, {"bench"}, board + "/bench-check", run)


def all_jobs(boards, names):
    jobs = list(host_jobs()) + list(prove_jobs(boards)) + list(fuzz_jobs())
    for board in boards:
        jobs += command_jobs(board)
        jobs += target_jobs(board, TARGET, {"target"})
        if os.path.exists(os.path.join(ROOT, "tests/bench/%s.tsv" % board)):
            jobs.append(bench_job(board))
    if "acceptance" in names:
        if not os.path.isdir(os.path.join(ROOT, ACCEPTANCE)):
            report.add("skip", "acceptance", 0, "there is no folder " + ACCEPTANCE)
        for board in boards:
            jobs += target_jobs(board, ACCEPTANCE, {"acceptance"})
    return jobs


# ---- Running --------------------------------------------------------------------------------

def prepare(boards):
    """What all lanes share is made before any of them starts."""
    for board in boards:
        print("building for %s ..." % board)
        sys.stdout.flush()
        status, text = make("-j%d" % JOBS, "image-path", "BOARD=" + board)
        if status:
            report.add("not ok", board + "/build", 0, text)
            return False
    return True


def run_lanes(jobs):
    slots = threading.Semaphore(JOBS)

    def run_lane(lane):
        for job in jobs:
            if job.lane == lane:
                with slots:
                    job.start()

    lanes = sorted({job.lane for job in jobs})
    threads = [threading.Thread(target=run_lane, args=(lane,), daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--board")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    boards = sorted(os.path.basename(os.path.dirname(path))
                    for path in glob.glob(os.path.join(ROOT, "boards/*/board.mk")))
    if args.board:
        boards = [args.board]
    sys.path.insert(0, HERE)
    sys.modules["run"] = sys.modules["__main__"]	# so that the suites import this very module

    jobs = all_jobs(boards, args.names)
    if args.names:
        jobs = [job for job in jobs if job.is_asked(args.names)]
    elif not args.board:
        jobs = [job for job in jobs if job.lane not in PARTLY or job.suites & PARTLY[job.lane]]
    if not jobs and not report.counts["skip"]:
        sys.exit("test: there is no test %s" % " ".join(args.names))
    lanes = {job.lane for job in jobs}
    if not jobs or prepare([board for board in boards if board in lanes] or boards[:1]):
        run_lanes(jobs)
    report.show_failed()
    print(report.last_line())
    sys.exit(1 if report.counts["not ok"] else 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
