#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Faults from outside: bits of programs that run flip, and all others must go on.

  faults.py --board B [--seed N] [--minutes M]		usually as: make faults [SEED=n] [MINUTES=m]

QEMU runs Croft with its shell, a service, tests/faults/heart and some of tests/faults/victim, which
are strangers without rights.  This stops it again and again, and flips a bit in the memory of a victim
that is private and writable, or in a register of the victim that runs.  Other victims are killed by the
shell, or take all that they may have; the service is killed, too.  After each round the shell must
answer, heart must have woken in time and found its memory as it was, and the kernel must not panic.
Whether a victim dies or goes on is all the same.

The kernel's memory is never touched, nor are the registers of anything but a victim in thread mode.
A victim has no rights because a service, which is root's, could switch the machine off by one bit.

Time is the target's, which runs by instructions executed; so a busy host makes nothing late.  The seed
draws the faults; where the machine stops, and so whom they meet, the host's time decides.

  --break heart		flip bits in heart's memory, too: the test must fail
"""
import argparse
import contextlib
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run				# pylint: disable=wrong-import-position
from run import Failed, Skipped			# pylint: disable=wrong-import-position
from shell import PROMPT, Session	# pylint: disable=wrong-import-position

WORDS = ("APPS=tests/faults", "PROGS=sleep")
BEAT = struct.pack("<2I", 0x72616568, 0x21656274)
LATE_MS = 1000			# of a debug build, which walks all memory at each call; 444 was seen
VICTIMS = 2
FLIPS = 20			# in a round
STOPS = 60			# tried for each
ROUNDS = 300			# until every kind of fault must have been tried
KINDS = 6			# of exhaustion, in victim.c
KILLS = (1, 6, 9, 11, 14, 15)
XPSR = 25
PROT_WRITE = 2
PAUSE_MAX = 30		# seconds of the target that init lets pass before it starts a service again
SIPS = 20			# of 4 KiB, of what a terminal holds
STALL = 120			# seconds of the host without a beat
FIELDS = {
    "next": "proc.link", "name": "proc.name", "pid": "proc.pid", "mm": "proc.mm",
    "lender": "proc.borrowed_from", "exiting": "proc.is_exiting", "proc": "thread.proc",
    "root": "mm.vmas", "left": "vma.node.child[0]", "right": "vma.node.child[1]",
    "start": "vma.start", "end": "vma.end", "region": "vma.region", "prot": "vma.prot",
    "offset": "region.offset"}


class Machine:
    """QEMU's gdb stub: the machine runs until stop(), then its memory and registers are open."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(STALL)
        begun = time.monotonic()
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError as error:
                if time.monotonic() - begun > STALL:
                    raise Failed("no gdb stub at %s" % path) from error
                time.sleep(0.05)
        self.held = b""
        self.receive()		# it stops for who comes
        self.ask("qXfer:features:read:target.xml:0,ff0")	# or single registers are not told
        self.ask("Qqemu.PhyMemMode:1")				# memory as it is, not as the MPU shows it

    def receive(self):
        """The next packet's text."""
        while True:
            found = re.search(rb"\$([^#]*)#..", self.held, re.S)
            if found:
                self.held = self.held[found.end():]
                self.socket.sendall(b"+")
                return found[1].decode("latin-1")
            try:
                data = self.socket.recv(65536)
            except OSError as error:
                raise Failed("the gdb stub does not answer") from error
            if not data:
                raise Failed("QEMU has ended")
            self.held += data

    def send(self, text):
        try:
            self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xff))
        except OSError as error:
            raise Failed("QEMU has ended") from error

    def ask(self, text):
        self.send(text)
        return self.receive()

    def go(self):
        self.send("c")

    def stop(self):
        try:
            self.socket.sendall(b"\x03")
        except OSError as error:
            raise Failed("QEMU has ended") from error
        self.receive()

    def read(self, at, count):
        data = b""
        while len(data) < count:
            some = min(count - len(data), 1024)
            answer = self.ask("m%x,%x" % (at + len(data), some))
            if answer.startswith("E"):
                raise Failed("no memory at %#x" % at)
            data += bytes.fromhex(answer)
        return data

    def word(self, at):
        return struct.unpack("<I", self.read(at, 4))[0]

    def write(self, at, data):
        if self.ask("M%x,%x:%s" % (at, len(data), data.hex())) != "OK":
            raise Failed("cannot write at %#x" % at)

    def register(self, number):
        return struct.unpack("<I", bytes.fromhex(self.ask("p%x" % number)))[0]

    def set_register(self, number, value):
        if self.ask("P%x=%s" % (number, struct.pack("<I", value).hex())) != "OK":
            raise Failed("cannot write register %d" % number)


