#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Generate everything that must agree on the system calls from include/uapi/croft/syscall.def.

  gensyscalls.py DEF KIND OUT, where KIND is

  nr       SYS_name numbers, for C and assembly
  table    the kernel's prototypes and its table of functions
  stubs    one entry per call for programs, in assembly
  user     prototypes of those entries, for user C code
  shapes   what each call takes, for a program that draws calls at random
  docs     the manual page

An entry of DEF is SYSCALL(nr, name, "result", "type arg, ..."); the comment above it is its
manual text, and covers the entries that follow it without one of their own.
"""
import os
import re
import sys

# Calls that a choice decides on.
FEATURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kernel",
                        "features.def")

MAX_ARGS = 6
NOTICE = "Made by tools/gensyscalls.py from include/uapi/croft/syscall.def."
# r0 to r5 carry one word each; a wider value is passed by pointer.
WIDE = re.compile(r"\b(long\s+long|u?int64_t|_?off64_t|loff_t|double)\b")

TOKEN = re.compile(r"/\*(?P<comment>.*?)\*/"
                   r'|SYSCALL\(\s*(?P<nr>\d+)\s*,\s*(?P<name>\w+)\s*,'
                   r'\s*"(?P<ret>[^"]*)"\s*,\s*(?P<args>(?:"[^"]*"\s*)+)\)', re.S)


class Arg:
    def __init__(self, text):
        self.is_pointer = "*" in text
        match = re.fullmatch(r"(.*?)(\w+)", text.strip(), re.S)
        if not match or not match.group(1).strip():
            raise ValueError("argument '%s' needs a type and a name" % text)
        if WIDE.search(text) and not self.is_pointer:
            raise ValueError("'%s' does not fit one register; pass a pointer" % text)
        self.type, self.name = match.group(1).strip(), match.group(2)

    def user(self):
        plain = re.sub(r"\s*\b__user\b\s*", " ", self.type)
        plain = re.sub(r"\s*\*\s*", " *", plain).strip().replace("* *", "**")
        return plain + ("" if plain.endswith("*") else " ") + self.name

    def kernel(self):
        return ("uaddr_t " if self.is_pointer else self.type + " ") + self.name


class Call:
    def __init__(self, match, text):
        self.nr, self.name, self.ret = int(match["nr"]), match["name"], match["ret"]
        args = " ".join(re.findall(r'"([^"]*)"', match["args"])).strip()
        self.args = [] if args in ("", "void") else [Arg(a) for a in args.split(",")]
        self.text, self.choice = text, None
        if len(self.args) > MAX_ARGS:
            raise ValueError("more than %d arguments" % MAX_ARGS)

    def user(self):
        return ", ".join(a.user() for a in self.args) or "void"

    def kernel(self):
        return ", ".join(a.kernel() for a in self.args) or "void"


def comment_text(raw):
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in raw.strip().splitlines()]
    return "\n".join(lines).strip()


def parse(path):
    """The entries by number, and the text of the page: the first long comment of the file."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    calls, intro, text, fresh = [], "", "", False
    end = 0
    for match in TOKEN.finditer(source):
        skipped = source[end:match.start()]
        if skipped.strip():
            line = source[:end].count("\n") + 1
            sys.exit("%s:%d: cannot read: %s" % (path, line, skipped.strip().splitlines()[0]))
        end = match.end()
        if match["comment"] is not None:
            text = comment_text(match["comment"])
            if not calls and not intro and not text.startswith("SPDX"):
                intro = text
            fresh = True
            continue
        try:
            calls.append(Call(match, text if fresh else None))
        except ValueError as error:
            sys.exit("%s: %s: %s" % (path, match["name"], error))
        fresh = False
    if source[end:].strip():
        sys.exit("%s: cannot read: %s" % (path, source[end:].strip().splitlines()[0]))
    for attribute in ("nr", "name"):
        values = [getattr(c, attribute) for c in calls]
        for value in values:
            if values.count(value) > 1:
                sys.exit("%s: %s is there twice" % (path, value))
    return calls, intro


def read_features(calls):
    """Give each call its choice; None: it is always there."""
    with open(FEATURES, encoding="utf-8") as file:
        found = re.findall(r"^FEATURE\((\w+), ([\w ]+)\)$", file.read(), re.M)
    by_name = {call.name: call for call in calls}
    for choice, names in found:
        for name in names.split():
            if name not in by_name or by_name[name].choice:
                sys.exit("%s: %s is no call, or is there twice" % (FEATURES, name))
            by_name[name].choice = choice


def c_head(guard):
    return "/* SPDX-License-Identifier: MIT */\n/* %s */\n#ifndef %s\n#define %s\n\n" % (
        NOTICE, guard, guard)


