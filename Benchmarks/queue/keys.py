"""What operators wait for in the console: the time from a key to the frame that it brings.

The console runs on a terminal of ours and is driven by keys, as a person would. It draws only what has changed, so that
what arrives first after a key is the frame.
"""
import fcntl
import os
import pty
import random
import select
import struct
import termios
import time

COLUMNS, ROWS = 120, 40
DOWN, UP, OPEN, BACK, NEXT_TAB, EXPLAIN = b"j", b"k", b"\r", b"\x7f", b"]", b"e"


class Console:
    """The console, signed in."""

    def __init__(self, program, port, password):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            environment = {
                "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": "/nonexistent",
                "SCORABLE_CONSOLE_EMAIL": "admin@localhost", "SCORABLE_CONSOLE_PASSWORD": password}
            os.execve(program, [program, "--server", f"http://127.0.0.1:{port}"], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.wait_for(b"Dashboard", 30)

    def read(self, limit):
        """What it writes next; nothing when nothing comes in time."""
        if not select.select([self.terminal], [], [], limit)[0]:
            return b""
        data = os.read(self.terminal, 65536)
        if b"\x1b[c" in data:
            os.write(self.terminal, b"\x1b[?62;22c")
        return data

    def wait_for(self, text, limit=10):
        """Reads until it has written that."""
        seen, end = b"", time.time() + limit
        while text not in seen:
            if time.time() > end:
                raise RuntimeError(f"the console does not show {text}: …{seen[-400:]}")
            seen += self.read(0.2)

    def settle(self):
        """Reads until nothing has come for a moment."""
        while self.read(0.03):
            pass

    def press(self, key):
        """The milliseconds until a frame comes; None when none does."""
        time.sleep(random.uniform(0.005, 0.05))
        self.settle()
        began = time.perf_counter()
        os.write(self.terminal, key)
        return (time.perf_counter() - began) * 1000 if self.read(2) else None

    def open(self, key, text):
        """The milliseconds until what a key opens is there."""
        self.settle()
        began = time.perf_counter()
        os.write(self.terminal, key)
        self.wait_for(text)
        return (time.perf_counter() - began) * 1000

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def keys(console, count):
    """The figures of the queue's screens, by name: keys to frames, and how long opening takes."""
    figures = {}

    def move(name, *moves):
        times = [console.press(moves[index % len(moves)]) for index in range(count)]
        figures["key: " + name] = [time for time in times if time is not None]

    figures["open: list of queues"] = [console.open(b"4", b"QUEUE")]
    console.settle()
    move("list of queues", DOWN, UP)
    # By name the queue is the second one, and the cursor has come back to the first.
    console.press(DOWN)
    figures["open: one queue"], figures["open: jobs of a queue"] = [], []
    for _ in range(max(3, count // 20)):
        figures["open: one queue"].append(console.open(OPEN, b"Overview"))
        console.press(BACK)
        figures["open: jobs of a queue"].append(console.open(b"s", b"noop"))
        console.press(BACK)
    console.open(OPEN, b"Overview")
    move("one queue", NEXT_TAB)
    console.press(BACK)
    console.open(b"s", b"noop")
    move("jobs of a queue", DOWN, UP)
    console.press(OPEN)
    console.settle()
    move("one job", EXPLAIN, BACK)
    console.press(BACK)
    console.press(BACK)
    return figures
