# SPDX-License-Identifier: MIT
"""ELF files of 32 bits, little endian: headers, sections and notes, as far as debugging needs them."""
import struct

PT_LOAD, PT_NOTE = 1, 4
SHT_SYMTAB, SHT_REL = 2, 9
SHF_ALLOC = 2
R_ARM_ABS32 = 2
TEXT_WINDOW, DATA_WINDOW, STACK_WINDOW = 0x10000000, 0x20000000, 0x30000000	# linker/user.ld


class BadElf(Exception):
    """The file is not what it should be; the text tells why."""


class Segment:
    def __init__(self, raw):
        (self.type, self.offset, self.vaddr, _, self.filesz, self.memsz, self.flags,
         _) = struct.unpack("<8I", raw)
        self.end = self.vaddr + self.memsz


class Section:
    def __init__(self, raw, at):
        self.at = at		# of its header in the file
        (self.name_at, self.type, self.flags, self.addr, self.offset, self.size, _, self.info, _,
         _) = struct.unpack("<10I", raw)
        self.name = ""


class Elf:
    """A file that is read whole."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.bytes = file.read()
        if self.bytes[:6] != b"\x7fELF\1\1" or len(self.bytes) < 52:
            raise BadElf("%s is no 32-bit ELF file" % path)
        (self.type, _, _, self.entry, self.phoff, shoff, _, _, phentsize, phnum, shentsize, shnum,
         shstrndx) = struct.unpack_from("<2H5I6H", self.bytes, 16)
        self.segments = [Segment(self.bytes[at:at + 32]) for at in
                         range(self.phoff, self.phoff + phnum * phentsize, phentsize or 1)]
        self.sections = [Section(self.bytes[at:at + 40], at) for at in
                         range(shoff, shoff + shnum * shentsize, shentsize or 1)]
        if self.sections:
            names = self.sections[shstrndx].offset
            for section in self.sections:
                section.name = self.string(names + section.name_at)

    def string(self, at):
        return self.bytes[at:self.bytes.index(b"\0", at)].decode(errors="replace")

    def contents(self, section):
        return self.bytes[section.offset:section.offset + section.size]

    def section(self, name):
        """The section of a name, or None."""
        return next((s for s in self.sections if s.name == name), None)

    def notes(self):
        """All notes: name, type, description."""
        found = []
        for segment in self.segments:
            at, end = segment.offset, segment.offset + segment.filesz
            while segment.type == PT_NOTE and at + 12 <= min(end, len(self.bytes)):
                namesz, descsz, kind = struct.unpack_from("<3I", self.bytes, at)
                name = self.bytes[at + 12:at + 12 + namesz].rstrip(b"\0").decode(errors="replace")
                at += 12 + (namesz + 3 & ~3)
                found.append((name, kind, self.bytes[at:at + descsz]))
                at += descsz + 3 & ~3
        return found


class Moved:
    """Where the windows of a program lie at run time: its text and its data (linker/user.ld)."""

    def __init__(self, text, data):
        self.text, self.data = text, data

    def address(self, linked):
        """Where a linked address lies; one that is in no window stays as it is."""
        if TEXT_WINDOW <= linked < DATA_WINDOW:
            linked += self.text - TEXT_WINDOW
        elif DATA_WINDOW <= linked < STACK_WINDOW:
            linked += self.data - DATA_WINDOW
        return linked & 0xffffffff


def moved_copy(program, moved):
    """The program as a file that is linked for where it lies: sections, symbols, debug data.

    It is linked with --emit-relocs, so the file tells where in its debug data addresses are.
    """
    image = bytearray(program.bytes)

    def move(at):
        linked, = struct.unpack_from("<I", image, at)
        struct.pack_into("<I", image, at, moved.address(linked))

    for section in program.sections:
        target = program.sections[section.info] if section.type == SHT_REL else None
        if section.flags & SHF_ALLOC:
            move(section.at + 12)
        elif section.type == SHT_SYMTAB:
            for at in range(section.offset, section.offset + section.size, 16):
                move(at + 4)
        elif target and target.name.startswith(".debug"):
            for at in range(section.offset, section.offset + section.size, 8):
                offset, info = struct.unpack_from("<2I", image, at)
                if info & 0xff == R_ARM_ABS32:
                    move(target.offset + offset)
    for at in range(program.phoff, program.phoff + 32 * len(program.segments), 32):
        move(at + 8)
        move(at + 12)
    move(24)	# the entry
    return bytes(image)
