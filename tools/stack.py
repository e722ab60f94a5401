#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bound the kernel's stack: the deepest chain of calls, and the interrupts that nest upon it.

  stack.py OBJDUMP ADDR2LINE KERNEL.elf TABLE

Frames and calls are read from the disassembly, so the C library and assembly count as well.  A frame
is all that a function pushes and takes from sp, wherever it does so: never too little.  A call
through a pointer leads, in this order, to

  1. what TABLE says of the function that makes it:	caller: callee callee...
  2. every function that some initializer of the sources gives to the member named at that line
     (`inode->ops->read(...)` and `.read = ram_read`)

What the sources have and this kernel does not, by its configuration, is called by nobody.
It is an error when neither tells, when TABLE names what is in no source, when a function whose address
is stored somewhere is reached by none of them, or when a chain of calls comes back to itself
without a line `caller -> callee: times` in TABLE, which says how often it may.  Names may have a *.

The sum: what runs at the lowest priority (SVC, PendSV), above it one interrupt with the frame that
the processor stores, above that one fault, and at the end of all a panic, which does not return and is
left out of the chains; equal priorities do not nest.
"""
import fnmatch
import glob
import os
import re
import subprocess
import sys

FRAME = 8 * 4 + 4		# stored by the processor, and a word to align it (B1.5.7)
KERNEL = ("svc_entry", "pendsv_entry")
INTERRUPTS = ("arch_systick_irq", "arch_irq")
FAULTS = ("memfault_entry", "fault_entry", "hardfault_entry", "nmi_entry")
STARTS = ("reset", "__stack_end")
PANIC = "panic"
SWITCH = "arch_switch"		# leaves the stack as it is: branched to all the way from svc_entry

HEAD = re.compile(r"^([0-9a-f]+) <(.+)>:$")
CODE = re.compile(r"^\s*([0-9a-f]+):\t(\S+)\t?(.*)$")
TARGET = re.compile(r"^([0-9a-f]+) <([^+>]+)>")
TAKES = re.compile(r"^sub(?:\.w|w)?\s+sp(?:, sp)?, #(\d+)")
SOURCES = "kernel mm fs lib arch/cortex-m drivers boards/*".split()


def registers(text):
    count = 0
    for part in re.search(r"{(.*)}", text).group(1).split(","):
        low, _, high = part.strip().partition("-")
        count += int(high[1:]) - int(low[1:]) + 1 if high else 1
    return count


class Function:
    def __init__(self, name, at):
        self.name, self.at = name, at
        self.frame, self.calls, self.pointers, self.dynamic = 0, set(), [], False
        self.returns = set()	# of the calls: those that come back here


def read_code(objdump, elf):
    """The functions by name; those of one name, each static in its file, have their address added."""
    functions, here = {}, None
    keys = {}
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", elf], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    heads = [(int(head[1], 16), head[2]) for head in map(HEAD.match, text.splitlines()) if head]
    names = [name for _, name in heads]
    for at, name in heads:
        keys[at] = name if names.count(name) == 1 else "%s@%x" % (name, at)
    for line in text.splitlines():
        head = HEAD.match(line)
        if head:
            at = int(head[1], 16)
            here = functions.setdefault(keys[at], Function(head[2], at))
            continue
        code = CODE.match(line)
        if not code or not here:
            continue
        at, op, rest = int(code[1], 16), code[2], code[3]
        if op.startswith("push") or (op.startswith("stmdb") and rest.startswith("sp!")):
            here.frame += 4 * registers(rest)
        elif re.match(r"str(d)?(\.w)?$", op) and re.search(r"\[sp, #-(\d+)\]!", rest):
            here.frame += int(re.search(r"\[sp, #-(\d+)\]!", rest)[1])
        elif TAKES.match(op + " " + rest):
            here.frame += int(TAKES.match(op + " " + rest)[1])
        elif op.startswith("sub") and re.match(r"sp\b", rest):
            here.dynamic = True
        elif re.match(r"blx?\b", op) and TARGET.match(rest):
            here.calls.add(keys.get(int(TARGET.match(rest)[1], 16)))
            here.returns.add(keys.get(int(TARGET.match(rest)[1], 16)))
        elif re.match(r"(b|b\.w|b\.n|b(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)(\.[nw])?|cbn?z)$", op):
            target = re.search(r"([0-9a-f]+) <([^+>]+)>", rest)
            if target and int(target[1], 16) != here.at:
                here.calls.add(keys.get(int(target[1], 16)))
        elif re.match(r"blx?$|bx$", op) and rest.strip() != "lr":
            here.pointers.append(at)
    return functions


def read_table(path):
    calls, loops = {}, {}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        left, _, right = line.partition(":")
        if "->" in left:
            loops[tuple(word.strip() for word in left.split("->"))] = int(right)
        else:
            calls.setdefault(left.strip(), []).extend(right.split())
    return calls, loops


def read_sources():
    for folder in SOURCES:
        for path in glob.glob(folder + "/*.[cS]"):
            with open(path, encoding="utf-8") as file:
                yield file.read()


def defined(sources):
    """The functions that the sources define, whether this kernel has them or not."""
    names = set()
    for text in sources:
        names.update(re.findall(r"^[a-z][\w \t*]*?(\w+)\(", text, re.M))
        names.update(re.findall(r"^(\w+):", text, re.M))
    return names


def read_members(sources, functions, in_sources):
    """Which functions the sources' initializers give to members of a name."""
    members, named = {}, {}
    for key, function in functions.items():
        named.setdefault(function.name, set()).add(key)
    for text in sources:
        for member, name in re.findall(r"[.>](\w+) = (?:MM_OP\()?(\w+)\b", text):
            if name in in_sources:
                members.setdefault(member, set()).update(named.get(name, ()))
    return members


