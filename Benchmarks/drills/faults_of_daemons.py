"""Daemons that are killed, replaced, cut off, or have another time."""
import os
import signal
import struct
import subprocess
import time

from daemons import DAEMONS, is_ready, kind
from processes import eventually

HERE = os.path.dirname(os.path.abspath(__file__))
# What systemd waits before it starts a unit again.
RESTART = 2


def killing(host):
    def strike(lab, load):
        process = lab.daemon(host)
        process.kill()
        time.sleep(RESTART)
        process.start()
        eventually(f"{host} is ready", lambda: is_ready(host))
    return strike


def upgrade(lab, load):
    """As scorable(7) says: what the new release needs of the schema, its daemons one after the other, the API servers last,
    and then what only the release before needed is removed."""
    new = os.environ["NEW_BINARIES"]
    lab.daemons.scorable("migrate", "--phase", "expand", of=new)
    for host in DAEMONS:
        process = lab.daemon(host)
        process.stop(signal.SIGTERM)
        process.command[0] = f"{new}/scorable-{kind(host)}"
        process.start()
        eventually(f"{host} is ready", lambda: is_ready(host))
        # Until the balancer has seen it.
        time.sleep(1)
    lab.daemons.scorable("migrate", "--phase", "contract", of=new)


def partition(lab, load):
    """A worker that has jobs is cut off for longer than its lease, and comes back with their results."""
    lab.network.cut("workerd1")
    time.sleep(15)
    lab.network.join("workerd1")
    eventually("workerd1 is ready", lambda: is_ready("workerd1"))


def start_with_clock(lab, hosts):
    """These daemons get a clock that can be moved, before the load begins."""
    library = f"{lab.directory}/clock.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, f"{HERE}/clock.c"], check=True)
    for host in hosts:
        process = lab.daemon(host)
        process.stop()
        path = f"{lab.directory}/{host}.clock"
        move(path, 0)
        process.environment.update(LD_PRELOAD=library, CLOCK_OFFSET_FILE=path)
        process.start()
        eventually(f"{host} is ready", lambda host=host: is_ready(host))


def move(path, seconds):
    with open(path, "r+b" if os.path.exists(path) else "wb") as file:
        file.write(struct.pack("q", seconds))


JUMPING = ["apid1", "evald1", "llmproxyd1", "workerd1"]


def jump(lab, load):
    """One of each daemon is an hour ahead for a while, then an hour behind, then right."""
    for seconds in (3600, -3600, 0):
        for host in JUMPING:
            move(f"{lab.directory}/{host}.clock", seconds)
        time.sleep(8)
