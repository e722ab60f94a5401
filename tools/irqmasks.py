#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long the kernel masks interrupts: the longest way, in instructions, from each place that does so.

  irqmasks.py OBJDUMP ADDR2LINE KERNEL.elf TABLE LIMIT

Read from the disassembly: an instruction that masks (cpsid i), and all that can run after it, through
branches and calls, up to the one that unmasks (cpsie i, or msr PRIMASK with what mrs had read), which counts
too.  mrs PRIMASK followed by cpsid inside such a stretch nests: its msr leaves them masked.

It is an error where that is longer than LIMIT, or has no bound that the code tells: a call by a
pointer, a jump by a table, recursion, a loop, a way back to a caller.  TABLE, a line each, says

  loop FUNCTION TIMES: why	no instruction of the loops in FUNCTION runs more often than TIMES
  boot FUNCTION END: why	masks while the system starts, until END unmasks
  halt FUNCTION CALLERS: why	masks for good, and is called by these alone
  never FUNCTION: why		is not called there on hardware, or does not return: a way into it is not counted

and a line that the code does not need is an error, too.  BASEPRI, FAULTMASK and cpsid f may not occur.

Handlers of one priority keep each other off in the same way.  Those above all devices are walked by
the same rules, and their length, or why there is none, is told without a judgement.

