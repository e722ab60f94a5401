#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make the romfs image that lies behind the kernel in flash.

  mkimage.py --out IMG --page BYTES --nm NM --kernel ELF --strip STRIP
             [--tree DIR]... [--program NAME=ELF]... [--maybe NAME=ELF]... [--link NAME=PROGRAM]...
             [--cmdline TEXT]

A tree goes in as it is, a program stripped into /bin; one given by --maybe is left out when it
was not built; a link is one more name of a program.  The text of a program runs from where it lies, so the data of every file starts
on a page, and what is left of its last page is zero: nothing of one file shows through a
mapping of another.  genromfs can do the first.  For the second each file is padded before,
and gets its true size back in its header afterwards.
"""
import argparse
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile

MOUNT_POINTS = ("dev", "proc", "tmp")

# romfs: Documentation/filesystems/romfs.rst of Linux.  All words are big endian.
MAGIC = b"-rom1fs-"
TYPE_MASK, TYPE_HARDLINK, TYPE_DIR, TYPE_FILE = 7, 0, 1, 2
CHECKED = 512	# bytes of the volume that its own checksum covers


def fail(text):
    sys.exit("mkimage: " + text)


def trim_elf(path):
    """Drop what only a linker reads: the section headers, and all behind the last segment."""
    with open(path, "rb") as file:
        elf = bytearray(file.read())
    if elf[:5] != b"\x7fELF\x01":
        fail("%s is no 32-bit ELF file" % path)
    phoff, = struct.unpack_from("<I", elf, 28)
    phentsize, phnum = struct.unpack_from("<HH", elf, 42)
    end = phoff + phnum * phentsize
    for i in range(phnum):
        offset, = struct.unpack_from("<I", elf, phoff + i * phentsize + 4)
        filesz, = struct.unpack_from("<I", elf, phoff + i * phentsize + 16)
        if filesz:
            end = max(end, offset + filesz)
    struct.pack_into("<I", elf, 32, 0)		# e_shoff
    struct.pack_into("<HH", elf, 48, 0, 0)	# e_shnum, e_shstrndx
    with open(path, "wb") as file:
        file.write(elf[:end])


def stage_files(root, args):
    for name in MOUNT_POINTS + ("bin", "etc"):
        os.makedirs(os.path.join(root, name))
    for tree in args.tree:
        shutil.copytree(tree, root, dirs_exist_ok=True)
    programs = list(args.program)
    for item in args.maybe:
        if os.path.exists(item.partition("=")[2]):
            programs.append(item)
    for item in programs:
        name, _, elf = item.partition("=")
        target = os.path.join(root, "bin", name)
        subprocess.run([args.strip, "-o", target, elf], check=True)
        trim_elf(target)
    for item in args.link:
        name, _, program = item.partition("=")
        if not os.path.exists(os.path.join(root, "bin", name)):		# one's own program wins
            os.link(os.path.join(root, "bin", program), os.path.join(root, "bin", name))
    if args.cmdline:
        with open(os.path.join(root, "etc", "cmdline"), "w", encoding="utf-8") as file:
            file.write(args.cmdline + "\n")


def pad_files(root, page):
    """Fill every file up with zeros to whole pages.  Returns the true sizes by path."""
    sizes = {}
    padded = {}		# true sizes by inode: a file may have many names
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                fail("/%s is neither a file nor a directory" % os.path.relpath(path, root))
            size = padded.setdefault(os.stat(path).st_ino, os.path.getsize(path))
            sizes[os.path.relpath(path, root)] = size
            os.chmod(path, os.stat(path).st_mode | stat.S_IWUSR)
            os.truncate(path, -(-size // page) * page)
    return sizes


def words_sum(image, start, end):
    count = (end - start) // 4
    return sum(struct.unpack_from(">%dI" % count, image, start)) & 0xffffffff


def set_checksum(image, start, end, at):
    """Make the big-endian words of [start, end) add up to zero, by the one at @at."""
    struct.pack_into(">I", image, at, 0)
    struct.pack_into(">I", image, at, -words_sum(image, start, end) & 0xffffffff)


def name_end(image, at):
    """Where the name ends that starts at @at: zero terminated, padded to 16."""
    return at + (image.index(b"\0", at) - at) // 16 * 16 + 16


def restore_sizes(image, sizes, page):
    """Walk the volume; give each file its true size.  Returns {path: bytes of flash}."""
    taken = {}

    def walk(offset, folder):
        while offset:
            following, info, size, _ = struct.unpack_from(">4I", image, offset)
            kind = following & TYPE_MASK
            data = name_end(image, offset + 16)
            name = image[offset + 16:data].split(b"\0")[0].decode()
            path = os.path.join(folder, name)
            if kind == TYPE_DIR and name not in (".", ".."):
                walk(info, path)
            elif kind == TYPE_FILE:
                true = sizes.pop(path)
                if size and data % page:
                    fail("/%s does not start on a page" % path)
                if size != -(-true // page) * page:
                    fail("/%s has a size of %d for %d bytes" % (path, size, true))
                taken[path] = size
                struct.pack_into(">I", image, offset + 8, true)
                set_checksum(image, offset, data, offset + 12)
            elif kind == TYPE_HARDLINK and name not in (".", ".."):
                del sizes[path]
            elif kind not in (TYPE_DIR, TYPE_HARDLINK):
                fail("/%s is of type %d" % (path, kind))
            offset = following & ~15

    if image[:8] != MAGIC:
        fail("genromfs made no romfs")
    walk(name_end(image, 16), "")
    if sizes:
        fail("lost: " + " ".join(sizes))
    full_size, = struct.unpack_from(">I", image, 8)
    set_checksum(image, 0, min(CHECKED, full_size), 12)
    return taken


def check_fit(image, taken, args):
    """The flash that the kernel leaves must hold the volume."""
    listing = subprocess.run([args.nm, args.kernel], stdout=subprocess.PIPE, check=True,
                             universal_newlines=True).stdout
    symbols = {m[2]: int(m[1], 16) for m in re.finditer(r"(\w+) \w (\w+)", listing)}
    start = -(-symbols["__romfs_start"] // args.page) * args.page
    room = symbols["__flash_end"] - start
    if len(image) <= room:
        return
    largest = sorted(taken.items(), key=lambda item: -item[1])[:8]
    fail("the image does not fit: %d bytes of files, %d bytes of flash left by the kernel,\n"
         "  %d too many.  The largest files, in bytes of flash:\n%s"
         % (len(image), room, len(image) - room,
            "\n".join("  %8d  /%s" % (size, path) for path, size in largest)))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("out", "nm", "kernel", "strip"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--page", type=int, required=True)
    for name in ("tree", "program", "maybe", "link"):
        parser.add_argument("--" + name, action="append", default=[])
    parser.add_argument("--cmdline")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="croft-image-") as work:
        root, raw = os.path.join(work, "root"), os.path.join(work, "raw")
        os.mkdir(root)
        stage_files(root, args)
        sizes = pad_files(root, args.page)
        subprocess.run(["genromfs", "-f", raw, "-d", root, "-V", "croft",
                        "-a", str(args.page)], check=True)
        with open(raw, "rb") as file:
            image = bytearray(file.read())
    taken = restore_sizes(image, sizes, args.page)
    check_fit(image, taken, args)
    with open(args.out, "wb") as file:
        file.write(image)


if __name__ == "__main__":
    main()
