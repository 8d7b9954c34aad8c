"""A batch of very many items, from its start to its cancelling, and one that fails and is tried again.

    batch.py PROGRAMS [--items N] [--cancel-at N] [--failing N] [--slots N]

PROGRAMS is the directory of the built programs. Starts an installation of its own, with the provider of
Benchmarks/evaluate, which needs a C compiler. A batch over a dataset of N items is started, cancelled when so many of them
have ended, and its counters are compared with its jobs. Then the provider goes away while a second batch runs, until all
its items are given up; it comes back, and they are tried again. Printed: how long accepting, making the jobs and
cancelling take, the longest transaction that was seen meanwhile, and the most memory of each daemon.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HERE}/..")
from installation import DAEMONS, INTERNAL, Installation  # noqa: E402


class Provider:
    """Answers at once, and can go away."""

    def __init__(self, directory):
        self.program = f"{directory}/provider"
        self.port = random.randrange(20000, 30000)
        subprocess.run(["cc", "-O2", "-o", self.program, f"{HERE}/../evaluate/provider.c"], check=True)
        self.come()

    def come(self):
        self.process = subprocess.Popen([self.program, str(self.port), "1"])

    def go(self):
        self.process.kill()
        self.process.wait()


def memory(installation):
    """The most that each daemon has had resident, in megabytes."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                name = os.path.basename(file.read().split("\0")[0])
            with open(f"/proc/{pid}/environ") as file:
                is_ours = installation.state in file.read()
            with open(f"/proc/{pid}/status") as file:
                most = re.search(r"VmHWM:\s+(\d+)", file.read())
        except OSError:
            continue
        if name in DAEMONS and is_ours and most:
            found[name] = int(most.group(1)) / 1024
    return found


def psql(installation):
    return ["psql", "-qAtX", installation.database]


def read(installation, sql):
    return subprocess.run([*psql(installation), "-c", sql], capture_output=True, text=True, check=True).stdout.strip()