class Kernel:
    """Its records, by the places that gdb tells.  They are whole while a program runs."""

    def __init__(self, machine, image):
        self.machine = machine
        places = {name: "(unsigned)&((struct %s*)0)->%s" % tuple(path.split(".", 1))
                  for name, path in FIELDS.items()}
        places.update(current="(unsigned)&current", procs="(unsigned)&procs")
        script = "import json; print(json.dumps({n: int(gdb.parse_and_eval(e)) for n, e in %r.items()}))"
        text = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex",
                               "python " + script % places, image], stdout=subprocess.PIPE,
                              cwd=run.ROOT, check=True).stdout
        self.at = json.loads(text.decode().splitlines()[-1])

    def field(self, record, name):
        return self.machine.word(record + self.at[name])

    def running(self):
        """The process whose program runs; 0 where the kernel does, or nobody."""
        if self.machine.register(XPSR) & 0x1ff:
            return 0
        thread = self.machine.word(self.at["current"])
        return self.field(thread, "proc") if thread else 0

    def name(self, proc):
        return self.machine.read(proc + self.at["name"], 16).split(b"\0")[0].decode("latin-1")

    def processes(self):
        """The records of those that live, by name."""
        found, proc = {}, self.machine.word(self.at["procs"])
        while proc:
            if self.field(proc, "mm") and not self.machine.read(proc + self.at["exiting"], 1)[0]:
                found.setdefault(self.name(proc), []).append(proc)
            proc = self.field(proc, "next")
        return found

    def pid(self, proc):
        return self.field(proc, "pid")

    def own_memory(self, proc):
        """Ranges that are private and writable, of a process with memory of its own."""
        ranges = []
        nodes = [] if self.field(proc, "lender") else [self.field(self.field(proc, "mm"), "root")]
        while nodes:
            vma = nodes.pop()
            if not vma:
                continue
            nodes += [self.field(vma, "left"), self.field(vma, "right")]
            # Behind the offset: 24 bits of usage, then is_store.
            is_store = self.machine.word(self.field(vma, "region") + self.at["offset"] + 4) >> 24 & 1
            if self.machine.read(vma + self.at["prot"], 1)[0] & PROT_WRITE and not is_store:
                ranges.append((self.field(vma, "start"), self.field(vma, "end")))
        return ranges


