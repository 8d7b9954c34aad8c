"""Processes on the hosts of the lab."""
import os
import signal
import subprocess
import time


class Process:
    """One program on one host; what it says goes to a file."""

    def __init__(self, host, command, log, user=None, environment=None, name=None):
        self.host, self.command, self.log, self.user = host, command, log, user
        self.environment = environment or {}
        self.name = name or host
        self.process = None

    def start(self):
        words = ["nsenter", f"--net=/run/netns/{self.host}"] if self.host else []
        if self.user:
            words += ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        with open(f"{self.log}/{self.name}.log", "ab") as file:
            self.process = subprocess.Popen(
                words + self.command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env={"PATH": os.environ["PATH"], "HOME": "/root", **self.environment}, start_new_session=True)
        return self

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def tell(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, number=signal.SIGTERM, within=60):
        self.tell(number)
        self.process.wait(within)


def eventually(what, condition, within=60, pause=0.1):
    """Waits until it is so; returns the seconds that it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within:
            raise RuntimeError(f"not within {within} s: {what}")
        time.sleep(pause)
    return time.monotonic() - began
