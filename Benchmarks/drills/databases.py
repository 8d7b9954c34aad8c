"""PostgreSQL: a primary, and a replica that every commit waits for."""
import glob
import os
import shutil
import signal
import subprocess

from network import address
from processes import Process, eventually

PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
SETTINGS = """
listen_addresses = '*'
unix_socket_directories = ''
max_connections = 300
shared_buffers = '64MB'
jit = off
wal_level = replica
wal_keep_size = '64MB'
wal_retrieve_retry_interval = '500ms'
hot_standby = on
synchronous_standby_names = ''
log_min_messages = warning
restart_after_crash = on
"""


def make(data):
    """A new cluster, for Scorable's role alone."""
    os.makedirs(os.path.dirname(data), exist_ok=True)
    shutil.chown(os.path.dirname(data), "postgres", "postgres")
    subprocess.run([*POSTGRES, f"{PROGRAMS}/initdb", "-D", data, "-U", "scorable", "--auth=trust", "--encoding=UTF8",
                    "--locale=C.UTF-8", "--data-checksums"], check=True, stdout=subprocess.DEVNULL)
    with open(f"{data}/postgresql.auto.conf", "w") as file:
        file.write(SETTINGS)
    for access in ("scorable", "replication"):
        with open(f"{data}/pg_hba.conf", "a") as file:
            file.write(f"host {'all' if access == 'scorable' else access} scorable 10.77.0.0/24 trust\n")


class Database:
    """One server."""

    def __init__(self, host, data, log):
        self.host, self.data = host, data
        self.process = Process(host, [f"{PROGRAMS}/postgres", "-D", data], log, user="postgres")

    @classmethod
    def copied(cls, host, template, data, log):
        os.makedirs(os.path.dirname(data), exist_ok=True)
        shutil.chown(os.path.dirname(data), "postgres", "postgres")
        subprocess.run(["cp", "-a", template, data], check=True)
        return cls(host, data, log)

    def start(self):
        self.process.start()

    def follow(self, primary):
        with open(f"{self.data}/postgresql.auto.conf", "a") as file:
            file.write(f"primary_conninfo = 'host={address(primary.host)} user=scorable "
                       f"application_name={self.host}'\n")
        with open(f"{self.data}/standby.signal", "w"):
            pass
        shutil.chown(f"{self.data}/standby.signal", "postgres", "postgres")

    def wait_for(self, replica):
        """From now on a commit is told when that replica has it."""
        eventually("the replica streams", lambda: "streaming" in self.try_ask("SELECT state FROM pg_stat_replication"))
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{replica.host}'")
        self.ask("SELECT pg_reload_conf()")

    def ask(self, sql, database="scorable"):
        return subprocess.run(
            ["psql", "-qAtXF", "|", "-v", "ON_ERROR_STOP=1", "-c", sql,
             f"host={address(self.host)} user=scorable dbname={database} connect_timeout=3"],
            capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def try_ask(self, sql, database="scorable"):
        """Its answer, or nothing while it gives none."""
        try:
            return self.ask(sql, database)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return ""

    def until_up(self, within=60):
        eventually(f"{self.host} answers", lambda: self.try_ask("SELECT 1") == "1", within)

    def stop(self):
        """The fast shutdown: sessions are ended."""
        self.process.stop(signal.SIGINT)

    def kill(self):
        """All its processes at once, as when the machine loses its power."""
        group = self.process.process.pid
        children = subprocess.run(["pgrep", "-P", str(group)], capture_output=True, text=True).stdout.split()
        for pid in [str(group), *children]:
            subprocess.run(["kill", "-9", pid], stderr=subprocess.DEVNULL)
        self.process.process.wait()
        pidfile = f"{self.data}/postmaster.pid"
        if os.path.exists(pidfile):
            os.remove(pidfile)

    def promote(self):
        self.ask("SELECT pg_promote()")
