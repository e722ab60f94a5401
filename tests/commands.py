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

FUZZ_CLOCK = "-icount shift=3,sleep=off"	# docs/adversary.md
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
    """`make run`, whose clock counts instructions: a busy host makes nothing late."""
    return make("run", "BOARD=" + board, "CMD=" + command, "QEMU_ARGS=" + " ".join(run.CLOCK), *words, **options)


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


def fuzzsys(board):
    text = must_run(board, "fuzzsys 20000 1", "TIMEOUT=800", "QEMU_ARGS=" + FUZZ_CLOCK)
    must_hold(text, r"fuzzsys: seed 1, \d+ calls by \d+ workers", "fuzzsys: PASS")


def chat(board):
    text = must_run(board, "chat")
    must_hold(text, "ann kills the driver", r"ben: read\(\) says: I/O error",
              r"ann hears: \(it is open again\)", r"ben reads: .* Still there\?", "ann hears: Yes.*")


# ---- Exit status, input, time -----------------------------------------------------------------

def status_of_true(board):
    status, text = run_command(board, "true", "QEMU_ARGS=")
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
    status, text = run_command(board, "sleep 100", "TIMEOUT=2", "QEMU_ARGS=")
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
        must("LEFT OUT" in text or run.fact(board, "FLASH_SMALL"), "nothing said of the program that does not compile:\n" + text)
        status, text = run_command(board, "broken", "APPS=" + folder)
        must(status != 0, "a program that does not compile ran:\n" + text)


def services_that_end_are_started_again(board):
    """Also beside a command line, and each time later."""
    with tempfile.TemporaryDirectory(prefix="croft-test-") as folder:
        os.makedirs(os.path.join(folder, "root", "etc"))
        with open(os.path.join(folder, "root", "etc", "inittab"), "w", encoding="utf-8") as file:
            file.write("# what ends\n\nbad:respawn:/bin/false\ngood:once:/bin/sh -c true\n"
                       "none:once:/bin/none\nnonsense\na:never:/bin/true\n")
        text = must_run(board, "echo at once; sleep 4; false || echo still", "APPS=" + folder, "PROGS=true")
    must_hold(text, "init: /etc/inittab: not understood, or too much: nonsense")
    must_hold(text, "init: none cannot be started")
    must_hold(text, "init: bad ended: status 1; again in 1 s",
              "init: bad ended: status 1; again in 2 s",
              "init: bad ended: status 1; again in 4 s", "still")
    must_hold(text, "at once", "init: bad ended: status 1; again in 2 s")
    must(text.count("init: good ended: status 0\n") == 1, text)


def second_uart_elsewhere(board):
    with tempfile.TemporaryDirectory(prefix="croft-test-") as folder:
        path = os.path.join(folder, "sent")
        must_run(board, "uartd /dev/uart1 /dev/ttyS1 & sleep 1; echo to a file > /dev/ttyS1; sleep 1; "
                 "poweroff", "PROGS=sleep", "UART1=file:" + path)
        with open(path, encoding="utf-8") as file:
            sent = file.read()
    must(sent == "to a file\n", "sent: " + repr(sent))


def image_that_does_not_fit(board):
    # Flash of 4 MiB is not filled here.
    if not run.fact(board, "FLASH_SMALL"):
        return
    kib = int(run.fact(board, "FLASH_SIZE").replace("M", "024K")[:-1]) + 44
    with tempfile.TemporaryDirectory(prefix="croft-test-") as folder:
        os.mkdir(os.path.join(folder, "root"))
        with open(os.path.join(folder, "root", "large"), "wb") as file:
            file.write(bytes(kib * 1024))
        status, text = make("image-path", "BOARD=" + board, "APPS=" + folder, "CMD=true")
    must(status != 0, "it fits:\n" + text)
    must(re.search(r"\d+ too many", text), text)
    must(re.search(r"%d +/large" % (kib * 1024), text), text)


def boot_the_bin_by_address(board):
    must_make("files", "BOARD=" + board, "CMD=hello")
    image = run.build(board, "CMD=hello")[:-len(".elf")] + ".bin"
    must(os.path.exists(os.path.join(run.ROOT, image[:-len(".bin")] + ".hex")), "no .hex")
    done = subprocess.run(run.boot(board, image, options=["--bin-at", run.fact(board, "FLASH_BASE")]), cwd=run.ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          stdin=subprocess.DEVNULL, check=False)
    text = done.stdout.decode(errors="replace")
    must(done.returncode == 0, "status %d\n%s" % (done.returncode, text))
    must_hold(text, r"process \d+, 1 arguments: hello")


