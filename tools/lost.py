# SPDX-License-Identifier: MIT
"""A core dump whose thread had no room for its registers: where it was, as its stack tells.

The processor stores r0-r3, r12, lr, pc and xPSR on the stack when it takes a fault, and had nowhere
to put them.  What is left is r4 to r11, sp and the stack, on which each call left its return address.
The last call that is still there is the one before which the stack ran full, or one that it made and
came back from: the function called is where the thread was, or is what was to be called next.

So the dump gets the registers of that function's first instruction: its address as the pc, the
return address as lr, and as sp the word above that where the return address was stored, since a
function stores lr above all else.
"""
import struct

from elf import PT_LOAD, TEXT_WINDOW

MOST = 32		# places on the stack that may be such a call
REGISTERS = 12 + 8 + 72		# of the first note, which is of the thread that died: behind its header
THUMB = 1 << 24
OUTERMOST = ("main", "start")	# of the first thread, and of the others (user/pthread.c)


def called_by(text, at):
    """What the call calls that ends at an offset of the text: an offset; None: a register tells;
    -1: it is no call."""
    if at < 4:
        return -1
    first, second = struct.unpack_from("<2H", text, at - 4)
    if second & 0xff87 == 0x4780:				# BLX register
        return None
    if first & 0xf800 != 0xf000 or second & 0xd000 != 0xd000:	# BL
        return -1
    sign = first >> 10 & 1
    i1, i2 = 1 ^ (second >> 13 & 1) ^ sign, 1 ^ (second >> 11 & 1) ^ sign
    offset = i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1
    return at + offset - (sign << 24)


def guesses(core, program, moved):
    """Registers that may have been: (pc, sp, lr), the best first."""
    section = program.section(".text")
    text, base = program.contents(section), moved.address(section.addr)
    sp = core.threads[0][1][13] & ~3
    stack = min((s for s in core.segments if s.type == PT_LOAD and s.filesz and s.end > sp),
                key=lambda s: s.vaddr, default=None)
    if not stack:
        return []
    start, found = max(sp, stack.vaddr), []
    raw = core.memory(start, stack.end - start)
    for place, (word,) in enumerate(struct.iter_unpack("<I", raw[:len(raw) & ~3])):
        at = (word & ~1) - base
        if not word & 1 or not 0 <= at <= len(text):
            continue
        called = called_by(text, at)
        if called != -1:
            # Where a register told what to call, the call itself is the place.
            found.append((base + (at - 2 if called is None else called), start + 4 * place + 4, word))
    return found[:MOST]


def patched(core, guess):
    """The dump, with these registers."""
    pc, sp, lr = guess
    image = bytearray(core.bytes)
    at = next(s.offset for s in core.segments if s.type != PT_LOAD) + REGISTERS
    struct.pack_into("<4I", image, at + 13 * 4, sp, lr, pc, THUMB)
    return bytes(image)


def commands(paths):
    """gdb opens one dump after the other until a backtrace comes to an end that makes sense."""
    return ["python",
            "for path in %r:" % paths,
            "    gdb.execute('core-file ' + path, to_string=True)",
            "    frame = gdb.newest_frame()",
            "    while frame and frame.name() not in %r: frame = frame.older()" % (OUTERMOST,),
            "    if frame: break",
            "else: print('No call on the stack leads back to main(): this is a guess.')",
            "end"]
