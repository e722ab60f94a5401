# SPDX-License-Identifier: MIT
"""Tests of the interactive shell: `make run` on a terminal, typed at.

All tests of a board use one session, so that it boots once; the last one ends it.
"""
import os
import pty
import re
import select
import subprocess
import time

import run
from run import Failed

PROMPT = "croft> "
CONTROLS = re.compile(r"\r|\x08|\x1b\[[0-9;]*[A-Za-z]")
WAIT = 60		# seconds for anything to appear
UP, DOWN, LEFT, RIGHT, HOME, END, DELETE = ("\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[H",
                                            "\x1b[F", "\x1b[3~")
BACKSPACE, CTRL_C, CTRL_K, CTRL_U, CTRL_Z = "\x7f", "\x03", "\x0b", "\x15", "\x1a"
CTRL_BACKSLASH = "\x1c"
WAITS = "^waits\n"	# of own_wait: it is in front
CTRL_A = "\x01\x01"		# twice: QEMU keeps the first


class Session:
    """A program on a terminal of its own."""

    def __init__(self, command):
        self.terminal, slave = pty.openpty()
        self.program = subprocess.Popen(command, cwd=run.ROOT, env=run.environment(), stdin=slave,
                                        stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        self.text = ""

    def read(self, seconds):
        """Take what has come; False when nothing does, or when the other end is closed."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.terminal, 4096)
        except OSError:
            return False
        # What moves the cursor is dropped, and so a line that is edited is there in all its states.
        self.text = CONTROLS.sub("", self.text + data.decode(errors="replace"))
        return bool(data)

    def expect(self, pattern):
        """Wait for a pattern; what came before it, and it, are taken and returned."""
        end = time.monotonic() + WAIT
        while True:
            found = re.search(pattern, self.text, re.M)
            if found:
                taken, self.text = self.text[:found.end()], self.text[found.end():]
                return taken
            if time.monotonic() > end or not self.read(1) and self.program.poll() is not None:
                raise Failed("`%s` did not come:\n%s" % (pattern, self.text))

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def end(self):
        """The exit status; killed if there is none."""
        begun = time.monotonic()
        while self.program.poll() is None and time.monotonic() - begun < WAIT:
            self.read(0.1)
        if self.program.poll() is None:
            os.killpg(self.program.pid, 9)
            self.program.wait()
            raise Failed("it does not end:\n" + self.text)
        os.close(self.terminal)
        return self.program.returncode


sessions = {}
TOOLS = "PROGS=cat ls sleep true false"


def session(board):
    """The session of a board, with the shell waiting for a line."""
    if board not in sessions:
        run.build(board, "APPS=tests/own", TOOLS)
        sessions[board] = Session(["make", "--no-print-directory", "run", "BOARD=" + board,
                                   "APPS=tests/own", TOOLS])
        sessions[board].expect(PROMPT)
    return sessions[board]


def enter(board, keys, *patterns):
    """Type a line; the patterns must come, in this order, and then the prompt.

    The line that is typed is echoed, so a pattern is looked for behind the end of that line."""
    it = session(board)
    it.type(keys + "\r")
    it.expect(r"\n")
    text = it.expect(PROMPT + "$")
    at = 0
    for pattern in patterns:
        found = re.compile("^%s$" % pattern, re.M).search(text, at)
        if not found:
            raise Failed("no line `%s` in:\n%s" % (pattern, text))
        at = found.end()


def the_prompt_comes(board):
    session(board)


def help_tells_what_there_is(board):
    enter(board, "help", "echo .*poweroff.*", "All other commands are programs: `ls /bin` .*")


def programs_run(board):
    enter(board, "ls /own", r"- +\d+ words")
    enter(board, "no_such_program", "sh: no_such_program: not found")


def lines_are_edited(board):
    enter(board, "ecko" + LEFT + LEFT + BACKSPACE + "c" + DELETE + "h" + END + " a", "a")
    enter(board, "cho b" + HOME + "e" + RIGHT + CTRL_A + CTRL_K + "echo c", "c")
    enter(board, "rubbish" + CTRL_U + "echo d", "d")
    it = session(board)
    for _ in range(30):		# wherever the shell is when the key comes
        it.type("echo not this" + CTRL_C)
        it.expect(r"\^C\n" + PROMPT + "$")


def lines_are_remembered(board):
    enter(board, "echo first", "first")
    enter(board, "echo second", "second")
    enter(board, UP, "second")
    enter(board, UP + UP, "first")
    enter(board, UP + UP + DOWN + " again", "first again")


def status_of_the_last(board):
    enter(board, "false; echo $?", "1")
    enter(board, "true; echo $?", "0")
    enter(board, "false || echo bad && echo good", "bad", "good")
    enter(board, "sh -c 'exit 7'; echo $?", "7")


def words_are_quoted(board):
    enter(board, "echo 'a  $?' \"b  c\" d\\ e # not this", r"a  \$\? b  c d e")
    enter(board, "echo 'no end", "sh: .*")


def files_are_redirected(board):
    enter(board, "cat < /own/words", "a file of its own.*")
    enter(board, "cat /own/words > /dev/null; echo done", "done")
    enter(board, "cat < /own/none", "sh: cat: not found")


def pipes_join_programs(board):
    enter(board, "cat /own/words | cat | cat", "a file of its own.*")
    enter(board, "echo through | cat > /tmp/piped; cat < /tmp/piped", "through")
    enter(board, "help | cat", "echo .*poweroff.*", "Keys: .*")
    enter(board, "false | true; echo $?; true | false; echo $?", "0", "1")
    enter(board, "false && echo not | cat || echo this | cat", "this")
    enter(board, "no_such_program | cat; echo $?", "sh: no_such_program: not found", "0")
    enter(board, "cat /own/words | no_such_program; echo $?", "sh: no_such_program: not found",
          "127")
    enter(board, "cat /own/words | true; echo $?", "0")
    enter(board, "echo a | echo b", "b")
    enter(board, "echo a | ", "sh: a command is missing")
    enter(board, "exit 3 | cat; echo here", "here")


def more_is_typed_than_anyone_reads(board):
    """The kernel's buffer is full, the UART keeps the rest, and all goes on."""
    it = session(board)
    it.type("sleep 1\r")
    it.expect(r"\n")
    for c in "abc":
        it.type("echo " + 50 * c + "\r")
    for c in "abc":
        it.expect("^" + 50 * c + r"\n")
    it.expect(PROMPT + "$")


def jobs_run_in_the_background(board):
    enter(board, "sleep 2 &", r"\[1\] \d+")
    enter(board, "jobs", r"\[1\] running sleep")
    enter(board, "echo meanwhile", "meanwhile")
    enter(board, "wait", r"\[1\] done, status 0")
    enter(board, "jobs; echo none", "none")


def press(board, line, key, *patterns, when=r"\n"):
    """Type a line and, when a pattern has come, press a key; then as enter() does.

    Ctrl-C is for what the line runs however soon it comes; other keys are when that is in front."""
    it = session(board)
    it.type(line + "\r")
    it.expect(when)
    it.type(key)
    text = it.expect(PROMPT + "$")
    for pattern in patterns:
        if not re.search("^%s$" % pattern, text, re.M):
            raise Failed("no line `%s` in:\n%s" % (pattern, text))


def keys_send_signals(board):
    press(board, "own_wait", CTRL_C, "sh: own_wait: killed by signal 2", when=WAITS)
    enter(board, "echo $?", "130")
    press(board, "sleep 100", CTRL_C, "sh: sleep: killed by signal 2")
    press(board, "own_wait", CTRL_BACKSLASH, r"sh: own_wait: killed by signal 3( .core dumped.)?",
          when=WAITS)
    press(board, "sleep 100 | sleep 100 | cat", CTRL_C, "sh: cat: killed by signal 2")
    enter(board, "jobs; echo none", "none")
    it = session(board)
    it.type(CTRL_C)
    it.expect(r"\^C\n" + PROMPT + "$")
    it.type(CTRL_Z + CTRL_BACKSLASH)
    enter(board, "echo still here", "still here")


def jobs_are_stopped_and_continued(board):
    press(board, "own_wait 3", CTRL_Z, r"\[1\] stopped own_wait", when=WAITS)
    enter(board, "jobs", r"\[1\] stopped own_wait")
    enter(board, "bg", r"\[1\] own_wait")
    enter(board, "jobs", r"\[1\] running own_wait")
    enter(board, "fg; echo status $?", "own_wait", "status 0")
    press(board, "own_wait | cat", CTRL_Z, r"\[1\] stopped cat", when=WAITS)
    enter(board, "sleep 100 &", r"\[2\] \d+")
    enter(board, "kill %1; kill %2; sleep 1; jobs; echo none",
          r"\[1\] done, status 143", r"\[2\] done, status 143", "none")
    enter(board, "fg", "sh: fg: no such job")
    enter(board, "wait %5 || echo $?", "127")


def what_reads_in_the_background_is_stopped(board):
    enter(board, "cat &", r"\[1\] \d+")
    enter(board, "sleep 1; jobs", r"\[1\] stopped cat")
    press(board, "fg", "typed\r" + CTRL_C, ".*sh: cat: killed by signal 2")	# behind what was echoed yet


def a_service_is_started_again(board):
    enter(board, "ls /dev | cat", r"c +\d+ ttyS1")
    # It is the first that init starts.
    enter(board, "kill -9 2; sleep 2; ls /dev | cat",
          r"init: uart1 ended: signal 9; again in 1 s", r"c +\d+ ttyS1")


def poweroff_ends_it(board):
    it = session(board)
    del sessions[board]
    it.type("poweroff\r")
    status = it.end()
    if status:
        raise Failed("status %d\n%s" % (status, it.text))


def poweroff_tells_a_status(board):
    it = session(board)
    del sessions[board]
    it.type("poweroff 3\r")
    if it.end() == 0:
        raise Failed("status 0\n" + it.text)


TESTS = (the_prompt_comes, help_tells_what_there_is, programs_run, lines_are_edited,
         lines_are_remembered, status_of_the_last, words_are_quoted, files_are_redirected,
         pipes_join_programs, more_is_typed_than_anyone_reads, jobs_run_in_the_background, keys_send_signals,
         jobs_are_stopped_and_continued, what_reads_in_the_background_is_stopped,
         a_service_is_started_again, poweroff_ends_it, poweroff_tells_a_status)