def flash_dry_run(board):
    text = must_make("flash", "BOARD=" + board, "CMD=hello", "DRYRUN=1")
    for suffix in ("elf", "bin", "hex"):
        must_hold(text, r"  build/%s/\S+/croft\.%s" % (board, suffix))
    if run.fact(board, "OPENOCD_CFG"):
        must_hold(text, r"openocd( -f \S+)+ -c \"program \S+croft\.elf verify reset exit\"")
    else:
        text = must_make("flash", "BOARD=" + board, "CMD=hello", "DRYRUN=1", "DRIVE=/media/X")
        must_hold(text, r"cp \S+croft\.bin /media/X/SOFTWARE/croft\.bin")


def size(board):
    must_hold(must_make("size", "BOARD=" + board), r"kernel +flash +static RAM",
              r" +mm/ +\d+ +\d+", r" +total +\d+ +\d+", r" +vma +\d+")


def interrupts_are_masked_briefly(board):
    """The tool judges the kernel; a limit that it does not keep shows that it does so."""
    for variant in ("", "release"):
        text = must_make("irqmasks", "BOARD=" + board, "VARIANT=" + variant)
        must_hold(text, r"restart +\d+ +arch/cortex-m/tick.c:\d+ .*", r"at most +\d+ +of 30")
    most = int(re.search(r"^at most +(\d+)", text, re.M).group(1))
    status, text = make("irqmasks", "BOARD=" + board, "MASKED_MAX=%d" % (most - 1))
    must(status and "masks for %d instructions; %d are allowed" % (most, most - 1) in text, text)


def size_of_a_feature(board):
    text = must_make("size-features", "BOARD=" + board, "FEATURES=CHANNELS")
    cost = re.search(r"^\| `CHANNELS` \| (\d+) \| \d+ \|$", text, re.M)
    must(cost and int(cost.group(1)) > 1000, "channels cost no flash:\n" + text)


def minimal_configuration(board):
    must_hold(must_run(board, "mapdemo", "VARIANT=minimal"),
              "parent: another process shares the region: yes", "parent: all are given back: yes")
    must_hold(must_run(board, "cat /proc/meminfo || echo there is none", "VARIANT=minimal"),
              "there is none")


def help_and_wrong_board(board):
    must_hold(must_make("help", "BOARD=" + board), "Targets:", r".*make run CMD='prog a'.*")
    status, text = make("BOARD=no_such_board")
    must(status != 0 and board in text, text)


# ---- Looking at what runs ---------------------------------------------------------------------

def ps_lists_processes(board):
    text = must_run(board, "sleep 5 & ps; kill -KILL 3; ps")
    must_hold(text, "  PID  PPID S PRI THR       TIME    RSS COMMAND",
              r"    1     0 S  16   1 +\d+:\d\d\.\d\d +\d+ init",
              r"    2     1 [RS]  16   1 +\d+:\d\d\.\d\d +\d+ sh",
              r"    3     2 S  16   1    0:00\.\d\d +\d+ sleep",
              r"    4     2 R  16   1    0:00\.\d\d +\d+ ps",
              "  PID  PPID .*", "    3     2 Z  .* 0 sleep")


def top_shows_rounds(board):
    text = must_run(board, "top -n 2 -d 1")
    must(text.count("  PID S PRI  %CPU  MISS/S       TIME    RSS COMMAND") == 2, text)
    ups = [float(up) for up in re.findall(r"^up (\d+\.\d\d) s, \d+\.\d % idle; \d+ kB free of", text,
                                          re.M)]
    must(len(ups) == 2 and 1 <= ups[1] - ups[0] < 2, text)
    must_hold(text, r"    1 S  16 +\d+\.\d +\d+ +\d+:\d\d\.\d\d +\d+ init", "up .*",
              r"    1 S  16 +0\.0 +0 +.* init", r"    3 R  16 .* top")
    must(run_command(board, "top -n none")[0] != 0, "it takes a word for a number")


def top_sees_who_works(board):
    text = must_run(board, "own_spin & top -n 2 -d 2; kill -KILL 3", "APPS=" + OWN)
    must_hold(text, "  PID .*", r"    3 R  .* own_spin", "  PID .*",
              r"    3 R  16 +([89]\d|100)\.\d .* own_spin")


