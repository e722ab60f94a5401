#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Draw the memory of a board over time, from a trace, as one page for a browser.

  memmap.py TRACE --board NAME --cmd LINE -o HTML

The chart has a row for each page of memory and a column for each change; it is drawn here, so it can be
printed.  tools/memmap.html is the page, whose script shows one moment of it: which one is chosen by the
slider, by pointing at the chart, or by `#step=N` behind the page's address.
"""
import argparse
import html
import json
import os

import tracefile

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "memmap.html")
SHOWN_WHOLE = 256	# pages of a bank that is drawn whole; of a larger one, what is ever used
KINDS = ("anon", "copy", "store")
VMA_STACK, VMA_SHARED, VMA_HEAP = 1, 4, 8
CHART_WIDTH, GAP, TICKS = 900, 10, 7
# What changes the picture; all other events only move time on.
SHOWN = ("region", "region_gone", "vma", "vma_gone", "path", "pages", "exit", "name")


class Memory:
    """Who has which page, kept up to date event by event."""

    def __init__(self, shift):
        self.shift = shift
        self.regions, self.vmas, self.used = {}, {}, set()
        self.paths = {}

    def span(self, start, end):
        return range(start >> self.shift, (end + (1 << self.shift) - 1) >> self.shift)

    def take(self, event):
        """Do what an event did.  Returns the pages whose owner may have changed."""
        old, kind = [], event.kind
        if kind == "pages":
            pages = range(event.start >> self.shift, (event.start >> self.shift) + event.npages)
            (self.used.update if event.is_used else self.used.difference_update)(pages)
            return pages
        if kind in ("region", "region_gone") and event.id in self.regions:
            region = self.regions.pop(event.id)
            old = self.span(region.start, region.top)
        if kind in ("vma", "vma_gone") and event.id in self.vmas:
            vma = self.vmas.pop(event.id)
            old = self.span(vma.start, vma.end)
        if kind == "path":
            self.paths[event.id] = event.text
        if kind == "region":
            self.regions[event.id] = event
            return set(old) | set(self.span(event.start, event.top))
        if kind == "region_gone":
            self.paths.pop(event.id, None)
        if kind == "vma":
            self.vmas[event.id] = event
            return set(old) | set(self.span(event.start, event.end))
        return old

    def look(self, page):
        """What a page is: (kind, owners, attached, name); None: free, or nothing."""
        at = page << self.shift
        region = next((r for r in self.regions.values() if r.start <= at < r.top), None)
        if not region:
            return ("kernel", (), 0, "") if page in self.used else None
        over = [v for v in self.vmas.values() if v.start <= at < v.end]
        kind = KINDS[region.what & 0xff]
        flags = over[0].prot_flags >> 8 if over else 0
        if kind == "anon" and flags & (VMA_STACK | VMA_HEAP):
            kind = "stack" if flags & VMA_STACK else "heap"
        if at >= region.end:
            kind = "spare"
        return (kind, tuple(sorted({v.words_pid for v in over})), len(over),
                self.paths.get(region.id, ""))


class Chart:
    """The pages as rows and the changes as columns."""

    def __init__(self, events):
        self.events = events
        self.shift = next(e.page_shift for e in events if e.kind == "start")
        self.banks = [(e.start, e.end) for e in events if e.kind == "bank"]
        self.static = [(e.start, e.end) for e in events if e.kind == "static"]
        self.columns = [n for n, e in enumerate(events) if e.kind in SHOWN]
        self.boxes = []		# (page, column, end column, look)
        self.replay()

    def replay(self):
        memory, since = Memory(self.shift), {}
        for column, n in enumerate(self.columns):
            for page in memory.take(self.events[n]):
                self.change(since, page, column, memory.look(page))
        for page in list(since):
            self.change(since, page, len(self.columns), None)
        for start, end in self.static:
            for page in memory.span(start, end):
                self.boxes.append((page, 0, len(self.columns), ("static", (), 0, "")))

    def change(self, since, page, column, look):
        begun, was = since.get(page, (column, None))
        if was == look:
            return
        if was and begun < column:
            self.boxes.append((page, begun, column, was))
        since.pop(page, None)
        if look:
            since[page] = (column, look)

    def rows(self):
        """Every page that has a row, by address."""
        pages = {page for page, _, _, _ in self.boxes}
        for start, end in self.banks:
            if (end - start) >> self.shift <= SHOWN_WHOLE:
                pages.update(range(start >> self.shift, end >> self.shift))
        return sorted(pages)

    def merged(self):
        """Boxes of neighbours that look the same, as one: (page, npages, column, end, look)."""
        done, open_ = [], {}
        for page, begun, end, look in sorted(self.boxes, key=lambda box: box[0]):
            key = (begun, end, look)
            if key in open_ and open_[key][0] + open_[key][1] == page:
                open_[key][1] += 1
            else:
                if key in open_:
                    done.append((*open_[key], *key))
                open_[key] = [page, 1]
        return done + [(*pages, *key) for key, pages in open_.items()]

    def place_rows(self):
        """Where each page's row begins, and how tall the chart is and a row."""
        rows, tops, y, last = self.rows(), {}, 0, None
        height = max(1.5, min(10, 640 / max(1, len(rows))))
        labels = []
        for page in rows:
            if last is None or page != last + 1:
                y += GAP if last is not None else 0
                labels.append((y, page << self.shift))
            elif page % 16 == 0 and y - labels[-1][0] > 14:
                labels.append((y, page << self.shift))
            tops[page] = y
            y += height
            last = page
        return tops, labels, y, height

    def svg(self, names):
        tops, labels, tall, height = self.place_rows()
        wide = CHART_WIDTH / max(1, len(self.columns))
        out = ['<svg id="chart" viewBox="0 0 %d %d" role="img" aria-label="memory over time">'
               % (CHART_WIDTH + 80, tall + 24)]
        for y, address in labels:
            out.append('<text x="74" y="%.1f" class="at">%08x</text>' % (y + 10, address))
        out.append('<g transform="translate(80 0)"><rect class="free" width="%d" height="%.1f"/>'
                   % (CHART_WIDTH, tall))
        for page, npages, begun, end, (kind, owners, attached, name) in self.merged():
            who = ", ".join("%d %s" % (pid, names.get(pid, "")) for pid in owners)
            title = "%08x-%08x %s %s%s%s" % (
                page << self.shift, (page + npages) << self.shift, kind, name,
                " of " + who if who else "", ", mapped %d times" % attached if attached > 1 else "")
            owner = "shared" if len(owners) > 1 else "o%d" % (owners[0] % 8) if owners else "none"
            out.append('<rect class="k-%s %s" x="%.2f" y="%.1f" width="%.2f" height="%.1f">'
                       '<title>%s</title></rect>'
                       % (kind, owner, begun * wide, tops[page], (end - begun) * wide,
                          npages * height, html.escape(title)))
        step = max(1, len(self.columns) // TICKS)
        for tick in range(0, len(self.columns) - step // 2, step):
            out.append('<text x="%.1f" y="%.1f" class="ms">%.2f ms</text>'
                       % (tick * wide, tall + 16, self.events[self.columns[tick]].time * 1000))
        out.append('<line id="cursor" y2="%.1f"/></g></svg>' % tall)
        return "\n".join(out)


def key(names):
    """What the colours mean."""
    colours = [("o%d" % (pid % 8), "%d %s" % (pid, html.escape(name)))
               for pid, name in sorted(names.items())]
    colours += [("shared", "mapped by several"), ("k-static", "kernel data"), ("k-kernel", "kernel records"),
                ("none", "allocated, not mapped"), ("free", "free")]
    return "\n".join('<span><svg viewBox="0 0 1 1"><rect class="%s" width="1" height="1"/></svg> %s</span>'
                     % colour for colour in colours)


def plain(event):
    """An event as the page's script takes it: [ms, kind, words..., text]."""
    words = [getattr(event, "words_" + name if name in ("pid", "tid") else name)
             for name in dict(tracefile.KINDS)[event.kind] if not name.startswith("name")]
    if event.kind in ("enter", "leave", "wait"):
        words[0] = tracefile.CALLS.get(words[0], "?")
    return [round(event.time * 1000, 6), event.kind, event.pid] + words + \
        ([event.text] if hasattr(event, "text") else [])


def draw(events, board, command):
    names = {event.words_pid: event.text for event in events if event.kind == "name"}
    chart = Chart(events)
    data = {"shift": chart.shift, "columns": chart.columns, "width": CHART_WIDTH,
            "events": [plain(event) for event in events]}
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    for name, text in (("TITLE", html.escape("%s: %s" % (board, command))),
                       ("CHART", chart.svg(names)), ("KEY", key(names)),
                       ("DATA", json.dumps(data, separators=(",", ":")).replace("</", "<\\/"))):
        page = page.replace("<!--%s-->" % name, text)
    return page


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("trace")
    parser.add_argument("--board", required=True)
    parser.add_argument("--cmd", default="")
    parser.add_argument("-o", "--out", required=True)
    args = parser.parse_args()
    page = draw(tracefile.load(args.trace), args.board, args.cmd)
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(page)


if __name__ == "__main__":
    main()
