#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make of a trace what chrome://tracing and ui.perfetto.dev open.

  trace2json.py TRACE [-o JSON]

Process 0 is the processor: one bar for each time that a thread had it, and interrupts.  The others are
Croft's processes, with a bar for each system call of each thread, and marks for refills, faults and
mappings.  A call that waits ends where its thread stops running, and is made again, or a
mark `result` follows.
"""
import argparse
import json
import sys

import tracefile

MARKS = ("refill", "drop", "fault", "region", "region_gone", "vma", "vma_gone", "result", "exit")


def words_of(event):
    return {name: hex(getattr(event, "words_" + name if name in ("pid", "tid") else name))
            for name in dict(tracefile.KINDS)[event.kind] if not name.startswith("name")}


def signed(word):
    return word - (1 << 32) if word >> 31 else word


class Writer:
    def __init__(self):
        self.rows, self.running, self.names, self.free = [], None, {}, 0

    def add(self, phase, name, time, pid, tid, **more):
        self.rows.append(dict(ph=phase, name=name, ts=time * 1e6, pid=pid, tid=tid, **more))

    def name_process(self, pid, name):
        self.names[pid] = name
        self.add("M", "process_name", 0, pid, 0, args={"name": name})

    def stop_running(self, time):
        if self.running:
            begun, tid, pid = self.running
            self.add("X", "%s %d" % (self.names.get(pid, "?"), tid), begun, 0, 0,
                     dur=(time - begun) * 1e6, args={"tid": tid, "pid": pid})
        self.running = None

    def take(self, event):
        name = "%s" % tracefile.CALLS.get(getattr(event, "nr", None), "?")
        if event.kind == "name":
            self.name_process(event.words_pid, event.text)
        elif event.kind in ("switch", "idle"):
            self.stop_running(event.time)
            if event.kind == "switch":
                self.running = (event.time, event.words_tid, event.words_pid)
        elif event.kind == "enter":
            self.add("B", name, event.time, event.pid, event.tid, args=words_of(event))
        elif event.kind == "leave":
            self.add("E", name, event.time, event.pid, event.tid,
                     args={"result": signed(event.result)})
        elif event.kind == "wait":
            self.add("E", name, event.time, event.of_pid, event.of_tid, args={"waits": True})
        elif event.kind == "irq":
            self.add("i", "irq %d" % event.number, event.time, 0, 0, s="t")
        elif event.kind == "pages":
            self.free += event.npages if event.is_used else -event.npages
            self.add("C", "pages in use", event.time, 0, 0, args={"pages": self.free})
        elif event.kind in MARKS:
            self.add("i", event.kind, event.time, event.pid, event.tid, s="t", args=words_of(event))


def convert(events):
    writer = Writer()
    writer.name_process(0, "processor")
    for event in events:
        writer.take(event)
    if events:
        writer.stop_running(events[-1].time)
    return {"displayTimeUnit": "ns", "traceEvents": writer.rows}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("trace")
    parser.add_argument("-o", "--out")
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") if args.out else sys.stdout as file:
        json.dump(convert(tracefile.load(args.trace)), file)
        file.write("\n")


if __name__ == "__main__":
    main()
