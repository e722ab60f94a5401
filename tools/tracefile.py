# SPDX-License-Identifier: MIT
"""Read a trace of the kernel: the file that CONFIG_TRACE_HOST writes, or what /proc/trace printed.

  load(path) -> [Event], oldest first

The kinds of events and their words are read from include/kernel/tracing.h.
"""
import os
import re
import struct

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = struct.Struct("<IHBBHH5I")
LINE = re.compile(r"^ *(\d+)\.(\d{9}) +(\d+) +(\d+) (\w+)((?: [0-9a-f]+){5})$")


def read_source(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


KINDS = [(name, words.split()) for name, words in
         re.findall(r'TRACING_EVENT\((\w+), "([^"]*)"\)', read_source("include/kernel/tracing.h"))]
CALLS = {int(number): name for number, name in
         re.findall(r"^SYSCALL\((\d+), (\w+),", read_source("include/uapi/croft/syscall.def"), re.M)}


class Event:
    """What happened: @time in seconds since boot, the running thread and process, words by name
    (words_pid and words_tid, where those are words)."""

    def __init__(self, time, tid, pid, kind, words):
        self.time, self.tid, self.pid, self.kind = time, tid, pid, kind
        names = dict(KINDS)[kind]
        for name, word in zip(names, words):
            setattr(self, "words_" + name if name in ("pid", "tid") else name, word)
        if "name0" in names:
            raw = b"".join(struct.pack("<I", word) for word in words[1:])
            self.text = raw.rstrip(b"\0").decode("latin-1")


def load_binary(data):
    events, hz = [], 0
    for at in range(0, len(data) - RECORD.size + 1, RECORD.size):
        low, high, kind, _, tid, pid, *words = RECORD.unpack_from(data, at)
        if KINDS[kind][0] == "start":
            hz = words[0]
        events.append(Event((high << 32 | low) / hz, tid, pid, KINDS[kind][0], words))
    return events


def load_text(text):
    return [Event(int(found[1]) + int(found[2]) / 1e9, int(found[3]), int(found[4]), found[5],
                  [int(word, 16) for word in found[6].split()])
            for found in map(LINE.match, text.splitlines()) if found]


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" not in data:
        return load_text(data.decode("latin-1"))
    return load_binary(data)
