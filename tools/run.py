#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boot an image in QEMU.

  run.py --machine M [--batch] [--timeout S] [--bin-at ADDR] [--cores PREFIX] [--debug]
         [--trace FILE] [--uart1 CHARDEV] IMAGE [QEMU-OPTION...]

Without --batch the terminal is the board's console: Ctrl-A x leaves, Ctrl-A h tells more.
With --batch nothing is read, the console's text goes to the standard output with plain line
ends, and QEMU ends when the board powers off or after the time-out (exit status 124).
The exit status is the one that the board gave.  --bin-at loads a raw image at that address.
--cores lets the board put core dumps into files PREFIX.<pid>.  --debug waits for gdb on port 1234.
--trace: the file for the trace of a kernel with CONFIG_TRACE_HOST.

The board's second UART has a loopback plug, which returns all that is sent.  --uart1 connects it to
something else, as QEMU's -serial does: pty, file:PATH, tcp::PORT,server,nowait, none.
"""
import argparse
import os
import select
import signal
import socket
import subprocess
import sys
import threading

TIMED_OUT = 124		# as timeout(1)
PLUG_HOLDS = 65536	# bytes on their way through the loopback plug
LOCKUP = 134		# told where QEMU aborts, since the processor locked up
# What QEMU 7.2 says of a timer of the lm3s6965evb that nobody has set up.
NOISE = b"Timer with period zero, disabling\n"


def qemu_command(args, plug):
    command = ["qemu-system-arm", "-M", args.machine, "-display", "none",
               "-semihosting-config", "enable=on,target=native" +
               "".join(",arg=%s=%s" % (name, value.replace(",", ",,")) for name, value in
                       (("cores", args.cores), ("trace", args.trace)) if value)]
    if args.bin_at is None:
        command += ["-kernel", args.image]
    else:
        command += ["-device", "loader,file=%s,addr=%s,force-raw=on" % (args.image, args.bin_at)]
    if args.batch:
        command += ["-serial", "stdio", "-monitor", "none"]
    else:
        command += ["-chardev", "stdio,id=console,mux=on,signal=off",
                    "-serial", "chardev:console", "-mon", "chardev=console,mode=readline"]
    if plug:
        command += ["-chardev", "socket,id=plug,fd=%d" % plug.fileno(), "-serial", "chardev:plug"]
    else:
        command += ["-serial", args.uart1]
    if args.debug:
        command += ["-s", "-S"]
    return command + args.options


def copy_console(pipe):
    """Hand on what the board prints as it comes, with its terminal line ends made plain."""
    held = b""
    while True:
        data = os.read(pipe.fileno(), 4096)
        if not data:
            break
        data = held + data
        held = b"\r" if data.endswith(b"\r") else b""
        data = data[:len(data) - len(held)].replace(b"\r\n", b"\n")
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def copy_errors(pipe):
    """Hand on what QEMU says, and what the board says by semihosting."""
    for line in pipe:
        if line != NOISE:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()


def loop_back(plug):
    """Return what is sent.  It must be taken at once, since QEMU waits; what nobody takes is lost."""
    held = b""
    while True:
        can_read, can_write, _ = select.select([plug], [plug] if held else [], [])
        try:
            if can_read:
                data = plug.recv(4096)
                if not data:
                    return
                held = (held + data)[:PLUG_HOLDS]
            if can_write:
                held = held[plug.send(held):]
        except BlockingIOError:
            pass
        except OSError:
            return		# QEMU has ended


def run(args):
    batch = args.batch
    plug, other = (None, None) if args.uart1 else socket.socketpair()
    qemu = subprocess.Popen(qemu_command(args, plug), stdin=subprocess.DEVNULL if batch else None,
                            stdout=subprocess.PIPE if batch else None, stderr=subprocess.PIPE,
                            pass_fds=[plug.fileno()] if plug else [])
    if plug:
        plug.close()
        other.setblocking(False)
        threading.Thread(target=loop_back, args=(other,), daemon=True).start()
    copiers = [threading.Thread(target=copy_errors, args=(qemu.stderr,), daemon=True)]
    if batch:
        copiers.append(threading.Thread(target=copy_console, args=(qemu.stdout,), daemon=True))
    for copier in copiers:
        copier.start()
    if not batch:
        # Ctrl-C is for the board.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    timed_out = False
    try:
        status = qemu.wait(args.timeout)
    except subprocess.TimeoutExpired:
        timed_out = True
    except KeyboardInterrupt:
        qemu.kill()
        qemu.wait()
        return 130
    if timed_out:
        qemu.kill()
        qemu.wait()
    for copier in copiers:
        copier.join()
    if timed_out:
        print("run: no end within %g s, QEMU killed (TIMEOUT=s allows more)" % args.timeout,
              file=sys.stderr)
        return TIMED_OUT
    if status == -signal.SIGABRT:
        print("run: QEMU aborted: the processor locked up", file=sys.stderr)
        return LOCKUP
    return status if status >= 0 else 128 - status


def fill_standard_files():
    """What was closed would be the number of the next file opened, and QEMU would take it so."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main():
    fill_standard_files()
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--machine", required=True)
    parser.add_argument("--batch", action="store_true")
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--bin-at")
    parser.add_argument("--cores")
    parser.add_argument("--trace")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--uart1")
    parser.add_argument("image")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    if not os.path.exists(args.image):
        sys.exit("run: no image %s" % args.image)
    sys.exit(run(args))


if __name__ == "__main__":
    main()