class Transactions(threading.Thread):
    """Looks all the time how old the oldest transaction is."""

    LOOK = """SELECT round(extract(epoch FROM clock_timestamp() - xact_start) * 1000),
            regexp_replace(left(query, 300), '\\s+', ' ', 'g')
        FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
        UNION ALL SELECT 0, '' ORDER BY 1 DESC LIMIT 1;\n"""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.longest = (0, "")
        self.psql = subprocess.Popen(psql(installation), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.is_over = False

    def run(self):
        while not self.is_over:
            self.psql.stdin.write(self.LOOK)
            self.psql.stdin.flush()
            age, _, query = self.psql.stdout.readline().partition("|")
            self.longest = max(self.longest, (float(age), query.strip()))
            time.sleep(0.02)

    def take(self):
        """The longest since this was asked last, in ms, and what it did."""
        longest, self.longest = self.longest, (0, "")
        return longest

    def stop(self):
        self.is_over = True
        self.join()
        self.psql.kill()
        self.psql.wait()


class Batch:
    def __init__(self, installation, evaluator, dataset, **further):
        self.installation = installation
        began = time.time()
        reply = installation.ask("POST", "/v1/batch-executions/",
                                 {"evaluator_ids": [evaluator], "dataset_id": dataset, **further})
        self.seconds = time.time() - began
        self.id = re.search(r"[0-9a-f-]{36}", reply["status_url"]).group(0)

    def counts(self):
        row = read(
            self.installation,
            f"SELECT state, total, expanded, finished, dead, cancelled FROM batches WHERE id = '{self.id}'").split("|")
        return row[0], dict(zip(("total", "expanded", "finished", "dead", "cancelled"), map(int, row[1:])))

    def until(self, condition, limit):
        """Waits until its counts are as wanted; returns the seconds."""
        began = time.time()
        while True:
            state, counts = self.counts()
            if condition(state, counts):
                return time.time() - began
            if time.time() - began > limit:
                raise RuntimeError(f"after {limit} s the batch is {state}: {counts}")
            time.sleep(0.1)

    def check(self, given_up=0):
        """Whether its counters are what its jobs say, and every result is there once; `given_up` items failed before."""
        _, counts = self.counts()
        jobs = dict(line.split("|") for line in read(
            self.installation,
            f"SELECT coalesce(ending, 'open'), count(*) FROM jobs WHERE batch_id = '{self.id}' GROUP BY 1").splitlines())
        results = int(read(
            self.installation,
            f"SELECT count(*) FROM batch_items WHERE batch_id = '{self.id}' AND execution_log_id IS NOT NULL"))
        logs = int(read(
            self.installation,
            f"SELECT count(*) FROM execution_logs WHERE batch_id = '{self.id}' AND parent_id IS NULL"))
        unmade = counts["total"] - counts["expanded"]
        assert counts["finished"] == int(jobs.get("finished", 0)), (counts, jobs)
        assert counts["dead"] == int(jobs.get("dead", 0)), (counts, jobs)
        assert counts["cancelled"] == int(jobs.get("cancelled", 0)) + unmade, (counts, jobs)
        assert counts["finished"] + counts["dead"] + counts["cancelled"] == counts["total"], counts
        assert results == counts["finished"] + counts["dead"] == logs - given_up, (counts, results, logs)
        return counts


def tell(what, seconds, transactions):
    longest, query = transactions.take()
    print(f"{what}: {seconds:.1f} s, longest transaction {longest:,.0f} ms ({query[:90]})", flush=True)


def measure(installation, provider, options):
    objective = installation.ask("POST", "/v1/objectives/", {"intent": "Helpfulness"})["id"]
    evaluator = installation.ask("POST", "/v1/evaluators/", {
        "name": "Helpfulness here", "objective_id": objective, "models": ["judge"],
        "scoring_criteria": "Does {{response}} answer what {{request}} asks, fully and to the point?"})["id"]
    dataset = installation.ask("POST", "/v1/datasets/", {"name": "Items"})["id"]
    transactions = Transactions(installation)
    transactions.start()
    began = time.time()
    for first in range(0, options.items, 5000):
        installation.ask("POST", f"/v1/datasets/{dataset}/items/bulk/", [
            {"request": f"How do I reset the password of account {number}?", "response": "Open Settings."}
            for number in range(first, min(first + 5000, options.items))])
    tell(f"{options.items:,} items into a dataset", time.time() - began, transactions)
    print("before:", {name: f"{size:.1f} MB" for name, size in memory(installation).items()}, flush=True)

    batch = Batch(installation, evaluator, dataset)
    tell("accepted", batch.seconds, transactions)
    tell("all jobs made", batch.until(lambda state, counts: counts["expanded"] == options.items, 1800), transactions)
    tell(f"{options.cancel_at:,} items done",
         batch.until(lambda state, counts: counts["finished"] >= options.cancel_at, 7200), transactions)
    began = time.time()
    installation.ask("POST", f"/internal/batches/{batch.id}/cancel", {}, INTERNAL)
    answered = time.time() - began
    batch.until(lambda state, counts: state == "ended", 600)
    tell(f"cancelled (answered after {answered:.2f} s)", time.time() - began, transactions)
    print(f"its counters add up: {batch.check()}", flush=True)

    provider.go()
    batch = Batch(installation, evaluator, dataset, range={"start": 0, "end": options.failing - 1})
    tell(f"{options.failing:,} items given up",
         batch.until(lambda state, counts: counts["dead"] == options.failing, 3600), transactions)
    provider.come()
    began = time.time()
    print(installation.scorable("queue", "retry", "--all-matching", "--yes", f"batch_id={batch.id}", "state=dead").strip())
    batch.until(lambda state, counts: counts["finished"] == options.failing, 3600)
    tell("tried again and done", time.time() - began, transactions)
    print(f"its counters add up: {batch.check(given_up=options.failing)}", flush=True)
    print("at most:", {name: f"{size:.1f} MB" for name, size in memory(installation).items()})
    transactions.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--cancel-at", type=int, default=50_000)
    parser.add_argument("--failing", type=int, default=2_000)
    parser.add_argument("--slots", type=int, default=64)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="scorable-provider-")
    provider = Provider(directory)
    try:
        with Installation(options.programs, f"slots: {options.slots}") as installation:
            installation.serve_model(f"http://127.0.0.1:{provider.port}")
            measure(installation, provider, options)
    finally:
        provider.go()
        shutil.rmtree(directory)


main()
