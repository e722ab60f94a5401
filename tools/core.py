#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Open core dumps in gdb.

  core.py [--batch] [--script FILE] [--build DIR] [--board B] [CORE]
                                            open one; the newest DIR/B/core.* where none is named
  core.py --maps CORE                       tell what was mapped where
  core.py --extract LOG [--out PREFIX]      make files PREFIX.<pid> of dumps on a console

A program's text and data lie wherever the loader has put them: where that was, the dump tells
(NT_FILE for the text, a note CROFT for the data).  From it come the addresses at which gdb is
given the symbols of the program, and of the libraries in it; the text, which is not in a dump, is
taken from the program's ELF file.  Of the programs below DIR the one is taken whose global offset
table is that of the dump.  --batch prints who died of what, the threads, and a backtrace of each,
with local variables; or does what the commands in FILE say.
"""
import argparse
import base64
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

import elf
import lost

NT_PRSTATUS, NT_PRPSINFO, NT_SIGINFO, NT_FILE, NT_CROFT = (1, 3, 0x53494749, 0x46494c45,
                                                           0x43524f46)
PF_X, PF_W, PF_R = 1, 2, 4
SIGNALS = {3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
           9: "SIGKILL: its stack was lost", 11: "SIGSEGV", 24: "SIGXCPU", 25: "SIGXFSZ",
           31: "SIGSYS"}
CODES = {1: "not mapped", 2: "not allowed"}
LOST = ("There was no room for the registers: pc, lr, r0 to r3 and r12 are lost.  The backtrace begins with the "
        "last\nfunction whose call is on the stack, at its first line; values in it may be wrong.")


def fail(text):
    sys.exit("core: " + text)


class Core(elf.Elf):
    """A core dump of Croft."""

    def __init__(self, path):
        super().__init__(path)
        self.threads, self.files = [], []	# (tid, registers); (start, end, offset, path)
        self.name, self.pid, self.data, self.signal, self.code, self.at = "", 0, None, 0, 0, 0
        for name, kind, desc in self.notes():
            if (name, kind) == ("CORE", NT_PRSTATUS):
                self.threads.append((struct.unpack_from("<i", desc, 24)[0],
                                     struct.unpack_from("<17I", desc, 72)))
            elif (name, kind) == ("CORE", NT_PRPSINFO):
                self.pid, = struct.unpack_from("<i", desc, 12)
                self.name = desc[28:44].rstrip(b"\0").decode(errors="replace")
            elif (name, kind) == ("CORE", NT_SIGINFO):
                self.signal, _, self.code, self.at = struct.unpack_from("<3iI", desc)
            elif (name, kind) == ("CORE", NT_FILE):
                self.read_files(desc)
            elif (name, kind) == ("CROFT", NT_CROFT):
                self.data, = struct.unpack_from("<I", desc, 4)
        if self.data is None or not self.threads:
            raise elf.BadElf("%s is no core dump of Croft, or was cut before its registers" % path)

    def read_files(self, desc):
        count, unit = struct.unpack_from("<2I", desc)
        names = desc[8 + 12 * count:].split(b"\0")
        for i in range(count):
            start, end, offset = struct.unpack_from("<3I", desc, 8 + 12 * i)
            self.files.append((start, end, offset * unit, names[i].decode(errors="replace")))

    def memory(self, start, length):
        """Bytes of the process; fewer, where they are not in the dump."""
        for segment in self.segments:
            if segment.type == elf.PT_LOAD and segment.vaddr <= start < segment.vaddr + segment.filesz:
                at = segment.offset + start - segment.vaddr
                return self.bytes[at:min(at + length, segment.offset + segment.filesz)]
        return b""

    def is_text(self, address):
        return any(s.vaddr <= address < s.end and s.flags & PF_X for s in self.segments
                   if s.type == elf.PT_LOAD)

    def text(self):
        """Where the program's file begins in memory, and its name."""
        texts = [(start - offset, os.path.basename(path)) for start, _, offset, path in self.files
                 if self.is_text(start)]
        texts.sort(key=lambda item: item[1][:15] != self.name)	# it may have gone by another name
        if texts:
            return texts[0]
        fail("%s does not tell where the text of %s was" % (self.path, self.name or "its program"))

    def how_it_died(self):
        text = "%s (pid %d) died of %s" % (self.name, self.pid,
                                           SIGNALS.get(self.signal, "signal %d" % self.signal))
        if self.signal == 11 and self.code in CODES:
            text += " at %#x (%s)" % (self.at, CODES[self.code])
        elif self.signal in (4, 7, 8):
            text += " at %#x" % self.at
        return text

    def is_stack_lost(self):
        return self.signal == 9 and self.threads[0][1][15] == 0

    def maps(self):
        lines = []
        for segment in sorted((s for s in self.segments if s.type == elf.PT_LOAD),
                              key=lambda s: s.vaddr):
            path = next((p for start, end, _, p in self.files
                         if (start, end) == (segment.vaddr, segment.end)), "")
            rights = "".join(c if segment.flags & bit else "-"
                             for c, bit in (("r", PF_R), ("w", PF_W), ("x", PF_X)))
            lines.append("%08x-%08x %s %s %s" % (segment.vaddr, segment.end, rights, "dumped"
                                                 if segment.filesz else "      ", path))
        return "\n".join(line.rstrip() for line in lines)


