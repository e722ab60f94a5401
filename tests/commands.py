# SPDX-License-Identifier: MIT
"""Tests of the commands that a user types: each function is one test, on one board.

A test raises Failed with what it saw.  Commands are run as a user would run them, by make, with
nothing on standard input unless the test says otherwise.
"""
import os
import re
import subprocess
import tempfile
import time

import run
from run import Failed, make, must_make

OWN = "tests/own"


def must(good, text):
    if not good:
        raise Failed(text)


def must_hold(text, *patterns):
    """The text must have a line for each pattern, in this order."""
    at = 0
    for pattern in patterns:
        found = re.compile("^%s$" % pattern, re.M).search(text, at)
        must(found, "no line `%s` in:\n%s" % (pattern, text))
        at = found.end()


def run_command(board, command, *words, **options):
    return make("run", "BOARD=" + board, "CMD=" + command, *words, **options)


def must_run(board, command, *words, **options):
    status, text = run_command(board, command, *words, **options)
    must(status == 0, "%s: status %d\n%s" % (command, status, text))
    return text


# ---- The demonstrations ---------------------------------------------------------------------

def hello(board):
    must_hold(must_run(board, "hello a 'b c'"), r"process \d+, 3 arguments: hello a b c",
              "%lld 1099511627776, %zu 16, %f 1.414214", "from hello newlib world in 25 bytes.*")


def mapdemo(board):
    text = must_run(board, "mapdemo")
    must("NO" not in text and text.count(": yes") == 9, text)
    must_hold(text, r"parent: /bin/mapdemo is at (0x\w+)", r" child: the same address: yes")


def trespass(board):
    text = must_run(board, "trespass")
    must_hold(text, "12 of 12 killed, the others are unharmed")
    must(len(re.findall("segmentation fault at", text)) == 12, "not 12 reports in:\n" + text)


# ---- Exit status, input, time -----------------------------------------------------------------

def status_of_true(board):
    status, text = run_command(board, "true")
    must(status == 0, "status %d\n%s" % (status, text))


def status_of_false(board):
    must(run_command(board, "false")[0] != 0, "status 0")


def status_of_a_line(board):
    must(run_command(board, "false || true && true")[0] == 0, "status not 0")
    must(run_command(board, "true; sh -c 'exit 3'")[0] != 0, "status 0")


def a_program_that_is_not_there(board):
    status, text = run_command(board, "no_such_program")
    must(status != 0, "status 0")
    must_hold(text, "sh: no_such_program: not found")


def standard_input_closed(board):
    must_hold(must_run(board, "echo here", close_stdin=True), "here")


def in_a_pipe(board):
    text = subprocess.run(["sh", "-c", 'printf "x\\n" | make --no-print-directory run BOARD=%s '
                           'CMD="echo through | cat" 2>&1 | cat; '
                           'printf "x\\n" | make --no-print-directory run BOARD=%s '
                           'CMD="echo through" | cat' % (board, board)],
                          cwd=run.ROOT, stdout=subprocess.PIPE, timeout=120, check=True,
                          env=run.environment()).stdout.decode()
    must_hold(text, "through")


def time_out(board):
    begun = time.monotonic()
    status, text = run_command(board, "sleep 100", "TIMEOUT=2")
    must(status != 0 and "no end within 2 s" in text, text)
    must(time.monotonic() - begun < 60, "it took too long")


def words_reach_the_program(board):
    must_hold(must_run(board, "echo 'a  b' \"c d\" e\\ f; echo $?"), "a  b c d e f", "0")


# ---- Images -----------------------------------------------------------------------------------

def program_of_ones_own(board):
    must_hold(must_run(board, "own a b", "APPS=" + OWN),
              "4611686018427387904 5120 0.333333 b a file of its own")


def program_of_ones_own_elsewhere(board):
    with tempfile.TemporaryDirectory(prefix="croft-test-") as folder:
        with open(os.path.join(folder, "two.c"), "w", encoding="utf-8") as file:
            file.write("#include <stdio.h>\nint main(void) { printf(\"%d\\n\", N); return 0; }\n")
        with open(os.path.join(folder, "broken.c"), "w", encoding="utf-8") as file:
            file.write("int main(void) { return nothing; }\n")
        text = must_run(board, "two", "APPS=" + folder, "APPS_CFLAGS=-DN=42")
        must_hold(text, "42")
        # A small image leaves all others out before.
        must("LEFT OUT" in text or run.machine(board) == "lm3s6965evb", "nothing said of the program that does not compile:\n" + text)
        status, text = run_command(board, "broken", "APPS=" + folder)
        must(status != 0, "a program that does not compile ran:\n" + text)


def image_that_does_not_fit(board):
    # Flash of 4 MiB is not filled here.
    if run.machine(board) != "lm3s6965evb":
        return
    with tempfile.TemporaryDirectory(prefix="croft-test-") as folder:
        os.mkdir(os.path.join(folder, "root"))
        with open(os.path.join(folder, "root", "large"), "wb") as file:
            file.write(bytes(300 * 1024))
        status, text = make("image-path", "BOARD=" + board, "APPS=" + folder, "CMD=true")
    must(status != 0, "it fits:\n" + text)
    must(re.search(r"\d+ too many", text), text)
    must(re.search(r"307200 +/large", text), text)


def boot_the_bin_by_address(board):
    must_make("files", "BOARD=" + board, "CMD=hello")
    image = run.build(board, "CMD=hello")[:-len(".elf")] + ".bin"
    must(os.path.exists(os.path.join(run.ROOT, image[:-len(".bin")] + ".hex")), "no .hex")
    done = subprocess.run(run.boot(board, image, options=["--bin-at", "0"]), cwd=run.ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          stdin=subprocess.DEVNULL, check=False)
    text = done.stdout.decode(errors="replace")
    must(done.returncode == 0, "status %d\n%s" % (done.returncode, text))
    must_hold(text, r"process \d+, 1 arguments: hello")


def flash_dry_run(board):
    text = must_make("flash", "BOARD=" + board, "CMD=hello", "DRYRUN=1")
    for suffix in ("elf", "bin", "hex"):
        must_hold(text, r"  build/%s/\S+/croft\.%s" % (board, suffix))
    if run.machine(board) == "lm3s6965evb":
        must_hold(text, r"openocd -f \S+ -c \"program \S+croft\.elf verify reset exit\"")
    else:
        text = must_make("flash", "BOARD=" + board, "CMD=hello", "DRYRUN=1", "DRIVE=/media/X")
        must_hold(text, r"cp \S+croft\.bin /media/X/SOFTWARE/croft\.bin")


def size(board):
    must_hold(must_make("size", "BOARD=" + board), r"kernel +flash +static RAM",
              r" +mm/ +\d+ +\d+", r" +total +\d+ +\d+")


def help_and_wrong_board(board):
    must_hold(must_make("help", "BOARD=" + board), "Targets:", r".*make run CMD='prog a'.*")
    status, text = make("BOARD=no_such_board")
    must(status != 0 and board in text, text)


DEMO = (hello, mapdemo, trespass)
COMMANDS = (status_of_true, status_of_false, status_of_a_line, a_program_that_is_not_there,
            standard_input_closed, in_a_pipe, time_out, words_reach_the_program,
            program_of_ones_own, program_of_ones_own_elsewhere, image_that_does_not_fit,
            boot_the_bin_by_address, flash_dry_run, size, help_and_wrong_board)
