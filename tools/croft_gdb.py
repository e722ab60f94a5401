# SPDX-License-Identifier: MIT
"""Croft in gdb: programs get their symbols when they start, and `croft` looks at the kernel.

tools/debug.py loads this into gdb, beside the symbols of the kernel.  All is read from the
kernel's own records, so nothing of the system runs for it.
"""
import atexit
import glob
import os
import shutil
import struct
import sys
import tempfile

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elf

STATES = ("ready", "waiting", "stopped")
BACKINGS = ("flash", "ram", "device", "copy")
THREAD_MODE, SVC = 0, 11	# of the exception number in xPSR
CORE_REGISTERS = ["r%d" % i for i in range(13)] + ["sp", "lr", "pc"]
XPSR_PADDED = 1 << 9

build = ""	# the folder of the board, from tools/debug.py
work = tempfile.mkdtemp(prefix="croft-gdb-")
atexit.register(shutil.rmtree, work, True)
loaded = {}		# name of a program: (its moved copy, where its data is)
real = None		# registers of the processor, while those of a thread are looked at


# ---- The kernel's records ---------------------------------------------------------------------

def value(expression):
    return gdb.parse_and_eval(expression)


def listed(head, link):
    """The records of a LIST."""
    item = head["lh_first"]
    while item:
        yield item
        item = item[link]["le_next"]


def in_order(node, kind):
    """The records of a tree below @node, which each begins with."""
    if node:
        yield from in_order(node["child"][0], kind)
        yield node.cast(gdb.lookup_type("struct " + kind).pointer())
        yield from in_order(node["child"][1], kind)


def processes():
    return sorted(listed(value("procs"), "link"), key=lambda proc: int(proc["pid"]))


def threads():
    for proc in processes():
        yield from sorted(listed(proc["threads"], "sibling"), key=lambda t: int(t["tid"]))


def mappings(proc):
    mm = proc["mm"]
    return list(in_order(mm["vmas"]["root"], "vma")) if mm else []


def find(items, field, number, what):
    for item in items:
        if int(item[field]) == number:
            return item
    raise gdb.GdbError("There is no %s %d." % (what, number))


def name_of(proc):
    return proc["name"].string() if proc else "nobody"


def words(at, count):
    raw = gdb.selected_inferior().read_memory(int(at), 4 * count).tobytes()
    return struct.unpack("<%dI" % count, raw)


def rights(prot):
    return "".join(c if int(prot) & bit else "-" for c, bit in (("r", 1), ("w", 2), ("x", 4)))


# ---- Symbols of programs ------------------------------------------------------------------------

def text_of(proc):
    """Where the file of a process's program begins in memory."""
    for vma in mappings(proc):
        if int(vma["prot"]) & 4:
            region = vma["region"]
            return int(vma["start"]) - int(region["offset"]) - (int(vma["start"]) -
                                                                int(region["start"]))
    return None


def is_in_memory(program, moved):
    text = program.section(".text")
    now = gdb.selected_inferior().read_memory(moved.address(text.addr), text.size).tobytes()
    return now == program.contents(text)


def find_program(name, moved):
    """The ELF file of what runs, which may go by another name there; or None."""
    for pattern in (glob.escape(name), "*"):
        for path in glob.glob(os.path.join(glob.escape(build), "apps*", pattern + ".elf")):
            program = elf.Elf(path)
            if is_in_memory(program, moved):
                return program
    return None


def load_symbols(proc):
    """Give gdb the symbols of a process's program, where they lie for it."""
    name, text = name_of(proc) if proc else "", text_of(proc)
    if text is None:
        return
    moved = elf.Moved(text, int(proc["data_base"]))
    path, at = loaded.get(name, (None, None))
    if at == (moved.text, moved.data):
        return
    program = find_program(name, moved)
    if not program:
        print("croft: no %s/apps*/%s.elf is the program that runs" % (build, name))
        return
    if path:
        gdb.execute("remove-symbol-file " + path, to_string=True)
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(elf.moved_copy(program, moved))
    gdb.execute("add-symbol-file " + path, to_string=True)
    loaded[name] = (path, (moved.text, moved.data))


