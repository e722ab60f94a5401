# SPDX-License-Identifier: MIT
"""The table of figures: what each is called, what it is made of, its bound, its goal, its peers.

A figure is made of measurements (the `row` lines of the programs in target/ and bare/), which are
means.  Those of the peers were measured in November 2026 in QEMU 7.2 with -icount, by building and
running them with their best configuration, programs unprivileged:

  Linux 5.10.223 without MMU   mps2-an385, mps2_defconfig with SYSVIPC and romfs, a bFLT program;
                               5.10 is the fastest of 5.10, 6.1 and 6.12
  NuttX, protected build       lm3s6965evb, -O2, arm memset, LEDs off (as shipped up to 13 times worse)
  FreeRTOS, CM3_MPU port       mps2-an385, restricted tasks
  F9                           netduinoplus2
"""

PEERS = ("Linux", "NuttX", "FreeRTOS", "F9")


class Row:
    """One line of the table.

    @parts, @goal, @bound: a number, measurements that are added up, or a function of all of them.
    @peers: their figures, or for a number of other mappings each.
    @most: what the measurements call that number.
    """

    def __init__(self, name, title, parts, goal=None, bound=None, unit="", peers=None,
                 most="most"):
        self.most = most
        self.name, self.title, self.unit = name, title, unit
        self.parts, self.goal, self.bound = parts, goal, bound
        self.peers = peers or {}

    @staticmethod
    def evaluate(what, measured):
        """A number, or None where something it is made of was not measured."""
        if what is None or isinstance(what, (int, float)):
            return what
        try:
            if callable(what):
                return what(measured)
            return sum(measured[part] for part in what.split("+"))
        except KeyError:
            return None


def clearing(m):
    """Per byte: what a large mapping costs beyond one of 4096 bytes."""
    return (m["mmap.large"] - m["mmap.anon/0"]) / (m["large.bytes"] - 4096)


def among(most, *names):
    """The sum of measurements beside the most mappings that the board has room for."""
    return lambda m: sum(m["%s/%d" % (name, m[most])] for name in names)


def load_taken_off(measurement):
    """A refill without the load that was refused and tried again."""
    return lambda m: measurement(m) - 2


def most_of(*names):
    """The longest delay, of those calls."""
    return lambda m: max(m["delay." + name] for name in names)


# Calls about memory, and all of them.
MEMORY = ("mmap", "munmap", "munmap.pieces", "mprotect", "mremap", "mmap.copy", "shm", "shmdt",
          "ftruncate", "look", "mmap.fixed")
MANY = ("look.pieces", "layers")
STARTS = ("spawn", "spawn.much", "exec")
ALL = MEMORY + MANY + STARTS + ("exit", "read", "write", "proc", "getdents", "mqueue", "walk")

