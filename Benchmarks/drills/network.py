"""Hosts of their own on one bridge, and names for them, in the namespaces that run.sh has made."""
import os
import subprocess

NET = "10.77.0"
# This side of the bridge: the clients, the models' server and the receiver of webhooks.
OUTSIDE = f"{NET}.1"
ADDRESSES = {
    "apid1": 11, "apid2": 12, "apid3": 13, "apid4": 14, "evald1": 21, "evald2": 22, "llmproxyd1": 31, "llmproxyd2": 32,
    "workerd1": 41, "workerd2": 42, "db1": 51, "db2": 52, "redis1": 61, "redis2": 62,
    "sentinel1": 71, "sentinel2": 72, "sentinel3": 73, "objects": 81,
}
# Names with several addresses, as DNS would have them.
NAMES = {"evald": ["evald1", "evald2"], "llmproxyd": ["llmproxyd1", "llmproxyd2"]}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def address(host):
    return f"{NET}.{ADDRESSES[host]}"


class Network:
    def __init__(self, directory):
        os.makedirs("/run/netns", exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
        ip("link", "set", "lo", "up")
        ip("link", "add", "lab", "type", "bridge")
        ip("addr", "add", f"{OUTSIDE}/24", "dev", "lab")
        ip("link", "set", "lab", "up")
        for host in ADDRESSES:
            ip("netns", "add", host)
            ip("link", "add", self.link(host), "type", "veth", "peer", "name", "eth0", "netns", host)
            ip("link", "set", self.link(host), "master", "lab", "up")
            ip("-n", host, "addr", "add", f"{address(host)}/24", "dev", "eth0")
            ip("-n", host, "link", "set", "eth0", "up")
            ip("-n", host, "link", "set", "lo", "up")
        self.name(directory)

    @staticmethod
    def link(host):
        return f"v-{host}"

    @staticmethod
    def name(directory):
        lines = ["127.0.0.1 localhost", f"{OUTSIDE} model.lab", f"{OUTSIDE} hooks.lab"]
        lines += [f"{address(host)} {host}" for host in ADDRESSES]
        lines += [f"{address(host)} {name}" for name, hosts in NAMES.items() for host in hosts]
        for path, text in (("hosts", "\n".join(lines) + "\n"), ("host.conf", "multi on\n")):
            with open(f"{directory}/{path}", "w") as file:
                file.write(text)
            os.chmod(f"{directory}/{path}", 0o644)
            subprocess.run(["mount", "--bind", f"{directory}/{path}", f"/etc/{path}"], check=True)

    def cut(self, host):
        """Nothing arrives and nothing is refused: what a broken cable does."""
        ip("link", "set", self.link(host), "down")

    def join(self, host):
        ip("link", "set", self.link(host), "up")

    def slow(self, host, rate):
        """What is sent to the host, and what it sends, goes at that rate, and waits for it."""
        limit = ["root", "tbf", "rate", rate, "burst", "4kb", "latency", "400ms"]
        subprocess.run(["tc", "qdisc", "replace", "dev", self.link(host), *limit], check=True)
        subprocess.run(["tc", "-n", host, "qdisc", "replace", "dev", "eth0", *limit], check=True)

    def quicken(self, host):
        subprocess.run(["tc", "qdisc", "del", "dev", self.link(host), "root"], check=True)
        subprocess.run(["tc", "-n", host, "qdisc", "del", "dev", "eth0", "root"], check=True)