def nr(calls, _):
    out = c_head("GENERATED_SYSCALL_NR_H")
    for call in calls:
        out += "#define SYS_%s %d\n" % (call.name, call.nr)
    out += "\n/* One more than the highest number. */\n"
    out += "#define NR_SYSCALLS %d\n" % (max(c.nr for c in calls) + 1)
    return out + "\n#endif\n"


def entry(call):
    """The words of the table for a call, which is not named where its choice is off."""
    if call.choice:
        return "IS_ENABLED(CONFIG_%s) ? SYSCALL_FN(sys_%s) : SYSCALL_FN(sys_nosys)," % (
            call.choice, call.name)
    return "SYSCALL_FN(sys_%s)," % call.name


def table(calls, _):
    out = c_head("GENERATED_SYSCALL_TABLE_H")
    out += "#include <stddef.h>\n#include <sys/types.h>\n\n#include <kernel/config.h>\n#include <kernel/types.h>\n\n"
    out += "#include <generated/syscall_nr.h>\n\n"
    out += "/* r0 to r5 as they came; a call takes as many as it needs. */\n"
    out += "typedef long (*syscall_fn)(unsigned long, unsigned long, unsigned long, " \
           "unsigned long,\n\t\t\t   unsigned long, unsigned long);\n\n"
    for call in calls:
        out += "long sys_%s(%s);\n" % (call.name, call.kernel())
    out += "\n/* A call that this configuration leaves out answers as one that does not exist. */\n"
    out += "#define SYSCALL_WEAK"
    out += "".join(" \\\n\t__asm__(\".weak sys_%s; .thumb_set sys_%s, sys_nosys\");" % (c.name, c.name) for c in calls)
    out += "\n"
    out += "\n/* What a number without a call gets. */\nlong sys_nosys(void);\n\n"
    out += "/* Every argument is one word, so every call can be called as a syscall_fn. */\n"
    out += "#define SYSCALL_FN(fn) ((syscall_fn)(void (*)(void))(fn))\n\n"
    by_nr = {c.nr: entry(c) for c in calls}
    rows = [by_nr.get(i, "SYSCALL_FN(sys_nosys),") for i in range(max(by_nr) + 1)]
    out += "#define SYSCALL_TABLE_INIT"
    out += "".join(" \\\n\t%s" % row for row in ["{"] + ["\t" + r for r in rows] + ["}"])
    out += "\n\n/* For reports: the name of each number, or NULL. */\n"
    out += "#define SYSCALL_NAMES_INIT"
    names = ["[%d] = \"%s\"," % (c.nr, c.name) for c in calls]
    out += "".join(" \\\n\t%s" % row for row in ["{"] + ["\t" + n for n in names] + ["}"])
    return out + "\n\n#endif\n"


def stubs(calls, _):
    out = "/* SPDX-License-Identifier: MIT */\n/* %s */\n" % NOTICE
    out += """/*
 * long __sys_name(...): the number goes into r7, the arguments are already in r0 to r3, and the
 * fifth and sixth come from the caller's stack.  r0 returns the kernel's word, -errno on failure.
 * long __call_name(...): the same, but -1 with errno on failure, by __croft_fail().
 */
	.syntax unified
	.thumb
	.cfi_sections .debug_frame

	.macro	begin name
	.section .text.\\name, "ax", %progbits
	.global	\\name
	.type	\\name, %function
	.thumb_func
\\name:
	.cfi_startproc
	.endm

	.macro	end name
	.cfi_endproc
	.size	\\name, . - \\name
	.endm

	.macro	fail_or_return
	.cfi_def_cfa_offset 0
	cmn	r0, #4096
	bhi	1f
	bx	lr
1:	b.w	__croft_fail
	.endm

	.macro	enter_up_to_4 nr
	push	{r7, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset r7, -8
	.cfi_offset lr, -4
	movs	r7, #\\nr
	svc	#0
	.endm

	.macro	syscall_up_to_4 name, nr
	begin	__sys_\\name
	enter_up_to_4 \\nr
	pop	{r7, pc}
	end	__sys_\\name
	begin	__call_\\name
	enter_up_to_4 \\nr
	ldm	sp!, {r7, lr}
	.cfi_restore r7
	.cfi_restore lr
	fail_or_return
	end	__call_\\name
	.endm

	/* Six words are pushed, so the fifth argument lies at sp + 24 and the sixth above it. */
	.macro	enter_up_to_6 nr, nargs
	push	{r3, r4, r5, r6, r7, lr}
	.cfi_def_cfa_offset 24
	.cfi_offset r4, -20
	.cfi_offset r5, -16
	.cfi_offset r6, -12
	.cfi_offset r7, -8
	.cfi_offset lr, -4
	.if	\\nargs == 6
	ldrd	r4, r5, [sp, #24]
	.else
	ldr	r4, [sp, #24]
	.endif
	movs	r7, #\\nr
	svc	#0
	.endm

	.macro	syscall_up_to_6 name, nr, nargs
	begin	__sys_\\name
	enter_up_to_6 \\nr, \\nargs
	pop	{r3, r4, r5, r6, r7, pc}
	end	__sys_\\name
	begin	__call_\\name
	enter_up_to_6 \\nr, \\nargs
	ldm	sp!, {r3, r4, r5, r6, r7, lr}
	.cfi_restore r4
	.cfi_restore r5
	.cfi_restore r6
	.cfi_restore r7
	.cfi_restore lr
	fail_or_return
	end	__call_\\name
	.endm

"""
    for call in calls:
        if call.nr > 255:
            sys.exit("%s: number %d does not fit the movs of its stub" % (call.name, call.nr))
        if len(call.args) <= 4:
            out += "\tsyscall_up_to_4 %s, %d\n" % (call.name, call.nr)
        else:
            out += "\tsyscall_up_to_6 %s, %d, %d\n" % (call.name, call.nr, len(call.args))
    return out