def free_adds_up(board):
    found = re.search(r"^kB +total +used +free +largest +shared +private +records\n"
                      r"Mem: +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$",
                      must_run(board, "free"), re.M)
    must(found, "no figures")
    total, used, unused, largest, shared, private, records = map(int, found.groups())
    must(total == used + unused and largest <= unused and shared + private + records <= used,
         found.group())


def maps_of_all_and_of_one(board):
    must_hold(must_run(board, "maps"), r"[0-9a-f]{8}-[0-9a-f]{8} r-xs .* /bin/init usage 1")
    must_hold(must_run(board, "maps 1"), r"[0-9a-f]{8}-[0-9a-f]{8} r-xp .* /bin/init",
              r".* rw-p .*\[stack\]")
    must(run_command(board, "maps 4711")[0] != 0, "there is no such process")


def mpu_of_all_and_of_one(board):
    must_hold(must_run(board, "mpu"), "  PID USED PINNED  REFILLS  EVICTED   MISS/S  WASTE COMMAND",
              r"    1 +\d 1? .* init", r"    3 .* mpu")
    must_hold(must_run(board, "mpu 1"), r"0: .*", r"7: [0-9a-f]{8}-[0-9a-f]{8} rw- off 00 stack",
              "MpuSlots:\t8", r"MpuRefills:\t\d+")


def mem_shows_every_page(board):
    text = must_run(board, "mem; free; cat /proc/pagemap")
    rows = re.findall(r"^([0-9a-f]{8}) (\S+|\d+ pages free)$",
                      re.sub("\x1b\\[[0-9;]*m", "", text), re.M)
    runs = re.findall(r"^([0-9a-f]{8})-([0-9a-f]{8}) +(\d+) (\w+) ", text, re.M)
    shown = sum(int(what.split()[0]) if " " in what else len(what) for _, what in rows)
    must(shown == sum(int(run[2]) for run in runs), "%d pages are shown in:\n%s" % (shown, text))
    kernel = sum(int(run[2]) for run in runs if run[3] == "static")
    must(sum(what.count("#") for _, what in rows if " " not in what) == kernel, text)
    must(re.search("\x1b\\[30;4[1-6]m[hs]", text), "no colours:\n" + text)
    must_hold(must_run(board, "mem | cat"), "# kernel data .* free", r"1 init   2 sh   .*",
              r"\d+ free runs, the longest of \d+ kB")


def segments_are_listed_and_removed(board):
    text = must_run(board, "segment; ipcs; segment stay & sleep 1; ipcs; ipcrm -M 42; ipcs; "
                    "kill -KILL 5; sleep 1; ipcs; echo end; ipcrm -m 4711 || echo none; "
                    "segment; ipcrm -m 0x0 || ipcs", "APPS=" + OWN)
    must_hold(text, "key        shmid      owner      perms      bytes      nattch     status",
              r"0x0000002a \d+ +0 +640 +5000 +0 +", "key .*",
              r"0x0000002a \d+ +0 +640 +5000 +1 +", "key .*",
              r"0x0{8} \d+ +0 +640 +5000 +1 +dest", "key .*", "end", ".*no such segment.*", "none")


def hexdump_shows_bytes(board):
    text = must_run(board, "echo 'abcdefghijklmnop0123456789' | hexdump; hexdump /own/zeros",
                    "APPS=" + OWN)
    must_hold(text,
              r"00000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  \|abcdefghijklmnop\|",
              r"00000010  30 31 32 33 34 35 36 37  38 39 0a +\|0123456789\.\|",
              "0000001b", r"00000000  00( 00){7}  00( 00){7}  \|\.{16}\|", r"\*", "00000040")


def time_tells_how_long(board):
    text = must_run(board, "time sleep 2; time sh -c 'exit 3' || echo status $?")
    must(2 <= float(re.search(r"^real (\d+\.\d{3}) s$", text, re.M).group(1)) < 2.5, text)
    must_hold(text, r"user 0\.\d\d s", "real .*", "user .*", "status 3")
    must_hold(run_command(board, "time no_such")[1], "time: no_such: not found")


def kill_takes_names_and_numbers(board):
    text = must_run(board, "sleep 9 & kill -USR1 3; wait 3; echo $?; sleep 9 & kill 4; wait 4; echo $?;"
                    " kill -9 77 || echo no; kill -NONE 1; echo $?; kill; echo $?")
    must_hold(text, r"158|138", "143", "kill: 77: no such process", "no", "kill: NONE: no such signal", "2",
              "usage: .*", "2")