class ProgramStarts(gdb.Breakpoint):
    """Where the kernel lets a thread enter a program that it has loaded."""

    def __init__(self):
        super().__init__("program_enter", internal=True)
        self.silent = True

    def stop(self):
        frame = gdb.newest_frame()
        load = frame.read_var("load")
        # The record of the process is filled in a moment.
        loading = {"name": load["name"], "mm": load["mm"], "data_base": load["data"]}
        try:
            load_symbols(loading)
        except (gdb.error, elf.BadElf, OSError) as error:
            print("croft: %s" % error)
        return False


# ---- Registers of threads -------------------------------------------------------------------------

def with_frame(saved, psp, frame):
    """Registers as the program knows them: r4 to r11, and the frame that the hardware stored."""
    r0, r1, r2, r3, r12, lr, pc, xpsr = frame
    sp = psp + 32 + (4 if xpsr & XPSR_PADDED else 0)
    return dict(zip(CORE_REGISTERS, (r0, r1, r2, r3) + tuple(saved) + (r12, sp, lr, pc)))


def is_current(thread):
    return int(thread) == int(value("current"))


def registers_in_call():
    """Of the thread whose system call the kernel is in."""
    frame = gdb.newest_frame()
    while frame and frame.name() != "svc_entry":
        frame = frame.older()
    if not frame:
        raise gdb.GdbError("The kernel is on its way in or out: step on.")
    r4, r5, psp, _ = words(int(value("(unsigned)&__stack_end")) - 16, 4)
    rest = [int(frame.read_register("r%d" % i)) & 0xffffffff for i in range(6, 12)]
    return with_frame([r4, r5] + rest, psp, words(psp, 8))


def registers_of(thread):
    """A thread's registers; None: the processor has them."""
    exception = int(value("$xpsr")) & 0x1ff
    if is_current(thread) and int(thread["state"]) == 0:
        if exception == THREAD_MODE:
            return None
        if exception == SVC:
            return registers_in_call()
    context = thread["context"]
    psp = int(context["psp"])
    saved = [int(context["r4_r11"][i]) for i in range(8)]
    kept = thread["fork_frame"]
    return with_frame(saved, psp, words(int(kept) if kept else psp, 8))


def set_registers(values):
    for name, word in values.items():
        gdb.execute("set $%s = %#x" % (name, word), to_string=True)
    gdb.invalidate_cached_frames()


def back_to_kernel():
    """Give the processor its own registers again."""
    global real
    if real:
        set_registers(real)
    real = None


# ---- Commands -----------------------------------------------------------------------------------

class Croft(gdb.Command):
    """Look at Croft: ps, threads, maps [PID], regions, slots, thread TID, kernel."""

    def __init__(self):
        super().__init__("croft", gdb.COMMAND_DATA, prefix=True)


commands = []


def command(function):
    """Make `croft NAME` of a function, whose text is its help."""
    name = function.__name__.rstrip("_")

    class One(gdb.Command):
        __doc__ = function.__doc__

        def __init__(self):
            super().__init__("croft " + name, gdb.COMMAND_DATA)

        def invoke(self, argument, _):
            try:
                numbers = [int(word, 0) for word in gdb.string_to_argv(argument)]
                if len(numbers) > function.__code__.co_argcount:
                    raise ValueError
            except ValueError as error:
                raise gdb.GdbError("`help croft %s` tells how" % name) from error
            function(*numbers)
    commands.append(One)
    return function


@command
def ps():
    """List the processes."""
    print("  PID  PPID THREADS PAGES STATE    NAME")
    for proc in processes():
        count = len(list(listed(proc["threads"], "sibling")))
        state = "exiting" if proc["is_exiting"] and count else "running" if count else "ended"
        print("%5d %5d %7d %5d %-8s %s" %
              (proc["pid"], proc["parent"]["pid"] if proc["parent"] else 0, count,
               proc["mm"]["npages"] if proc["mm"] else 0, state, name_of(proc)))


