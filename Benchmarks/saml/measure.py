"""What it costs the API server to refuse SAML messages that nobody may be signed in by, from the POST at the callback to
the answer: CPU time of all its threads, and by how much its memory grew at most. Ends with 1 where one costs more than the
bounds, or is not refused."""
import argparse
import http.client
import json
import os
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from installation import PUBLIC, Installation  # noqa: E402
from messages import Corpus, IdentityProvider  # noqa: E402

MILLISECONDS, MEGABYTES = 50, 10


class Process:
    """The server, as the kernel counts."""

    def __init__(self, number):
        self.number = number

    def seconds(self):
        return Installation.seconds(self.number)

    def _kilobytes(self, name):
        with open(f"/proc/{self.number}/status") as file:
            return int(next(line for line in file if line.startswith(name)).split()[1])

    def begin(self):
        with open(f"/proc/{self.number}/clear_refs", "w") as file:
            file.write("5")
        self.base = self._kilobytes("VmRSS")

    def grown(self):
        """By how many megabytes more than at the beginning it had at most."""
        return (self._kilobytes("VmHWM") - self.base) / 1024


def post(installation, path, form):
    connection = http.client.HTTPConnection("127.0.0.1", PUBLIC + installation.offset, timeout=60)
    body = urllib.parse.urlencode({"SAMLResponse": form})
    connection.request("POST", path, body, {
        "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://idp.example",
        "Sec-Fetch-Site": "cross-site"})
    try:
        reply = connection.getresponse()
        reply.read()
        return reply.status
    finally:
        connection.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("programs", help="the folder of the built programs")
    options.add_argument("--times", type=int, default=10, help="how often each message is sent")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Installation(options.programs) as installation:
        trusted, stranger = IdentityProvider(folder, "trusted"), IdentityProvider(folder, "stranger")
        with open(f"{folder}/metadata.xml", "w") as file:
            file.write(trusted.metadata)
        made = json.loads(installation.scorable(
            "identity-provider", "add", "--name", "Benchmark", "--metadata-file", f"{folder}/metadata.xml",
            "--email-attribute", "email", "--default-role", "viewer", "--use", "--json"))
        ours = made["ours"]
        callback = ours["callback_address"]
        path = urllib.parse.urlparse(callback).path
        process = Process(installation.process("scorable-apid"))
        corpus = list(Corpus(trusted, stranger, callback, ours["entity_id"]).forms())
        # Memory that is there for good: threads, connections, pages of the libraries.
        for _ in range(3):
            for _, form in corpus:
                post(installation, path, form)
        worst = []
        print(f"{'CPU ms':>8} {'MB':>7}  message")
        for name, form in corpus:
            process.begin()
            before = process.seconds()
            statuses = {post(installation, path, form) for _ in range(options.times)}
            cost = (process.seconds() - before) * 1000 / options.times
            grown = process.grown()
            verdict = "" if statuses <= {403, 413} else f"  NOT REFUSED: {sorted(statuses)}"
            if cost > MILLISECONDS or grown > MEGABYTES:
                verdict += "  TOO MUCH"
            worst.append((cost, grown, verdict))
            print(f"{cost:8.2f} {max(grown, 0):7.1f}  {name}{verdict}", flush=True)
    print(f"{max(each[0] for each in worst):8.2f} {max(each[1] for each in worst):7.1f}  at most, of {len(worst)} "
          f"messages; {MILLISECONDS} ms and {MEGABYTES} MB are allowed")
    sys.exit(any(each[2] for each in worst))


main()
