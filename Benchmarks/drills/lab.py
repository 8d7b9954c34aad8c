"""The whole lab: stores, daemons, and what is outside of them."""
import json
import os
import sys

from daemons import Daemons, make_secrets
from databases import Database, make
from network import Network
from processes import Process, eventually
from redis_servers import Redis, Sentinel

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.environ.get("WORK", "")


class Outside:
    """The provider, the receiver of webhooks, and the object storage, each a process."""

    def __init__(self, directory, log):
        self.calls, self.deliveries, self.blobs = f"{directory}/calls", f"{directory}/deliveries", f"{directory}/blobs"
        os.makedirs(self.blobs)
        program = [sys.executable, f"{HERE}/outside.py"]
        self.model = Process(None, [*program, "model", self.calls], log, name="model")
        self.hooks = Process(None, [*program, "hooks", self.deliveries], log, name="hooks")
        self.objects = Process("objects", [*program, "objects", self.blobs], log)

    def start(self, secret=""):
        with open(f"{self.deliveries}.secret", "w") as file:
            file.write(secret)
        for process in (self.model, self.hooks, self.objects):
            process.start()


class Lab:
    def __init__(self, name):
        self.directory = f"{WORK}/{name}"
        self.log = f"{self.directory}/log"
        os.makedirs(self.log)
        os.chmod(self.directory, 0o711)
        self.network = Network(self.directory)
        self.outside = Outside(self.directory, self.log)
        self.template = f"{WORK}/template/postgres/data"
        self.secrets = f"{WORK}/template/secrets"
        self.redis = [Redis("redis1", f"{self.directory}/redis1", self.log),
                      Redis("redis2", f"{self.directory}/redis2", self.log, master="redis1")]
        self.sentinels = [Sentinel(f"sentinel{number}", f"{self.directory}/sentinel{number}", self.log, "redis1")
                          for number in (1, 2, 3)]

    def start_redis(self):
        for part in (*self.redis, *self.sentinels):
            part.start()
        for server in self.redis:
            server.until_up()
        eventually("the sentinels know each other",
                   lambda: all(sentinel.knows()[1:] == (2, 1) for sentinel in self.sentinels))

    def prepare(self):
        """Makes what every drill begins with a copy of."""
        os.makedirs(os.path.dirname(self.secrets), exist_ok=True)
        os.chmod(os.path.dirname(self.secrets), 0o711)
        make_secrets(self.secrets)
        make(self.template)
        database = Database("db1", self.template, self.log)
        database.start()
        eventually("PostgreSQL answers", lambda: database.try_ask("SELECT 1", "postgres") == "1")
        database.ask("CREATE DATABASE scorable", "postgres")
        self.start_redis()
        self.outside.start()
        Daemons(self.directory, self.secrets, self.log).begin()
        database.stop()

    def start(self):
        with open(f"{self.secrets}/kept.json") as file:
            self.kept = json.load(file)
        self.outside.start(self.kept["webhook"])
        self.primary = Database.copied("db1", self.template, f"{self.directory}/db1/data", self.log)
        self.replica = Database.copied("db2", self.template, f"{self.directory}/db2/data", self.log)
        self.replica.follow(self.primary)
        self.primary.start()
        self.replica.start()
        self.primary.until_up()
        self.replica.until_up()
        self.primary.wait_for(self.replica)
        self.start_redis()
        self.daemons = Daemons(self.directory, self.secrets, self.log)
        self.daemons.start()

    def daemon(self, host):
        return self.daemons.processes[host]