@command
def threads_():
    """List the threads, and where each is."""
    print("    TID   PID PRI STATE    NAME             WHERE")
    back_to_kernel()
    for thread in threads():
        found = registers_of(thread)
        pc = found["pc"] if found else int(value("$pc"))
        symbol = gdb.execute("info symbol %#x" % pc, to_string=True).split(" in section")[0]
        if symbol.startswith("No symbol"):
            symbol = ""
        running = is_current(thread)
        print("%s %5d %5d %3d %-8s %-16s %#010x %s" %
              ("*" if running else " ", thread["tid"], thread["proc"]["pid"], thread["priority"],
               "running" if running else STATES[int(thread["state"])],
               name_of(thread["proc"]), pc, symbol.strip()))


def what(region, proc):
    backing = region["backing"]
    if not backing:
        return "anonymous"
    text = "%s %02x:%d" % (BACKINGS[int(backing["kind"])], backing["dev"], backing["ino"])
    if proc and int(region["start"]) <= (text_of(proc) or -1) < int(region["end"]):
        text += " " + name_of(proc)
    return ("" if region["is_store"] else "copy of ") + text


@command
def maps(pid=0):
    """List the mappings of a process, or of all of them."""
    for proc in processes():
        if pid in (0, int(proc["pid"])):
            print("%s (pid %d)" % (name_of(proc), proc["pid"]))
            for vma in mappings(proc):
                kind = " [stack]" if int(vma["flags"]) & 1 else \
                    " [heap]" if int(vma["flags"]) & 8 else ""
                print("  %08x-%08x %s %s%s" % (vma["start"], vma["end"], rights(vma["prot"]),
                                               what(vma["region"], proc), kind))
    if pid:
        find(processes(), "pid", pid, "process")


@command
def regions():
    """List the regions of the system, and how many mappings each has."""
    found = [backing["store"] for backing in listed(value("'mm/region.c'::stores"), "on_stores")]
    for space in listed(value("spaces"), "link"):
        found += [vma["region"].dereference() for vma in in_order(space["vmas"]["root"], "vma")]
    for _, region in sorted({int(r["start"]): r for r in found}.items()):
        print("%08x-%08x %-20s usage %d" % (region["start"], region["end"], what(region, None),
                                            region["usage"]))


@command
def slots():
    """Tell what each entry of the MPU grants."""
    mm = value("mm_hardware.mm")
    if not mm:
        print("No process has its entries in the MPU.")
        return
    print("Entries of pid %d:" % mm["pid"])
    low, high = mm["image"].type.range()
    stack = value("current->stack.entry")
    for slot in range(low, high + 2):
        entry = mm["image"][slot] if slot <= high else stack  # the last slot is the thread's
        rasr, base = int(entry["rasr"]), int(entry["rbar"]) & ~0x1f
        if not rasr & 1:
            print("  %d  empty" % slot)
            continue
        size = 1 << (((rasr >> 1) & 0x1f) + 1)
        access = {3: "rw", 2: "r-"}.get((rasr >> 24) & 7, "?") + ("-" if rasr >> 28 & 1 else "x")
        print("  %d  %08x-%08x %s, eighths switched off: %02x" % (slot, base, base + size, access,
                                                                   (rasr >> 8) & 0xff))


@command
def thread(tid):
    """Look at the registers and the stack of a thread; `croft kernel` goes back."""
    global real
    back_to_kernel()
    found = find(threads(), "tid", tid, "thread")
    load_symbols(found["proc"])
    wanted = registers_of(found)
    if wanted:
        before = {name: int(value("(unsigned)$" + name)) for name in CORE_REGISTERS}
        set_registers(wanted)
        real = before
    gdb.execute("frame 0")


@command
def kernel():
    """Go back from a thread to where the processor is."""
    back_to_kernel()
    if value("current->proc"):
        load_symbols(value("current->proc"))
    gdb.execute("frame 0")


def start(folder):
    """Called by tools/debug.py when gdb is attached."""
    global build
    build = folder
    Croft()
    for each in commands:
        each()
    ProgramStarts()
    # What lets the processor run does so with its own registers.
    for name in ("continue", "step", "next", "stepi", "nexti", "finish", "until", "advance",
                 "jump", "detach"):
        gdb.execute("define hook-%s\npython croft_gdb.back_to_kernel()\nend" % name)