class Faults:
    def __init__(self, board, seed, broken):
        self.random = random.Random(seed)
        self.broken = broken
        self.counts = dict.fromkeys(("memory", "registers", "kills", "hogs", "service kills", "restarts",
                                     "rounds"), 0)
        self.last = []		# faults, the newest at the end
        self.text = ""
        self.beats, self.late, self.beat_seen = 0, 0, 0
        self.gone = None	# since that beat the service is dead
        self.service = 0	# its process, when it was last seen
        image = run.build(board, *WORDS)
        self.folder = tempfile.TemporaryDirectory(prefix="croft-faults-")
        path = os.path.join(self.folder.name, "gdb")
        self.session = Session([sys.executable, "tools/run.py", "--machine", run.machine(board), image,
                                *run.CLOCK, "-gdb", "unix:path=%s,server=on,wait=off" % path])
        try:
            self.session.expect(PROMPT)
            self.machine = Machine(path)
            self.kernel = Kernel(self.machine, image)
            self.machine.go()
            self.enter("spin &")
            self.enter("heart &")
            self.beat_seen = time.monotonic()
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.session.program.poll() is None:
            os.killpg(self.session.program.pid, signal.SIGKILL)
        self.session.program.wait()
        self.folder.cleanup()

    def expect(self, pattern):
        taken = self.session.expect(pattern)
        self.text += taken
        if re.search("^panic: ", self.text, re.M):
            raise Failed("the kernel panicked")
        return taken

    def enter(self, line):
        """Type a line; the shell must have come to its end."""
        self.counts["rounds"] += 1
        number = self.counts["rounds"]
        self.session.type("%s echo a''nswer-%d.\r" % (line, number))
        return self.expect("answer-%d[.]" % number)

    def note(self, text):
        self.last = self.last[-9:] + ["beat %d: %s" % (self.beats, text)]

    # ---- Faults, while the machine is stopped ---------------------------------------------------

    def stop_in_program(self):
        """Stop while a program runs: then the kernel's records are whole.  False: none did."""
        for _ in range(STOPS):
            time.sleep(random.random() * 0.002)	# not of the seed: how often is up to the host
            self.machine.stop()
            if self.kernel.running():
                return True
            self.machine.go()
        return False

    def flip_memory(self, proc, what):
        ranges = self.kernel.own_memory(proc)
        if not ranges:
            return
        start, end = self.random.choice(ranges)
        at, bit = self.random.randrange(start, end), self.random.randrange(8)
        self.machine.write(at, bytes([self.machine.read(at, 1)[0] ^ 1 << bit]))
        self.counts["memory"] += 1
        self.note("%s (pid %d) bit %d at %#x" % (what, self.kernel.pid(proc), bit, at))

    def flip_register(self, proc):
        # Bit 0 of pc, and bits 0 and 1 of sp, are none.
        number = self.random.randrange(16)
        bit = self.random.randrange({13: 2, 15: 1}.get(number, 0), 32)
        old = self.machine.register(number)
        self.machine.set_register(number, old ^ 1 << bit)
        self.counts["registers"] += 1
        self.note("victim (pid %d) bit %d of r%d, which was %#x" %
                  (self.kernel.pid(proc), bit, number, old))

    def flip(self):
        """False where there is nobody to do it to."""
        if not self.stop_in_program():
            return False
        running = self.kernel.running()
        victims = self.kernel.processes().get("victim", [])
        if self.kernel.name(running) == "victim" and self.random.randrange(2):
            self.flip_register(running)
        elif victims:
            self.flip_memory(self.random.choice(victims), "victim")
        self.machine.go()
        return bool(victims)

    # ---- What must go on ------------------------------------------------------------------------

    def look(self):
        """Judge heart and the service.  Returns the ids of the victims, and of the service."""
        if not self.stop_in_program():
            return [], 0
        found = self.kernel.processes()
        self.judge_heart(found.get("heart"))
        service = found.get("uartd")
        if service:
            self.gone = None
            before, self.service = self.service, self.kernel.pid(service[0])
            self.counts["restarts"] += before not in (0, self.service)
        elif self.gone is None:
            self.gone = self.beats
        elif self.beats - self.gone > PAUSE_MAX + 5:
            raise Failed("the service was not started again")
        pids = [self.kernel.pid(proc) for proc in found.get("victim", [])]
        self.machine.go()
        return pids, self.service if service else 0

    def judge_heart(self, hearts):
        if not hearts:
            raise Failed("heart is gone")
        for start, end in self.kernel.own_memory(hearts[0]):
            memory = self.machine.read(start, end - start)
            if BEAT in memory:
                beats, late, wrong = struct.unpack_from("<3I", memory, memory.index(BEAT) + 8)
                break
        else:
            raise Failed("heart's memory was changed: its record is lost")
        if self.broken == "heart":
            self.flip_memory(hearts[0], "heart")
        if beats != self.beats:
            self.beats, self.beat_seen = beats, time.monotonic()
        self.late = late
        if wrong or late > LATE_MS:
            raise Failed("heart found %u words changed, and was late by %u ms" % (wrong, late))
        if time.monotonic() - self.beat_seen > STALL:
            raise Failed("heart does not beat any more")

    # ---- A round --------------------------------------------------------------------------------

    def round(self):
        for _ in range(FLIPS):
            if not self.flip():
                break
        victims, service = self.look()
        line = "jobs;"
        choice = self.random.randrange(12)
        if choice < 4 and victims or len(victims) > 2 * VICTIMS:
            number, pid = self.random.choice(KILLS), self.random.choice(victims)
            line += " kill -%d %d;" % (number, pid)
            self.counts["kills"] += 1
            self.note("kill -%d %d" % (number, pid))
        elif choice == 4 and service:
            line += " kill -9 %d;" % service
            self.counts["service kills"] += 1
            self.note("kill -9 %d, the service" % service)
        elif choice == 5 and len(victims) <= VICTIMS:
            kind = self.random.randrange(KINDS)
            line += " victim %d &" % kind
            self.counts["hogs"] += 1
            self.note("victim %d takes all" % kind)
        line += " victim &" * (VICTIMS - len(victims))
        self.enter(line)

    def summary(self):
        deaths = {}
        for status in re.findall(r"done, status (\d+)", self.text):
            name = "exit" if int(status) <= 128 else signal.Signals(int(status) - 128).name \
                if int(status) - 128 in signal.valid_signals() else status
            deaths[name] = deaths.get(name, 0) + 1
        return "%d beats, at most %d ms late, %s; deaths: %s" % (
            self.beats, self.late, ", ".join("%d %s" % (n, what) for what, n in self.counts.items()),
            ", ".join("%d %s" % (n, what) for what, n in sorted(deaths.items())) or "none")


