#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boot an image in QEMU under gdb, stopped before its first instruction.

  debug.py --machine M --build DIR [--script FILE] KERNEL IMAGE [QEMU-OPTION...]

gdb has the symbols of the kernel, those of each program when it starts, and the commands of
tools/croft_gdb.py.  The console goes to DIR/console.log, and what a terminal sends to
DIR/console.sock (`socat -,raw,echo=0 UNIX:DIR/console.sock`) comes from it.  --script has gdb
read its commands from a file, and end.
"""
import argparse
import os
import shlex
import signal
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("machine", "build"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--script")
    parser.add_argument("kernel")	# without the files, whose place is a program's text
    parser.add_argument("image")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    args = parser.parse_args()

    log, socket, pid = (os.path.join(args.build, name)
                        for name in ("console.log", "console.sock", "qemu.pid"))
    # In a session of its own, so that Ctrl-C is for gdb alone.
    qemu = ["exec", "setsid", "qemu-system-arm", "-M", args.machine, "-display", "none",
            "-semihosting-config", "enable=on,target=native,arg=cores=%s/core" % args.build,
            "-chardev", "socket,id=console,path=%s,server=on,wait=off,logfile=%s" % (socket, log),
            "-serial", "chardev:console", "-monitor", "none", "-kernel", args.image,
            "-gdb", "stdio", "-S", "-pidfile", pid] + args.options
    tools = os.path.dirname(os.path.abspath(__file__))
    start = ["set confirm off", "set breakpoint pending on", "set pagination off",
             "target remote | %s 2>%s/qemu.log" % (shlex.join(qemu).replace("'exec'", "exec"),
                                                    args.build),
             # Memory as it is, not as the MPU shows it to the program that runs.
             "python gdb.execute('maintenance packet Qqemu.PhyMemMode:1', to_string=True)",
             "python import sys; sys.path.insert(0, %r)" % tools,
             "python import croft_gdb; croft_gdb.start(%r)" % args.build]
    gdb = ["gdb-multiarch", "-q", "-nx", args.kernel]
    for line in start:
        gdb += ["-ex", line]
    if args.script:
        gdb += ["-batch", "-x", args.script]
    else:
        print("The console: %s; to type: socat -,raw,echo=0 UNIX:%s" % (log, socket))
        gdb += ["-ex", "set pagination on"]
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.SIG_IGN)	# it is for gdb
    try:
        status = subprocess.run(gdb, check=False, restore_signals=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
                                ).returncode
    except FileNotFoundError:
        sys.exit("debug: gdb-multiarch is not installed: `make setup` does it")
    finally:
        end(pid)
    sys.exit(status)


def end(pid):
    """End QEMU, which goes on when gdb has left it; it removes the file when it ends by itself."""
    try:
        with open(pid, encoding="ascii") as file:
            os.kill(int(file.read()), signal.SIGTERM)
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    main()
