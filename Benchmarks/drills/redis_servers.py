"""Redis: a master, its replica, and three sentinels."""
import os
import shutil
import subprocess

from network import address
from processes import Process, eventually

GROUP = "lab"


def ask(host, *words, port=6379):
    """The answer, or nothing while there is none."""
    try:
        return subprocess.run(["redis-cli", "-h", address(host), "-p", str(port), *words], capture_output=True, text=True,
                              timeout=3).stdout.strip()
    except subprocess.TimeoutExpired:
        return ""


class Redis:
    """One server, which logs what it is told."""

    def __init__(self, host, directory, log, master=None):
        self.host, self.directory = host, directory
        os.makedirs(directory, exist_ok=True)
        self.path = f"{directory}/redis.conf"
        with open(self.path, "w") as file:
            file.write(f"bind 0.0.0.0\nprotected-mode no\ndir {directory}\nappendonly yes\nappendfsync everysec\n"
                       f"maxmemory-policy noeviction\nsave \"\"\nreplica-announce-ip {address(host)}\n"
                       "repl-diskless-sync-delay 0\n")
            if master:
                file.write(f"replicaof {address(master)} 6379\n")
        self.process = Process(host, ["redis-server", self.path], log)

    def start(self):
        self.process.start()

    def until_up(self):
        eventually(f"{self.host} answers", lambda: ask(self.host, "ping") == "PONG")

    def forget(self):
        """Deletes what is on its disk; it does not run."""
        for name in os.listdir(self.directory):
            if name != "redis.conf":
                path = f"{self.directory}/{name}"
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)

    @property
    def is_master(self):
        return ask(self.host, "role").startswith("master")


class Sentinel:
    def __init__(self, host, directory, log, master):
        os.makedirs(directory, exist_ok=True)
        path = f"{directory}/sentinel.conf"
        with open(path, "w") as file:
            file.write(f"bind 0.0.0.0\nprotected-mode no\nport 26379\ndir {directory}\n"
                       f"sentinel monitor {GROUP} {address(master)} 6379 2\n"
                       f"sentinel down-after-milliseconds {GROUP} 3000\nsentinel failover-timeout {GROUP} 10000\n")
        self.host = host
        self.process = Process(host, ["redis-sentinel", path], log)

    def start(self):
        self.process.start()

    def knows(self):
        """The master's address and how many other sentinels and replicas it knows."""
        lines = ask(self.host, "sentinel", "master", GROUP, port=26379).splitlines()
        facts = dict(zip(lines[::2], lines[1::2]))
        return facts.get("ip"), int(facts.get("num-other-sentinels", 0)), int(facts.get("num-slaves", 0))