def ulimit_is_inherited(board):
    text = must_run(board, "ulimit; ulimit -v 3; ulimit -c 7; ulimit -Sc 5; ulimit -c; ulimit -Hc;"
                    " ulimit -S -c 8; ulimit -v 3k; ulimit -n 3; ulimit -v 4194304;"
                    " hello; echo $?; ulimit -v unlimited; sh -c 'ulimit -a | cat'; hello")
    must_hold(text, r"core dump \(kB, -c\) unlimited", r"open files \(-n\)    \d+",
              r"mappings \(kB, -v\)  unlimited", "5", "7", "ulimit: 8: refused",
              "ulimit: 3k: refused", "ulimit: 3: refused", "ulimit: 4194304: refused",
              "sh: hello: out of memory", "126", r"core dump \(kB, -c\) 5", "open files .*",
              r"mappings \(kB, -v\)  unlimited", r"process \d+, 1 arguments: hello")
    must(run_command(board, "ulimit -x")[0] != 0 and run_command(board, "ulimit 5")[0] != 0,
         "wrong words are taken")


def ls_lists_files_and_folders(board):
    text = must_run(board, "echo 12345 >/tmp/file; ls; ls /tmp/file /dev /own; ls -l; echo $?", "APPS=" + OWN)
    must_hold(text, "d +0 proc", "d +0 bin", r"- +6 /tmp/file", r"c +\d+ console", r"- +\d+ words",
              r"usage: ls \[PATH\]...", "2")


def errors_tell_who_and_why(board):
    text = must_run(board, "cat /none /tmp; hexdump /none; ls /none /bin/true/x; maps 99; mpu x; ipcrm -x;"
                    " ipcrm -m; top -n; top -x || echo end")
    must_hold(text, "cat: /none: not found", "cat: /tmp: is a folder", "hexdump: /none: not found",
              "ls: /none: not found", "ls: /bin/true/x: not (found|a folder)", "maps: 99: no such process",
              "mpu: x: no such process", r"usage: ipcrm -m ID\.\.\. \| -M KEY\.\.\.",
              "usage: ipcrm .*", "usage: top .*", "usage: top .*", "end")
    must("fault" not in text, text)
    text = must_run(board, "echo x >/proc/sys/kernel/core_to; echo $?; echo x >/proc/uptime; echo $?;"
                    " cat /etc/cmdline | true; echo still")
    must_hold(text, "sh: echo: not valid", "1", "sh: /proc/uptime: permission denied", "1", "still")


def uname_names_the_system(board):
    text = must_run(board, "uname; uname -n; uname -mr -s; uname -a; cat /proc/version; uname -x; echo $?;"
                    " uname x; echo $?")
    with open(os.path.join(run.ROOT, "include/kernel/version.h"), encoding="utf-8") as file:
        release = re.search(r'KERNEL_VERSION "(.*)"', file.read()).group(1).replace(".", r"\.")
    node, machine = board, r"armv\S+/cortex-m\d+"
    must_hold(text, "Croft", node, "Croft %s %s" % (release, machine),
              r"Croft %s %s gcc-[0-9.]+ %s" % (node, release, machine),
              r"Croft version %s \(%s %s\) \(gcc-[0-9.]+\)" % (release, node, machine),
              "usage: uname .*", "2", "usage: uname .*", "2")


DEMO = (hello, mapdemo, trespass, fuzzsys, chat)
COMMANDS = (status_of_true, status_of_false, status_of_a_line, a_program_that_is_not_there,
            standard_input_closed, in_a_pipe, time_out, words_reach_the_program,
            program_of_ones_own, program_of_ones_own_elsewhere,
            services_that_end_are_started_again, second_uart_elsewhere, image_that_does_not_fit,
            boot_the_bin_by_address, flash_dry_run, size, interrupts_are_masked_briefly, size_of_a_feature, minimal_configuration,
            help_and_wrong_board)
LOOK = (ps_lists_processes, top_shows_rounds, top_sees_who_works, free_adds_up,
        maps_of_all_and_of_one, mpu_of_all_and_of_one, mem_shows_every_page,
        segments_are_listed_and_removed, hexdump_shows_bytes, time_tells_how_long,
        kill_takes_names_and_numbers, ulimit_is_inherited, ls_lists_files_and_folders,
        errors_tell_who_and_why, uname_names_the_system)