ROWS = [
    Row("call", "null system call", "getpid", 40, "bare.call",
        peers={"Linux": 110, "NuttX": 284, "FreeRTOS": 181, "F9": 1560}),
    Row("fail", "failing call (mmap with bad flags)", "mmap.fail", 80, "bare.call",
        peers={"Linux": 234}),
    Row("yield-threads", "yield ping-pong, 2 switches, threads of one process", "yield.threads",
        150, lambda m: m["bare.switch"] + 2 * m["bare.call"],
        peers={"Linux": 1270, "NuttX": 958, "FreeRTOS": 195}),
    Row("yield-processes", "yield ping-pong, 2 switches, between two processes, MPU reloaded", "yield.processes",
        190, lambda m: m["bare.switch.mpu"] + 2 * m["bare.call"],
        peers={"Linux": 1270, "FreeRTOS": 205}),
    Row("channel", "IPC call and reply, 4 words, between processes", "channel", 400,
        lambda m: m["bare.switch.mpu"] + 2 * m["bare.call"],
        peers={"Linux": 6906, "NuttX": 1833, "FreeRTOS": 2232, "F9": 3953}),
    Row("pipe", "a byte through a pipe to another process, and back", "pipe",
        peers={"Linux": 6906}),
    Row("refill", "MPU miss: refill and retry",
        load_taken_off(among("most", "refill")), 80,
        load_taken_off(lambda m: m["bare.refill"])),
    Row("mmap", "mmap + munmap, 4096 bytes, anonymous, zeroed", "mmap.anon/0+munmap.anon/0",
        800, "bare.clear", peers={"Linux": 2915, "NuttX": 2719}),
    Row("mmap-many", "mmap + munmap, 4096 bytes, beside {most} other mappings",
        among("most", "mmap.anon", "munmap.anon"),
        lambda m: 1.5 * (m["mmap.anon/0"] + m["munmap.anon/0"]), "bare.clear",
        peers={"Linux": {0: 2915, 1: 3007, 10: 3106, 100: 4041, 1000: 12224},
               "NuttX": {0: 2719, 1: 2729, 10: 2819, 100: 3719, 1000: 12719}}),
    Row("clear", "zeroing, per byte", clearing, 0.06, lambda m: m["bare.clear"] / 4096,
        peers={"Linux": 0.222}),
    Row("file", "map + unmap a flash file already mapped elsewhere", "mmap.file/0+munmap.file/0",
        700, peers={"Linux": 2166}),
    Row("file-many", "map + unmap a flash file beside {most} other regions",
        among("most.others", "mmap.file.others", "munmap.file.others"),
        lambda m: 1.5 * (m["mmap.file/0"] + m["munmap.file/0"]),
        most="most.others",
        peers={"Linux": {0: 2166, 1: 2199, 10: 2460, 100: 4874, 1000: 28333}}),
    Row("shm", "shmat + shmdt", "shmat/0+shmdt/0", 600, peers={"Linux": 5012, "NuttX": 1601}),
    Row("shm-many", "shmat + shmdt beside {most} other mappings", among("most", "shmat", "shmdt"),
        lambda m: 1.5 * (m["shmat/0"] + m["shmdt/0"]),
        peers={"Linux": {0: 5012, 1: 4796, 10: 5026, 100: 7428, 1000: 31161}}),
    Row("hole", "punch a hole in the middle of a mapping", "hole", 900, peers={"Linux": 2295}),
    Row("protect", "mprotect in the middle, and back", "mprotect.split+mprotect.join"),
    Row("remap", "mremap to twice a page, and back", "mremap.grow+mremap.shrink"),
    Row("spawn", "start a program from flash, let it exit, wait for it", "spawn", 8000,
        peers={"Linux": 48990, "NuttX": 18750, "FreeRTOS": 1273}),
    Row("boot", "reset to the first user instruction", "boot", 300000,
        peers={"Linux": 49300000}),
    Row("chain", "longest chain of refills for one instruction (4)", "chain", 4 * 80,
        lambda m: 4 * (m["bare.refill"] - 2)),
    Row("delay-idle", "a more urgent thread runs, from the interrupt that wakes it",
        "delay.nothing"),
    Row("delay", "it runs during a memory call of another thread, at worst",
        most_of(*MEMORY), 2000),
    Row("delay-fixed", "it runs while one mapping takes the place of 16, at worst",
        most_of("mmap.fixed"), 2000),
    Row("delay-many", "it runs during mlock() of 16 mappings, or mprotect() of 16 over one page, at worst",
        most_of(*MANY), 2000),
    Row("delay-walk", "it runs while a path of 23 names is looked up, at worst", most_of("walk")),
    Row("delay-spawn", "it runs while a program is started, at worst", most_of(*STARTS)),
    Row("interrupt-idle", "an interrupt reaches its driver, a process", "interrupt.nothing"),
    Row("interrupt", "it does during mmap and munmap of another thread, at worst",
        lambda m: max(m["interrupt.mmap"], m["interrupt.munmap"])),
    Row("stretch", "longest stretch of any system call that cannot be preempted",
        lambda m: most_of(*ALL)(m) - m["delay.nothing"]),
    Row("mapping-ram", "kernel RAM per mapping", "mapping.bytes", 88, unit="bytes",
        peers={"Linux": 139, "NuttX": 36}),
    Row("process-ram", "RAM per small process, stack 1 KiB", "process.bytes", 4096, unit="bytes",
        peers={"Linux": 16384, "NuttX": 2600, "FreeRTOS": 776}),
    Row("flash", "kernel flash, all features", "flash.bytes", 56 * 1024, unit="bytes",
        peers={"Linux": 970144, "NuttX": 79668, "FreeRTOS": 12212, "F9": 38664}),
    Row("ram", "kernel static RAM", "ram.bytes", 8 * 1024, unit="bytes",
        peers={"Linux": 2300000, "NuttX": 10532, "FreeRTOS": 936, "F9": 26496}),
]
