# SPDX-License-Identifier: MIT
"""A plot of cost against the number of mappings, both in powers of ten, as an SVG file."""
import math

from rows import ROWS

COUNTS = (1, 10, 100, 1000)
LEFT, TOP, WIDTH, HEIGHT = 70, 40, 420, 400		# of the field
LEGEND, LINE = LEFT + WIDTH + 20, 22
LOW, HIGH = 1, 5		# powers of ten of instructions
COLORS = {"anonymous": "#1b6ca8", "file": "#b8541a", "shm": "#2a7f3f", "refill": "#7a3e9d"}

HEAD = '''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif"
 font-size="13">
<!-- SPDX-License-Identifier: MIT -->
<rect width="100%%" height="100%%" fill="#fff"/>
'''


def peer(name, who):
    """The figures of a peer by number of mappings, from the table."""
    return next(row.peers[who] for row in ROWS if row.name == name)


def curves(measured):
    """What is drawn: colour, is it a peer's, title, {mappings: instructions}."""
    def own(*names):
        found = {n: [measured.get("%s/%d" % (name, n)) for name in names] for n in COUNTS}
        return {n: sum(parts) for n, parts in found.items() if None not in parts}

    yield "anonymous", "", "mmap + munmap", own("mmap.anon", "munmap.anon")
    yield "anonymous", "6 3", "the same, Linux 5.10", peer("mmap-many", "Linux")
    yield "anonymous", "1 3", "the same, NuttX", peer("mmap-many", "NuttX")
    yield "file", "", "mmap + munmap of a file", own("mmap.file.others", "munmap.file.others")
    yield "file", "6 3", "the same, Linux 5.10", peer("file-many", "Linux")
    yield "shm", "", "shmat + shmdt", own("shmat", "shmdt")
    yield "shm", "6 3", "the same, Linux 5.10", peer("shm-many", "Linux")
    yield "refill", "", "MPU miss and refill", own("refill")


def place(mappings, cost):
    x = LEFT + WIDTH * math.log10(mappings) / math.log10(COUNTS[-1])
    return x, TOP + HEIGHT * (HIGH - math.log10(cost)) / (HIGH - LOW)


def text(x, y, words, more=""):
    return '<text x="%d" y="%d" %s>%s</text>\n' % (x, y, more, words)


def line(points, more):
    return '<polyline fill="none" points="%s" %s/>\n' % (
        " ".join("%.1f,%.1f" % point for point in points), more)


def grid():
    for power in range(LOW, HIGH + 1):
        y = place(1, 10 ** power)[1]
        yield line([(LEFT, y), (LEFT + WIDTH, y)], 'stroke="#ddd"')
        yield text(LEFT - 8, y + 4, 10 ** power, 'text-anchor="end"')
    for count in COUNTS:
        x = place(count, 10)[0]
        yield line([(x, TOP), (x, TOP + HEIGHT)], 'stroke="#ddd"')
        yield text(x, TOP + HEIGHT + 20, count, 'text-anchor="middle"')
    yield text(LEFT, TOP - 16, "instructions, beside so many other mappings")


def draw(path, measured):
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD % (LEGEND + 220, TOP + HEIGHT + 40))
        file.writelines(grid())
        for i, (kind, dashes, title, costs) in enumerate(curves(measured)):
            look = 'stroke="%s" stroke-width="2" stroke-dasharray="%s"' % (COLORS[kind], dashes)
            look = look.replace(' stroke-dasharray=""', "")
            points = [place(n, costs[n]) for n in COUNTS if n in costs]
            y = TOP + LINE * i + 10
            file.write(line(points, look))
            file.write(line([(LEGEND, y), (LEGEND + 30, y)], look))
            file.write(text(LEGEND + 38, y + 4, title))
        file.write("</svg>\n")
