"""An installation for a benchmark alone: all daemons with stores of their own, beside others on the same machine."""
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import tempfile

DAEMONS = ["scorable-apid", "scorable-evald", "scorable-llmproxyd", "scorable-workerd"]
PUBLIC, INTERNAL = 8000, 8080


class Installation:
    """Up when it is there, gone with its data after `with`."""

    def __init__(self, programs, worker=""):
        """`worker` is a line of settings of the worker, such as `slots: 64`."""
        self.programs = programs
        self.state = tempfile.mkdtemp(prefix="scorable-benchmark-")
        # PostgreSQL runs as a user of its own.
        os.chmod(self.state, 0o711)
        self.offset = random.randrange(1000, 20000)
        self.key = self.token = ""
        try:
            self._begin(worker)
        except BaseException:
            self.stop()
            raise

    def _begin(self, worker):
        welcome = self.scorable("up", "--port-offset", str(self.offset))
        self.password = re.search(r"Password\s+(\S+)", welcome).group(1)
        if worker:
            path = f"{self.state}/scorable.yaml"
            with open(path) as file:
                text = file.read()
            with open(path, "w") as file:
                file.write(re.sub(r"(?m)^workerd:\n", f"workerd:\n  {worker}\n", text))
            self.scorable("down")
            self.scorable("up")
        self.key = dict(re.findall(r"export (\w+)='([^']*)'", self.scorable("env")))["SCORABLE_API_KEY"]
        credentials = {"email": "admin@localhost", "password": self.password}
        self.token = self.ask("POST", "/internal/session", credentials, INTERNAL)["token"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        subprocess.run([f"{self.programs}/scorable", "down", "--state", self.state], capture_output=True, timeout=600)
        shutil.rmtree(self.state)

    def scorable(self, *words):
        result = subprocess.run([f"{self.programs}/scorable", *words, "--state", self.state], capture_output=True,
                                text=True, timeout=600)
        if result.returncode:
            raise RuntimeError(f"scorable {' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def serve_model(self, provider):
        """The provider at that address becomes the only one, with the model `judge`."""
        self.scorable("provider", "add", "mock", "--base-url", f"{provider}/v1", "--model", "judge")

    def connect(self, port=PUBLIC, timeout=300):
        return http.client.HTTPConnection("127.0.0.1", port + self.offset, timeout=timeout)

    def headers(self, port=PUBLIC):
        credential = f"Api-Key {self.key}" if port == PUBLIC else f"Bearer {self.token}"
        return {"Content-Type": "application/json", "Authorization": credential}

    def ask(self, method, path, body=None, port=PUBLIC, connection=None):
        """The answer, read as JSON; over a connection of its own where none is given."""
        own = connection or self.connect(port)
        own.request(method, path, None if body is None else json.dumps(body), self.headers(port))
        reply = own.getresponse()
        data = reply.read()
        if connection is None:
            own.close()
        if reply.status >= 300:
            raise RuntimeError(f"{method} {path}: {reply.status} {data[:300]}")
        return json.loads(data) if data else None

    def process(self, daemon):
        """The number of that daemon's process."""
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    is_daemon = file.read().split(b"\0")[0].endswith(daemon.encode())
                with open(f"/proc/{number}/environ", "rb") as file:
                    is_ours = self.state.encode() in file.read()
            except OSError:
                continue
            if is_daemon and is_ours:
                return int(number)
        raise RuntimeError(f"{daemon} does not run")

    @staticmethod
    def seconds(pid):
        """The processor time of all threads of a process."""
        total = 0
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    @property
    def database(self):
        return f"host={self.state}/run user=scorable dbname=scorable"

    @property
    def redis(self):
        return f"{self.state}/run/redis.sock"