def stored_names(objdump, elf):
    """The functions whose addresses the kernel's objects store, other than to tell a debugger."""
    objects = glob.glob(os.path.join(os.path.dirname(elf), "obj", "**", "*.o"), recursive=True)
    names, is_told = set(), False
    text = subprocess.run([objdump, "-r"] + objects, check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    for line in text.splitlines():
        section = re.match(r"RELOCATION RECORDS FOR \[(.*)\]", line)
        if section:
            is_told = not re.match(r"\.debug|\.ARM", section[1])
        found = re.search(r" R_ARM_ABS32\s+(?:\.text\.)?([A-Za-z_]\w*)", line)
        if is_told and found:
            names.add(found[1])
    return names


def source_lines(addr2line, elf, sites):
    if not sites:
        return {}
    text = subprocess.run([addr2line, "-e", elf] + [hex(at) for at in sites], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.splitlines()
    found = {}
    for at, where in zip(sites, text):
        path, _, line = where.partition(":")
        line = re.match(r"\d+", line)
        try:
            with open(path, encoding="utf-8") as file:
                found[at] = file.read().splitlines()[int(line[0]) - 1] if line else ""
        except (OSError, IndexError):
            found[at] = ""
    return found


def switch_called(functions):
    """Who calls what ends in SWITCH, where it has to branch there."""
    ending, more = set(), {SWITCH}
    while more:
        ending |= more
        more = {name for name, function in functions.items()
                if function.calls & ending and name not in ending and not function.returns & ending}
    for name, function in functions.items():
        for callee in function.returns & ending:
            yield "%s calls %s and is never returned to: it must end with that" % (name, callee)


class Bound:
    def __init__(self, functions, edges, loops):
        self.functions, self.edges = functions, edges
        self.known, self.wrong = {}, []
        for (caller, callee), times in loops.items():
            if callee not in edges.get(caller, ()):
                self.wrong.append("%s does not call %s" % (caller, callee))
                continue
            edges[caller].discard(callee)
            round_trip = self.longest(callee, caller, ())
            functions[callee].frame += times * (round_trip or 0)

    def longest(self, start, end, chain):
        """Bytes of the frames on the longest way from one function to another; None: there is none."""
        frame = self.functions[start].frame
        if start == end:
            return frame
        ways = [self.longest(callee, end, chain + (start,)) for callee in self.edges[start]
                if callee not in chain and callee != start]
        ways = [way for way in ways if way is not None]
        return frame + max(ways) if ways else None

    def deepest(self, name, chain=()):
        """Bytes, and the chain of calls that needs them."""
        if name in self.known:
            return self.known[name]
        if name in chain:
            loop = chain[chain.index(name):] + (name,)
            self.wrong.append("recursion: " + " -> ".join(loop))
            return 0, ()
        best, way = 0, ()
        for callee in sorted(self.edges[name]):
            below = self.deepest(callee, chain + (name,))
            if below[0] > best and callee != PANIC:
                best, way = below
        result = self.functions[name].frame + best, (name,) + way
        self.known[name] = result
        return result

    def worst(self, names):
        return max((self.deepest(name) for name in names if name in self.functions),
                   default=(0, ()))


def main():
    objdump, addr2line, elf, path = sys.argv[1:]
    functions = read_code(objdump, elf)
    table, loops = read_table(path)
    sources = list(read_sources())
    in_sources = defined(sources)
    for name, targets in table.items():
        table[name] = [f for word in targets for f in (fnmatch.filter(functions, word) or [word])]
    members = read_members(sources, functions, in_sources)
    edges, reached, wrong = {}, set(), []
    lines = source_lines(addr2line, elf, [at for f in functions.values() for at in f.pointers])
    for name, function in functions.items():
        edges[name] = {callee for callee in function.calls if callee in functions}
        if function.dynamic:
            wrong.append("%s takes an amount of stack that is not a constant" % name)
        for at in function.pointers:
            targets, is_told = set(table.get(name, [])), name in table
            if not is_told:
                for member in re.findall(r"(\w+)\(", lines[at]):
                    targets |= members.get(member, set())
                    is_told |= member in members
            if not is_told:
                wrong.append("%s calls by a pointer, and %s does not tell what: %s" % (
                    name, path, lines[at].strip()))
            edges[name] |= targets & set(functions)
            reached |= targets
    for name, targets in table.items():
        wrong += ["%s names %s, which is in no source" % (path, word) for word in [name] + targets
                  if word not in functions and not fnmatch.filter(in_sources, word) and not word.endswith("?")]
    # Who would call them is not in this kernel.
    for name, targets in table.items():
        if name not in functions:
            reached |= set(targets)
    for member, targets in members.items():
        if any(re.search(r"(?:->|\.)%s\(" % member, text) for text in sources):
            reached |= targets
    stored = stored_names(objdump, elf)
    for name, function in functions.items():
        if function.name in stored and name not in reached and name not in STARTS + FAULTS + KERNEL + INTERRUPTS:
            wrong.append("the address of %s is stored, and nothing calls it by that" % name)
    wrong += switch_called(functions)
    bound = Bound(functions, edges, loops)
    layers = [("the kernel", KERNEL, 0), ("an interrupt", INTERRUPTS, FRAME), ("a fault", FAULTS, FRAME)]
    layers.append(("a panic", (PANIC,), FRAME))
    total = 0
    for what, names, frame in layers:
        depth, way = bound.worst(names)
        total += depth + frame
        print("%-13s %5d  %s" % (what, depth + frame,
                                 " > ".join("%s %d" % (f, functions[f].frame) for f in way)))
    symbols = dict((fields[2], int(fields[0], 16)) for fields in (
        line.split() for line in subprocess.run([objdump.replace("objdump", "nm"), elf], check=True,
                                                stdout=subprocess.PIPE, text=True).stdout.splitlines())
        if len(fields) == 3)
    room = symbols["__stack_end"] - symbols["__stack_start"]
    print("%-13s %5d  of %d bytes" % ("in all", total, room))
    wrong += bound.wrong
    if total > room:
        wrong.append("the kernel's stack may need %d bytes and has %d" % (total, room))
    for text in sorted(set(wrong)):
        print("stack: " + text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