def user(calls, _):
    out = c_head("GENERATED_SYSCALLS_H")
    out += "/* __sys_name() returns the kernel's word as it is: -errno on failure; __call_name() -1, and sets errno. */\n\n"
    out += "#include <stddef.h>\n#include <stdint.h>\n#include <sys/types.h>\n\n"
    out += "#include <generated/syscall_nr.h>\n\n"
    out += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
    structs = {s for c in calls for a in c.args for s in re.findall(r"struct \w+", a.type)}
    out += "".join("%s;\n" % s for s in sorted(structs)) + "\n"
    for call in calls:
        out += "".join("long __%s_%s(%s);\n" % (kind, call.name, call.user())
                       for kind in ("sys", "call"))
    return out + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n"


# What an argument is, by its name where its type does not tell; the letters are those of SHAPE_*.
SHAPES = (("path", r"const char __user \*", r".*"),
          ("time", r".*\bi?timer?spec __user \*", r".*"),
          ("spawn", r".*\bspawn_args __user \*", r".*"),
          ("thread", r".*\bthread_args __user \*", r".*"),
          ("context", r".*\bcroft_ucontext __user \*", r".*"),
          ("stack", r".*\bcroft_altstack __user \*", r".*"),
          ("poll", r".*\bpollfd __user \*", r".*"),
          ("pointer", r".*\*", r".*"),
          ("fd", r"int", r".*fd|to"),
          ("length", r".*", r".*len|size|length|increment|nfds|count"),
          ("offset", r"off_t", r".*"),
          ("prot", r".*", r"prot"),
          ("flags", r".*", r".*flags|options|cmd|op|how|mode|what|advice"),
          ("process", r".*", r"pid|tid"),
          ("signal", r".*", r"sig"),
          ("small", r".*", r".*"))


def shape_of(arg):
    return next(name for name, of_type, of_name in SHAPES
                if re.fullmatch(of_type, arg.type) and re.fullmatch(of_name, arg.name))


def shapes(calls, _):
    out = c_head("GENERATED_SYSCALL_SHAPES_H")
    out += "enum shape {\n\tSHAPE_NONE,\n"
    out += "".join("\tSHAPE_%s,\n" % name.upper() for name, _, _ in SHAPES) + "};\n\n"
    out += "#define SYSCALL_NAME_MAX %d\n\n" % max(len(c.name) for c in calls)
    out += "/* [number] = { name, how many arguments, what each is } */\n#define SYSCALL_SHAPES"
    for call in calls:
        out += " \\\n\t[%d] = { \"%s\", %d, { %s } }," % (
            call.nr, call.name, len(call.args),
            ", ".join("SHAPE_" + shape_of(a).upper() for a in call.args) or "0")
    return out + "\n\n#endif\n"


def docs(calls, intro):
    out = "<!-- SPDX-License-Identifier: MIT -->\n"
    out += "<!-- %s  `make docs` makes it anew. -->\n# System calls\n\n" % NOTICE
    out += intro + "\n"
    for call in calls:
        if call.text is not None:
            out += "\n"
        out += "## %d %s\n\n    %s %s(%s)\n\n" % (call.nr, call.name, call.ret, call.name,
                                                  call.user())
        out += (call.text or "As above.") + "\n\n"
        out += "Only with `CONFIG_%s`.\n\n" % call.choice if call.choice else ""
    return re.sub(r"\n{3,}", "\n\n", out).rstrip() + "\n"


def main():
    kinds = {f.__name__: f for f in (nr, table, stubs, user, shapes, docs)}
    if len(sys.argv) != 4 or sys.argv[2] not in kinds:
        sys.exit(__doc__)
    calls, intro = parse(sys.argv[1])
    read_features(calls)
    out = sys.argv[3]
    text = kinds[sys.argv[2]](sorted(calls, key=lambda c: c.nr), intro)
    os.makedirs(os.path.dirname(out) or ".", exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
