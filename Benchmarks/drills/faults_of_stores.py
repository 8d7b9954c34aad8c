"""PostgreSQL, Redis and the object storage, restarted, promoted, emptied, full or away."""
import os
import re
import subprocess
import threading
import time

from processes import eventually
from redis_servers import ask


def restart_postgres(lab, load):
    lab.primary.stop()
    lab.primary.start()
    lab.primary.until_up()


def promote(lab, load):
    """The primary's machine is lost; whoever watches it promotes the replica after three seconds."""
    lab.primary.kill()
    lab.network.cut("db1")
    time.sleep(3)
    lab.replica.promote()
    lab.primary = lab.replica
    eventually("the replica takes writes", lambda: lab.primary.try_ask("SELECT pg_is_in_recovery()") == "f")


def outage(lab, load):
    lab.primary.kill()
    time.sleep(60)
    lab.primary.start()
    lab.primary.until_up()


def restart_redis(lab, load):
    master = lab.redis[0]
    master.process.stop()
    master.start()
    master.until_up()


def empty_redis(lab, load):
    """Killed, and back at once with nothing: its replica is emptied by it too."""
    master = lab.redis[0]
    master.process.kill()
    master.forget()
    master.start()
    master.until_up()


def fail_over(lab, load):
    """The replica is behind a slow link when the master is cut off and the sentinels promote it; later the former master,
    which has not noticed, comes back."""
    lab.network.slow("redis2", "2mbit")
    time.sleep(2)
    lab.network.cut("redis1")
    eventually("the sentinels have promoted the replica", lambda: lab.redis[1].is_master)
    time.sleep(6)
    lab.network.join("redis1")
    eventually("the former master follows", lambda: ask("redis1", "role").startswith("slave"))
    lab.network.quicken("redis2")


class Exports:
    """Exports that are begun while the object storage is away, and have to be whole in the end."""

    def __init__(self, lab):
        self.lab, self.known, self.faults = lab, [], []
        self.organization = lab.primary.ask("SELECT id FROM organizations WHERE name = 'Drills'")

    def begin(self):
        told = self.lab.daemons.scorable("export", "create", "--organization", self.organization)
        self.known.append(re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", told).group(0))

    def check(self):
        for known in self.known:
            def ended():
                state = self.lab.primary.try_ask(f"SELECT state FROM exports WHERE id = '{known}'")
                return state in ("finished", "failed")
            try:
                eventually(f"export {known} ends", ended, 90)
                path = f"{self.lab.directory}/{known}.jsonl"
                self.lab.daemons.scorable(
                    "export", "download", known, "--organization", self.organization, "--output", path)
                with open(path) as file:
                    if not sum(1 for _ in file):
                        self.faults.append(f"export {known} is empty")
            except RuntimeError as error:
                self.faults.append(str(error)[:200])


def objects_away(lab, load):
    lab.exports = Exports(lab)
    lab.exports.begin()
    lab.outside.objects.kill()
    lab.network.cut("objects")
    lab.exports.begin()
    time.sleep(15)
    lab.exports.begin()
    lab.network.join("objects")
    lab.outside.objects.start()


def small_disk(path, megabytes):
    """The directory's contents on a disk of their own."""
    subprocess.run(["cp", "-a", path, f"{path}.before"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", path], check=True)
    subprocess.run(["cp", "-a", f"{path}.before/.", path], check=True)
    subprocess.run(["rm", "-rf", f"{path}.before"], check=True)


def fill(path):
    """Leaves no byte free."""
    with open(f"{path}/ballast", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass


def put_on_small_disk(lab):
    lab.primary.stop()
    small_disk(lab.primary.data, 400)
    lab.primary.start()
    lab.primary.until_up()


class Starter(threading.Thread):
    """Starts PostgreSQL again whenever it has ended, as systemd does."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database, self.is_over = database, False

    def run(self):
        while not self.is_over:
            if not self.database.process.runs:
                self.database.start()
            time.sleep(1)


def full_disk(lab, load):
    """PostgreSQL's disk is full for fifteen seconds."""
    starter = Starter(lab.primary)
    starter.start()
    fill(lab.primary.data)
    time.sleep(15)
    os.remove(f"{lab.primary.data}/ballast")
    lab.primary.until_up()
    eventually("PostgreSQL takes writes", lambda: lab.primary.try_ask("CREATE TEMPORARY TABLE t (); SELECT 1") == "1")
    starter.is_over = True
    starter.join()


def put_redis_on_small_disk(lab):
    master = lab.redis[0]
    master.process.stop()
    small_disk(master.directory, 64)
    master.start()
    master.until_up()


def full_redis_disk(lab, load):
    """Redis cannot write its log for fifteen seconds, and refuses writes then."""
    fill(lab.redis[0].directory)
    time.sleep(15)
    os.remove(f"{lab.redis[0].directory}/ballast")
    eventually("Redis takes writes", lambda: ask(lab.redis[0].host, "set", "drill", "1") == "OK")
