# SPDX-License-Identifier: MIT
"""Tests of the trace and of the picture that is made of it: each function is one test, on one board.

  tracing.py --write	make docs/map.png anew
"""
import bisect
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import run
from run import Failed, Skipped, make, must_make

sys.path.insert(0, os.path.join(run.ROOT, "tools"))
import tracefile			# pylint: disable=wrong-import-position

OWN = "APPS=tests/own"
STEP = re.compile(r"^step ([^\n]*)\n(.*?)^end$", re.M | re.S)
MAPPING = re.compile(r"^([0-9a-f]{8}-[0-9a-f]{8}) (\S{4}) \S+ \S+ \d+ *(.*)$", re.M)
CELL = re.compile(r"<t[dh]>(.*?)</t[dh]>", re.S)


def must(good, text):
    if not good:
        raise Failed(text)


def folder(board):
    return os.path.join("build", board + "-map")


def traced(board, goal, command, out):
    """Run a command traced.  Returns what it printed, the events, and the file made of them."""
    out = os.path.join(folder(board), out)
    text = must_make(goal, "BOARD=" + board, OWN, "CMD=" + command, "OUT=" + out)
    events = tracefile.load(os.path.join(run.ROOT, folder(board), "trace.bin"))
    must(events and events[0].kind == "start", "the trace has no beginning")
    return text, events, os.path.join(run.ROOT, out)


# ---- The trace --------------------------------------------------------------------------------

def calls_pair(rows):
    """Each bar of a call that begins ends, before the same thread begins another."""
    open_calls, count = {}, 0
    for row in rows:
        thread = (row["pid"], row["tid"])
        if row["ph"] == "B":
            must(thread not in open_calls, "a call begins within a call: %s" % row)
            open_calls[thread] = row["name"]
        elif row["ph"] == "E":
            must(open_calls.pop(thread, None) == row["name"], "nothing ends here: %s" % row)
            count += 1
    must(list(open_calls.values()) == ["poweroff"], "calls without an end: %s" % open_calls)
    return count


def switches_follow_each_other(rows):
    """The processor runs one thread at a time, and who makes a call is who was switched to."""
    bars = sorted((row["ts"], row["dur"], row["args"]["tid"]) for row in rows if row["ph"] == "X")
    for (begun, lasts, _), (next_begun, _, _) in zip(bars, bars[1:]):
        must(begun + lasts <= next_begun + 0.001, "two threads run at %f" % next_begun)
    for row in rows:
        if row["ph"] == "B":
            # On a loaded host the clock may stand still while events go on.
            at = bisect.bisect(bars, (row["ts"], float("inf")))
            still = bisect.bisect(bars, (row["ts"] - 0.001, float("inf")))
            must(any(tid == row["tid"] and begun <= row["ts"] <= begun + lasts + 0.001
                     for begun, lasts, tid in bars[max(0, still - 1):at]),
                 "who does not run makes a call: %s" % row)
    return len(bars)


def trace_becomes_json(board):
    text, events, path = traced(board, "trace", "own_spin & sleep 1; kill -KILL 3; sleep 1; mapdemo | cat", "trace.json")
    must(": yes" in text, text)
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["traceEvents"]
    calls, switches = calls_pair(rows), switches_follow_each_other(rows)
    must(calls == sum(event.kind in ("leave", "wait") for event in events) and calls > 100,
         "%d calls" % calls)
    must(switches == sum(event.kind == "switch" for event in events) and switches > 10,
         "%d switches" % switches)
    names = {row["args"]["name"] for row in rows if row["name"] == "process_name"}
    must({"processor", "init", "sh", "own_spin", "mapdemo", "cat"} <= names, "names: %s" % names)
    times = [event.time for event in events]
    must(times == sorted(times), "time goes back")
    kinds = {event.kind for event in events}
    must({"irq", "idle", "fault", "refill", "drop", "region", "vma", "pages", "exit"} <= kinds,
         "kinds: %s" % kinds)


def no_event_is_lost(board):
    """What is mapped by the end is what was, less what went: every process but two has gone."""
    _, events, _ = traced(board, "trace", "mapdemo; sleep 1", "trace.json")
    alive = {}
    for event in events:
        if event.kind == "vma":
            alive[event.id] = event.words_pid
        elif event.kind == "vma_gone":
            must(event.id in alive, "what was never mapped is unmapped")
            del alive[event.id]
    must(set(alive.values()) == {1}, "left: %s" % alive)
    pages = set()
    for event in events:
        if event.kind == "pages":
            span = set(range(event.start, event.start + (event.npages << events[0].page_shift),
                             1 << events[0].page_shift))
            must(event.is_used and not pages & span or not event.is_used and span <= pages,
                 "pages at %x" % event.start)
            pages = pages | span if event.is_used else pages - span