LIMIT 0 tells all that and judges nothing: a kernel that records events (CONFIG_TRACE) masks while it makes a record.
"""
import re
import subprocess
import sys

HEAD = re.compile(r"^([0-9a-f]+) <(.+)>:$")
CODE = re.compile(r"^\s*([0-9a-f]+):\t(\S+)\t?(.*)$")
TARGET = re.compile(r"\b([0-9a-f]+) <[^>]+>")
CONDITION = "(?:eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)"
ABOVE = ("memfault_entry", "fault_entry")
WHY_ABOVE = "its code gives no bound; `make bench` measures it, as refill"


class Instruction:
    def __init__(self, function, op, rest):
        op = re.sub(r"\.[nw]$", "", op)
        self.function, self.op, self.rest = function, op, rest.split("@")[0].split(";")[0].strip()
        self.next = None
        target = TARGET.search(rest)
        self.target = int(target[1], 16) if target else None
        has_pc = re.search(r"\bpc}", self.rest) or (op.startswith("ldr") and self.rest.startswith("pc"))
        self.is_branch = re.fullmatch("b%s?|cbn?z" % CONDITION, op) is not None
        self.is_call = re.fullmatch("blx?", op) is not None
        self.is_return = bool(re.fullmatch("bx%s?" % CONDITION, op) and self.rest == "lr") or (
            re.match("pop|ldm", op) is not None and bool(has_pc)) or (
            op.startswith("ldr") and self.rest.startswith("pc, [sp]"))
        self.is_pointer = not self.is_return and (
            bool(re.fullmatch("blx?|bx%s?" % CONDITION, op) and self.target is None)
            or op in ("tbb", "tbh") or bool(has_pc) or bool(re.match(r"(mov|add)\w* ?pc\b", op + " " + self.rest)))
        # Inside an IT block the condition is the suffix of the name.
        self.falls = op not in ("b", "bx", "tbb", "tbh") and not self.is_data() and not (
            self.is_return and not re.search(CONDITION + "$", op[2:] if op.startswith("ldmia") else op)) and not (
            has_pc and not self.is_return)

    def is_data(self):
        return self.op.startswith(".")

    def is_register(self, name):
        return self.op.startswith("msr") and self.rest.startswith(name)


def read_code(objdump, elf):
    code, starts, function, last = {}, {}, None, None
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", elf], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    for line in text.splitlines():
        head, found = HEAD.match(line), CODE.match(line)
        if head:
            function = head[2]
            starts.setdefault(function, []).append(int(head[1], 16))
        elif found and function:
            at = int(found[1], 16)
            code[at] = Instruction(function, found[2], found[3])
            if last is not None:
                code[last].next = at
                code[at].saves = code[last].op.startswith("mrs") and "PRIMASK" in code[last].rest
            else:
                code[at].saves = False
            last = at
    return code, starts


def read_table(path):
    table = {"loop": {}, "boot": {}, "halt": {}, "never": {}}
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                words, _, why = line.partition(":")
                kind, function, *rest = words.split()
                if kind not in table or not why.strip():
                    sys.exit("%s: what is this? %s" % (path, line))
                table[kind][function] = rest
    return table


def components(graph, start):
    """The strongly connected parts of what is reached from @start, each after all that it leads to (Tarjan)."""
    order, low, stack, on, parts = {}, {}, [], set(), []
    work = [(start, iter(graph(start)))]
    order[start] = low[start] = 0
    stack.append(start)
    on.add(start)
    while work:
        node, ways = work[-1]
        for to in ways:
            if to not in order:
                order[to] = low[to] = len(order)
                stack.append(to)
                on.add(to)
                work.append((to, iter(graph(to))))
                break
            if to in on:
                low[node] = min(low[node], order[to])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == order[node]:
                part = []
                while not part or part[-1] != node:
                    part.append(stack.pop())
                    on.discard(part[-1])
                parts.append(part)
    return parts


UNMASKED = 0


class Walk:
    def __init__(self, code, starts, table):
        self.code, self.starts, self.table = code, starts, table
        self.known, self.chain, self.wrong = {}, [], []
        self.ends, self.used, self.stops = set(), set(), set()

    def error(self, instruction, text):
        self.wrong.append("%s: %s" % (instruction.function, text))

    def steps(self, node):
        """Where one instruction leads: (at, depth), or a way out, "out" and its depth; and what that costs."""
        at, depth = node
        here = self.code[at]
        if here.is_data():
            self.error(here, "runs into data at %x" % at)
            return []
        if here.op == "cpsie" or here.is_register("PRIMASK"):
            self.ends.add(at)
            depth = UNMASKED if here.op == "cpsie" else depth - 1
            if depth == UNMASKED:
                return [(("out", UNMASKED), 1)]
        if here.op == "cpsid" and here.saves:
            depth += 1
        ways = []
        if here.is_pointer:
            self.error(here, "goes by a pointer or a table while masked, at %x: %s %s" % (at, here.op, here.rest))
        elif here.is_return:
            ways.append((("out", depth), 1))
        elif here.is_call or (here.is_branch and self.is_other(here)):
            callee = self.code[here.target].function
            if callee in self.table["never"]:
                self.used.add(("never", callee))
                self.stops.add(callee)
                return [(("at", here.next, depth), 1)] if here.is_branch and here.op != "b" else []
            for out, cost in self.longest(here.target, depth).items():
                stays = here.is_call and out != UNMASKED
                ways.append(((("at", here.next, out) if stays else ("out", out)), 1 + cost))
            if here.is_call:
                return ways
        elif here.is_branch:
            ways.append((("at", here.target, depth), 1))
        if here.falls and here.next is not None:
            ways.append((("at", here.next, depth), 1))
        return ways

    def is_other(self, here):
        return self.code[here.target].function != here.function or here.target in self.starts[here.function]

    def longest(self, at, depth):
        """From there to each way out of the function, by the depth that masks have then."""
        key = (at, depth)
        function = self.code[at].function
        if key in self.known:
            return self.known[key]
        if key in self.chain:
            self.wrong.append("%s: calls itself while masked" % function)
            return {}
        self.chain.append(key)
        edges = {}

        def graph(node):
            if node[0] == "out":
                return []
            if node not in edges:
                edges[node] = self.steps((node[1], node[2]))
            return [to for to, _ in edges[node]]

        best = {}
        for part in components(graph, ("at", at, depth)):
            if part[0][0] == "out":
                best[part[0]] = {part[0][1]: 0}
                continue
            is_loop = len(part) > 1 or part[0] in graph(part[0])
            inside = sum(max([cost for _, cost in edges[node]], default=1) for node in part)
            if is_loop:
                inside *= self.times(part)
            result = {}
            for node in part:
                for to, cost in edges[node]:
                    if to in part:
                        continue
                    for out, rest in best[to].items():
                        # The last pass leaves by an edge that the loop's sum has not got.
                        result[out] = max(result.get(out, 0), rest + cost + (inside if is_loop else 0))
            for node in part:
                best[node] = result
        self.chain.pop()
        self.known[key] = best[("at", at, depth)]
        return self.known[key]

    def times(self, part):
        name = self.code[part[0][1]].function
        if name not in self.table["loop"]:
            self.wrong.append("%s: has a loop while masked, at %x" % (name, min(node[1] for node in part)))
            return 1
        self.used.add(("loop", name))
        return int(self.table["loop"][name][0])


def where(addr2line, elf, at):
    """The line of the function that it stands in, not of what is inline there."""
    text = subprocess.run([addr2line, "-i", "-e", elf, hex(at)], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.splitlines()
    return re.sub(r" \(.*", "", re.sub(r"^.*/(?=(?:arch|kernel|mm|fs|lib|drivers|boards)/)", "", text[-1]))


def check_boot(code, starts, name, rest, walk):
    end = [at for at in code if code[at].function == rest[0] and code[at].op == "cpsie"]
    walk.ends.update(end)
    if name in starts and end and code[starts[name][0]].op == "cpsid":
        walk.used.add(("boot", name))
    return "until %s: boot" % rest[0]


def check_halt(code, name, rest, walk):
    callers = {here.function for here in code.values()
               if here.target is not None and (here.is_call or here.is_branch)
               and code[here.target].function == name and here.function != name}
    if callers != set(rest):
        walk.wrong.append("%s is called by %s" % (name, " ".join(sorted(callers))))
    walk.used.add(("halt", name))
    return "for good, in " + " ".join(sorted(callers))


def main():
    objdump, addr2line, elf, path, limit = *sys.argv[1:5], int(sys.argv[5])
    code, starts = read_code(objdump, elf)
    table = read_table(path)
    walk = Walk(code, starts, table)
    sites, most = [at for at in code if code[at].op == "cpsid"], 0
    for at in sites:
        here = code[at]
        name, count, note = here.function, "-", ""
        if here.rest != "i":
            walk.error(here, "cpsid %s: only i is known here" % here.rest)
        if name in table["boot"]:
            note = check_boot(code, starts, name, table["boot"][name], walk)
        elif name in table["halt"]:
            note = check_halt(code, name, table["halt"][name], walk)
        else:
            before = len(walk.wrong)
            walk.stops = set()
            ways = walk.longest(here.next, 1)
            if any(depth != UNMASKED for depth in ways):
                walk.error(here, "returns masked")
            if len(walk.wrong) == before and ways:
                count = ways.get(UNMASKED, 0)
                most = max(most, count)
                if count > limit > 0:
                    walk.error(here, "masks for %d instructions; %s are allowed" % (count, limit))
            else:
                note = "no bound"
            if walk.stops:
                note += (", " if note else "") + "not counted: " + " ".join(sorted(walk.stops))
        print("%-22s %5s  %-32s %s" % (name, count, where(addr2line, elf, at), note))
    print("%-22s %5d  of %s" % ("at most", most, limit or "any number, where there is a bound"))
    for at, here in code.items():
        if here.is_register("BASEPRI") or here.is_register("FAULTMASK"):
            walk.error(here, "%s %s: only PRIMASK is known here" % (here.op, here.rest))
        if (here.op == "cpsie" or here.is_register("PRIMASK")) and at not in walk.ends:
            walk.error(here, "%s %s at %x belongs to no place that masks" % (here.op, here.rest, at))
    for kind, lines in table.items():
        walk.wrong += ["%s: %s %s is not so" % (path, kind, name) for name in lines
                       if (kind, name) not in walk.used]
    for name in ABOVE:
        above = Walk(code, starts, table)
        ways = above.longest(starts[name][0], 1) if name in starts else {}
        print("%-22s %5s  %s" % (name, "-" if above.wrong or not ways else max(ways.values()),
                                 "above all devices; " + WHY_ABOVE if above.wrong else "above all devices"))
    for text in sorted(set(walk.wrong)):
        print("irqmasks: " + text, file=sys.stderr)
    return 1 if walk.wrong and limit else 0


if __name__ == "__main__":
    sys.exit(main())
