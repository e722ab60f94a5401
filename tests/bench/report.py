# SPDX-License-Identifier: MIT
"""What becomes of measurements: a table, a comparison with those committed, the figures in pages."""
import os
import re

import plot
from rows import PEERS, ROWS, Row

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ALLOWED = 1.03
PLOTTED = "mps2-an385"		# has room for many mappings


def plain(number):
    """A figure as people write it."""
    if number is None:
        return "-"
    return "%d" % round(number) if number >= 10 or number == int(number) else "%.3f" % number


def table(measured):
    """The lines of the table, as lists of words."""
    yield ["", "Croft", "bound", "goal", "ratio"] + list(PEERS)
    for row in ROWS:
        figure = Row.evaluate(row.parts, measured)
        if figure is None:
            continue
        goal = Row.evaluate(row.goal, measured)
        peers = [row.peers.get(peer) for peer in PEERS]
        peers = [peer.get(measured[row.most]) if isinstance(peer, dict) else peer for peer in peers]
        title = row.title.format(most="%d" % measured[row.most])
        title += " (%s)" % row.unit if row.unit else ""
        yield ([title, plain(figure), plain(Row.evaluate(row.bound, measured)), plain(goal),
                "%.2f" % (figure / goal) if goal else "-"] + [plain(peer) for peer in peers])


def print_table(lines):
    lines = list(lines)
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(word.ljust(width) if i == 0 else word.rjust(width)
                        for i, (word, width) in enumerate(zip(line, widths))))


# ---- What is committed ------------------------------------------------------------------------

def committed(board):
    return os.path.join(HERE, board + ".tsv")


def write(path, measured):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# SPDX-License-Identifier: MIT\n")
        for name, figure in measured.items():
            file.write("%s\t%.2f\n" % (name, figure))


def read(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.split("\t") for line in file if not line.startswith("#")]
    return {name: float(figure) for name, figure in lines}


def check(board, measured):
    """Name each measurement that has grown by more than is allowed, and each that is gone."""
    known, wrong = read(committed(board)), []
    for name, before in known.items():
        now = measured.get(name)
        if now is None:
            wrong.append("%s: no longer measured" % name)
        elif now > before * ALLOWED + 0.005:
            wrong.append("%s: %s, was %s" % (name, plain(now), plain(before)))
    for line in wrong:
        print(line)
    print("%s: %d measurements, %d worse by more than %d %%"
          % (board, len(known), len(wrong), round((ALLOWED - 1) * 100)))
    return not wrong


# ---- Pages --------------------------------------------------------------------------------------

def replace(page, mark, text):
    """Put @text between <!-- bench: MARK --> and <!-- end --> of a page."""
    path = os.path.join(ROOT, page)
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    changed, times = re.subn(r"(<!-- bench: %s -->\n).*?(<!-- end -->)" % re.escape(mark),
                             lambda m: m[1] + text + m[2], whole, flags=re.S)
    if times != 1:
        raise SystemExit("bench: %s has no place for %s" % (page, mark))
    if changed != whole:
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)


def as_markdown(lines):
    lines = list(lines)
    lines.insert(1, ["---"] + ["---:"] * (len(lines[0]) - 1))
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def best_figures(measured):
    """Where Croft is furthest ahead of the best peer, as a list."""
    ahead = []
    for row in ROWS:
        figure = Row.evaluate(row.parts, measured)
        peers = {name: peer.get(measured[row.most]) if isinstance(peer, dict) else peer
                 for name, peer in row.peers.items()}
        peers = {name: peer for name, peer in peers.items() if peer}
        if figure and peers and not row.unit and row.name != "boot":
            name = min(peers, key=peers.get)
            ahead.append((peers[name] / figure, row, figure, name, peers[name]))
    ahead.sort(key=lambda item: -item[0])
    text = "| instructions | Croft | the best of the others |\n|---|---:|---:|\n"
    for _, row, figure, name, peer in ahead[:3]:
        title = row.title.format(most="%d" % measured[row.most])
        text += "| %s | %s | %s (%s) |\n" % (title, plain(figure), plain(peer), name)
    return text


def update_pages(board, measured):
    replace("docs/performance.md", "table " + board, as_markdown(table(measured)))
    if board == PLOTTED:
        replace("README.md", "best", best_figures(measured))
        plot.draw(os.path.join(ROOT, "docs", "performance.svg"), measured)