def proc_trace_tells_the_last(board):
    text = must_make("run", "BOARD=" + board, "VARIANT=trace", "CMD=true; cat /proc/trace; ls /proc")
    events = tracefile.load_text(text)
    must(100 < len(events) <= 128, "%d events" % len(events))
    must([event.time for event in events] == sorted(event.time for event in events), text)
    must({"enter", "leave", "switch", "vma", "exit"} <= {event.kind for event in events}, text)
    calls = {tracefile.CALLS[event.nr] for event in events if event.kind == "enter"}
    must("spawn" in calls or "waitpid" in calls, "calls: %s" % calls)
    status, text = make("run", "BOARD=" + board, "CMD=cat /proc/trace")
    must(status != 0, "a kernel without a trace has one:\n" + text)


# ---- The picture ------------------------------------------------------------------------------

def browse(path, *options):
    chromium = shutil.which("chromium")
    if not chromium:
        raise Skipped("there is no chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="croft-browser-") as home:
        done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu",
                               "--hide-scrollbars", "--user-data-dir=" + home] + list(options) +
                              ["file://" + path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=300, check=True)
    return done.stdout.decode()


def tables(page):
    """The tables of a page, by id: rows of texts."""
    return {found[1]: [[html.unescape(cell) for cell in CELL.findall(row)]
                       for row in found[2].split("</tr>")[1:-1]]
            for found in re.finditer(r'<table id="(\w+)">(.*?)</table>', page, re.S)}


def no_error(page):
    must(re.search(r'<pre id="errors"></pre>', page), "the page has an error: " +
         page[page.find('id="errors"'):][:400])
    must("http:" not in page and "https:" not in page, "the page needs a network")


def picture_shows_what_maps_said(board):
    text, events, path = traced(board, "map", "mapstep", "map.html")
    steps = STEP.findall(text)
    pid = next(event.words_pid for event in events
               if event.kind == "name" and event.text == "mapstep")
    marks = [n for n, event in enumerate(events) if event.kind == "enter" and event.pid == pid and
             tracefile.CALLS[event.nr] == "getppid"]
    must(len(steps) == len(marks) == 9, "%d steps, %d marks" % (len(steps), len(marks)))
    seen = set()
    for (name, maps), mark in zip(steps, marks):
        page = browse(path + "#step=%d" % mark, "--dump-dom")
        no_error(page)
        shown = sorted(tuple(row[1:4]) for row in tables(page)["maps"] if row[0].startswith("%d " % pid))
        said = sorted(MAPPING.findall(maps))
        must([row[:2] for row in shown] == [row[:2] for row in said],
             "%s: /proc/self/maps said\n%s\nthe picture shows\n%s" % (name, said, shown))
        for (_, _, label), (_, _, known) in zip(shown, said):
            must(label == known[-16:], "%s is called %s" % (known, label))
        seen.add(tuple(said))
    must(len(seen) >= 8, "the steps are alike")
    must("</svg> %d mapstep</span>" % pid in page, "the key does not name the program")
    must(page.count("<rect") > 40, "the chart is empty")


def granted(start, end, off):
    """The first and the last byte of a block of which some eighths are off."""
    on = [eighth for eighth in range(8) if not off >> eighth & 1]
    return "%08x-%08x" % (start + (end - start) * on[0] // 8,
                          start + (end - start) * (on[-1] + 1) // 8 - 1)


def picture_counts_as_mpu_does(board):
    """Refills and free pages of the last moment before poweroff are those of /proc."""
    text, events, path = traced(board, "map", "cat /proc/1/mpu", "map.html")
    refills = re.search(r"^MpuRefills:\t(\d+)$", text, re.M)[1]
    page = browse(path + "#step=%d" % next(n for n, event in enumerate(events)
                                           if event.kind == "exit"), "--dump-dom")
    no_error(page)
    of_init = next(row for row in tables(page)["mpu"] if row[0].startswith("1 "))
    must(of_init[1] == refills, "init: %s, /proc/1/mpu: %s" % (of_init, refills))
    entries = [(slot, granted(int(start, 16), int(end, 16), int(off, 16)), rights)
               for slot, start, end, rights, off in re.findall(
                   r"^(\d+): (\w{8})-(\w{8}) (\S{3}) off (\w\w)(?: locked)?$", text, re.M)]
    must(sorted(re.findall(r"(\d+):(\w{8}-\w{8}) (\S{3})", of_init[3])) == sorted(entries),
         "%s\n%s" % (of_init[3], entries))


def screenshot(board):
    """The page as it looks, of which docs/ has one."""
    _, _, path = traced(board, "map", "mapdemo", "map.html")
    image = os.path.join(run.ROOT, folder(board), "map.png")
    browse(path, "--window-size=1200,800", "--screenshot=" + image)
    with open(image, "rb") as file:
        data = file.read()
    must(data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 20000, "%d bytes" % len(data))
    return image


def picture_is_drawn(board):
    screenshot(board)


TESTS = (trace_becomes_json, no_event_is_lost, proc_trace_tells_the_last,
         picture_shows_what_maps_said, picture_counts_as_mpu_does, picture_is_drawn)

if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    shutil.copy(screenshot("lm3s6965evb"), os.path.join(run.ROOT, "docs", "map.png"))
