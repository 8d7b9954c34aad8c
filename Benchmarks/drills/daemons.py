"""The daemons on their hosts, as many of each as the table of high availability has."""
import http.client
import json
import os
import re
import subprocess

from network import address
from outside import PORTS
from processes import Process, eventually

DAEMONS = ["workerd1", "workerd2", "llmproxyd1", "llmproxyd2", "evald1", "evald2", "apid1", "apid2", "apid3", "apid4"]
INTERNAL = {"apid": 8080, "evald": 8081, "llmproxyd": 8082, "workerd": 8083}
PUBLIC = 8000
EMAIL = "drills@lab.example"

SETTINGS = """
database:
  url: "host=db1,db2 user=scorable dbname=scorable connect_timeout=3"
  replicas: ["host=db2 user=scorable dbname=scorable", "host=db1 user=scorable dbname=scorable"]
redis:
  url: "redis+sentinel://sentinel1:26379,sentinel2:26379,sentinel3:26379/lab/0"
service_token: {{file: {secrets}/service_token}}
credential_secret: {{file: {secrets}/credential_secret}}
blobs:
  store: s3
  s3: {{bucket: lab, endpoint: "http://objects:{objects}", access_key_id: lab, secret_access_key: lab}}
demo_provider: false
log: {{format: json, level: info}}
evald:
  url: http://evald:8081
  internal: {{listen: "0.0.0.0:8081"}}
llmproxyd:
  url: http://llmproxyd:8082
  replicas: ["http://llmproxyd1:8082", "http://llmproxyd2:8082"]
  private_key: {{file: {secrets}/proxy_private_key}}
  internal: {{listen: "0.0.0.0:8082"}}
  webhook_hosts: ["hooks.lab:{hooks}"]
workerd:
  urls: ["http://workerd1:8083", "http://workerd2:8083"]
  internal: {{listen: "0.0.0.0:8083"}}
apid:
  drain_delay: 2s
  internal: {{listen: "0.0.0.0:8080"}}
  loopback: {{listen: "0.0.0.0:8000"}}
  public: {{listen: "off"}}
"""


def kind(host):
    return re.sub(r"\d+$", "", host)


def programs():
    return os.environ["BINARIES"]


def make_secrets(directory):
    os.makedirs(directory)
    for name, size in (("service_token", 32), ("credential_secret", 48)):
        with open(f"{directory}/{name}", "w") as file:
            file.write(os.urandom(size).hex())
    subprocess.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", f"{directory}/proxy_private_key"], check=True)


class Daemons:
    def __init__(self, directory, secrets, log):
        self.path = f"{directory}/scorable.yaml"
        with open(self.path, "w") as file:
            file.write(SETTINGS.format(secrets=secrets, **PORTS))
        self.processes = {host: self.process(host, log) for host in DAEMONS}
        self.secrets = secrets

    def process(self, host, log):
        return Process(host, [f"{programs()}/scorable-{kind(host)}"], log, environment={"SCORABLE_CONFIG": self.path})

    def scorable(self, *words, timeout=120, of=None):
        """What the command says; `of` is the folder of other programs than those that run."""
        result = subprocess.run(
            [f"{of or programs()}/scorable", *words], capture_output=True, text=True, timeout=timeout,
            env={"PATH": os.environ["PATH"], "HOME": "/root", "SCORABLE_CONFIG": self.path})
        if result.returncode:
            raise RuntimeError(f"scorable {' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def begin(self):
        """What a new installation needs: the schema, an owner, a key, a provider and a receiver of webhooks."""
        self.scorable("migrate")
        self.scorable("organization", "create", "Drills", "--owner", EMAIL)
        told = self.scorable(
            "user", "create", EMAIL, "--name", "Drills", "--role", "owner", "--organization", "Drills")
        kept = {"password": re.search(r"(?m)^password\s+(\S+)", told).group(1)}
        kept["key"] = self.scorable("key", "create", "drills", "--email", EMAIL).split()[-1]
        self.scorable(
            "provider", "add", "lab", "--base-url", f"http://model.lab:{PORTS['model']}/v1", "--model", "judge")
        # Whose key its secret is sealed with.
        proxy = self.processes["llmproxyd1"].start()
        eventually("llmproxyd1 is ready", lambda: is_ready("llmproxyd1") or not proxy.runs)
        told = self.scorable("webhook", "add", "--organization", "Drills", "--description", "drills", "--events",
                             "batch.finished,batch.partially_failed,batch.failed,batch.cancelled",
                             f"http://hooks.lab:{PORTS['hooks']}/")
        kept["webhook"] = re.search(r"whsec_\S+", told).group(0)
        proxy.stop()
        with open(f"{self.secrets}/kept.json", "w") as file:
            json.dump(kept, file)

    def start(self):
        for host in DAEMONS:
            self.processes[host].start()
        for host in DAEMONS:
            eventually(f"{host} is ready", lambda host=host: is_ready(host), 90)

    @staticmethod
    def unready():
        return [host for host in DAEMONS if not is_ready(host)]


def is_ready(host, timeout=2):
    connection = http.client.HTTPConnection(address(host), INTERNAL[kind(host)], timeout=timeout)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