def tables_agree(program, core, moved):
    """Is the global offset table in the dump that of the program?  It never changes."""
    table = program.section(".got")
    if not table or not table.size:
        return None
    now = core.memory(moved.address(table.addr), table.size)
    if len(now) < table.size:
        return None
    return all(word in (linked, moved.address(linked)) for (linked,), (word,) in
               zip(struct.iter_unpack("<I", program.contents(table)),
                   struct.iter_unpack("<I", now)))


def find_program(core, build, moved, name):
    """The program's ELF file: that which agrees, or else the newest of the name.

    One file may have many names, so those of other names are looked at, too."""
    home = os.path.dirname(os.path.abspath(core.path)) + os.sep	# of the board, as a rule
    paths = glob.glob(os.path.join(glob.escape(build), "*", "apps*", "*.elf"))
    paths.sort(key=lambda path: (os.path.basename(path) == name + ".elf",
                                 os.path.abspath(path).startswith(home), os.path.getmtime(path)),
               reverse=True)
    named = None
    for path in paths:
        program = elf.Elf(path)
        agrees = tables_agree(program, core, moved)
        is_named = os.path.basename(path) == name + ".elf"
        if agrees or agrees is None and is_named:
            return program
        if is_named:
            named = named or program
    if not named:
        fail("there is no program %s below %s/*/apps*" % (name, build))
    print("core: no %s.elf below %s is the one that died; it was built anew since.  Names and "
          "lines may be wrong." % (name, build), file=sys.stderr)
    return named


def gdb_commands(core, program, moved, name, work, is_batch):
    """gdb finds by its path what was mapped: the program is put there, moved to where it was."""
    image = os.path.join(work, "bin", name)
    os.mkdir(os.path.dirname(image))
    write(image, elf.moved_copy(program, moved))
    os.utime(image, (os.path.getmtime(program.path),) * 2)
    path = os.path.abspath(core.path)
    commands = ["set pagination off" if is_batch else "set confirm off",
                "set print thread-events off",
                "set sysroot " + work,
                "file " + image]
    guesses = lost.guesses(core, program, moved) if core.is_stack_lost() else []
    if guesses:
        commands += lost.commands([write(os.path.join(work, "core.%d" % n), lost.patched(core, guess))
                                   for n, guess in enumerate(guesses)])
    else:
        commands.append("core-file " + path)
    return commands + ["define maps\nshell %s %s --maps %s\nend" %
                       (sys.executable, os.path.abspath(__file__), path),
                       "document maps\nTell what was mapped where.\nend"]


def open_core(path, build, is_batch, script):
    core = Core(path)
    text, name = core.text()
    moved = elf.Moved(text, core.data)
    program = find_program(core, build, moved, name)
    print(core.how_it_died())
    if core.is_stack_lost():
        print(LOST)
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="croft-core-") as work:
        commands = gdb_commands(core, program, moved, name, work, is_batch)
        if script:
            commands.append("source " + os.path.abspath(script))
        elif is_batch:
            commands += ["info threads", "thread apply all backtrace full", "maps"]
        file = write(os.path.join(work, "commands"), ("\n".join(commands) + "\n").encode())
        try:
            return subprocess.run(["gdb-multiarch", "-q", "-nx"] + (["-batch"] if is_batch else []) +
                                  ["-x", file], check=False).returncode
        except FileNotFoundError:
            fail("gdb-multiarch is not installed: `make setup` does it")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def extract(log, prefix):
    """Files of the lines of dumps on a console.  Returns how many are not whole."""
    images, bad = {}, 0
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            found = re.search(r"#core (\d+) ([0-9a-f]+) ([A-Za-z0-9+/=]+)\s*$", line)
            ended = re.search(r"#core (\d+) end ([0-9a-f]+) ([0-9a-f]{8})\s*$", line)
            if ended:
                pid, size = int(ended[1]), int(ended[2], 16)
                image = images.pop(pid, bytearray())
                image += bytes(max(0, size - len(image)))
                path = "%s.%d" % (prefix, pid)
                with open(path, "wb") as out:
                    out.write(image)
                whole = zlib.crc32(image) == int(ended[3], 16)
                bad += not whole
                print(path if whole else "%s: some of it is wrong or missing" % path)
            elif found:
                image, at = images.setdefault(int(found[1]), bytearray()), int(found[2], 16)
                piece = base64.b64decode(found[3] + "==")
                image += bytes(max(0, at + len(piece) - len(image)))
                image[at:at + len(piece)] = piece
    for pid in images:
        print("core of pid %d: its end is missing" % pid)
    return bad + len(images)


def newest(build, board):
    found = glob.glob(os.path.join(glob.escape(build), board, "core.*[0-9]"))
    if not found:
        fail("there is no core dump in %s/%s/" % (build, board))
    return max(found, key=os.path.getmtime)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--batch", action="store_true")
    parser.add_argument("--script")
    parser.add_argument("--build", default="build")
    parser.add_argument("--board", default="*")
    parser.add_argument("--maps", metavar="CORE")
    parser.add_argument("--extract", metavar="LOG")
    parser.add_argument("--out", default="core")
    parser.add_argument("core", nargs="?")
    args = parser.parse_args()
    try:
        if args.extract:
            sys.exit(1 if extract(args.extract, args.out) else 0)
        if args.maps:
            print(Core(args.maps).maps())
            return
        sys.exit(open_core(args.core or newest(args.build, args.board), args.build, args.batch,
                           args.script))
    except (elf.BadElf, OSError) as error:
        fail(str(error))


if __name__ == "__main__":
    main()