def run_faults(board, seed, minutes, broken=None):
    """Returns what there is to tell; Failed, with the seed and the last faults."""
    faults = Faults(board, seed, broken)
    try:
        while faults.beats < minutes * 60 or not all(faults.counts.values()):
            faults.round()
            if faults.counts["rounds"] > ROUNDS and not all(faults.counts.values()):
                raise Failed("not every kind of fault was tried, or no service came back")
        return faults.summary()
    except Failed as error:
        raise Failed("%s\nseed %d; %s\nthe last faults:\n  %s\nthe console:\n%s" % (
            error, seed, faults.summary(), "\n  ".join(faults.last),
            (faults.text + faults.session.text)[-1500:])) from error
    finally:
        faults.close()


# ---- The suite ----------------------------------------------------------------------------------

def others_go_on(board):
    run_faults(board, 1, 1)


def harm_to_others_is_seen(board):
    try:
        run_faults(board, 1, 1, "heart")
    except Failed as error:
        if not re.match("heart('s memory was changed| found [1-9]| is gone| does not beat)", str(error)):
            raise
    else:
        raise Failed("bits of heart flipped, and nobody saw it")


def pass_beats(faults, count):
    until, begun = faults.beats + count, time.monotonic()
    while faults.beats < until:
        faults.look()
        if time.monotonic() - begun > STALL:
            raise Failed("the system stands still")
    if faults.late > 100:
        raise Failed("late by %u ms" % faults.late)


def loud_machine(board):
    if board in ("lm3s6965evb", "netduinoplus2"):
        raise Skipped("its UART holds QEMU up until somebody reads")
    return contextlib.closing(Faults(board, 1, None))


def nobody_waits_for_the_console(board):
    """What the kernel says while no one reads it holds nobody up."""
    with loud_machine(board) as faults:
        faults.session.type("loud\r")
        pass_beats(faults, 10)
        faults.expect("^loud: done")


def a_dump_waits_for_the_console(board):
    """One that is read slowly goes on when there is room; between two of its steps others run."""
    with loud_machine(board) as faults:
        faults.enter("echo console >/proc/sys/kernel/core_to;")
        faults.session.type("loud die long\r")
        for _ in range(SIPS):
            pass_beats(faults, 1)
            faults.session.read(1)
        faults.expect("core dumped to the console")


TESTS = (others_go_on, harm_to_others_is_seen, nobody_waits_for_the_console,
         a_dump_waits_for_the_console)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--board", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--break", dest="broken", choices=("heart",))
    args = parser.parse_args()
    print("faults: board %s, seed %d, %g minutes of the target" % (args.board, args.seed, args.minutes))
    sys.stdout.flush()
    try:
        print(run_faults(args.board, args.seed, args.minutes, args.broken))
    except Failed as error:
        sys.exit("%s\nFAIL" % error)
    print("PASS")


if __name__ == "__main__":
    main()
