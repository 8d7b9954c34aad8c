"""Evaluators beside their peers on the same items, provider and machine. Prints a table of items/s and CPU an item.

    measure.py PROGRAMS PEERS PROVIDER [--items N] [--concurrent N] [--rounds N]

Ours runs in an installation of its own; the processor time of its four daemons is counted, that of PostgreSQL
and Redis apart, and of the caller not at all. A peer is one process, which is its own caller: its time while it evaluates,
without its imports. Everybody has as many calls of the model under way at once, and asks it as often as there are items.
"""
import argparse
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HERE}/..")
from installation import DAEMONS, Installation  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def processes():
    """Of each process its parent, its name and its processor time with that of the children it has waited for."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                text = file.read()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2:].split()
        found[int(name)] = (int(fields[1]), text[text.index("(") + 1:text.rindex(")")],
                            sum(map(int, fields[11:15])) / TICK)
    return found


def cpu(installation):
    """Seconds of the daemons, and of the stores with all their processes."""
    found = processes()
    ours = {pid for pid in found if is_of(installation, pid)}
    while more := {pid for pid, (parent, _, _) in found.items() if parent in ours} - ours:
        ours |= more
    daemons, stores = {}, {"postgres": 0.0, "redis-server": 0.0}
    for pid in ours:
        _, name, seconds = found[pid]
        # Linux keeps the first fifteen letters.
        daemon = next((daemon for daemon in DAEMONS if daemon[:15] == name), None)
        if daemon:
            daemons[daemon] = daemons.get(daemon, 0) + seconds
        elif name in stores:
            stores[name] += seconds
    return daemons, stores


def is_of(installation, pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return installation.state in file.read()
    except OSError:
        return False


class Caller(threading.local):
    """Asks the public API over a connection of each thread, as an HTTP client keeps one."""

    def __init__(self, installation):
        self.installation = installation
        self.connection = installation.connect()

    def ask(self, method, path, body=None):
        return self.installation.ask(method, path, body, connection=self.connection)


class Ours:
    """A way to have items evaluated, and its cost."""

    def __init__(self, installation, name, run):
        self.installation, self.name, self.run = installation, name, run

    def measure(self, items):
        self.run(items[:64])
        (daemons, stores), began = cpu(self.installation), time.monotonic()
        scores = self.run(items)
        seconds = time.monotonic() - began
        daemons_after, stores_after = cpu(self.installation)
        parts = {name: daemons_after[name] - daemons[name] for name in DAEMONS}
        return {"seconds": seconds, "cpu": sum(parts.values()), "scores": scores, "parts": parts,
                "stores": {name: stores_after[name] - stores[name] for name in stores}}


class Peer:
    def __init__(self, name, script, python, provider, concurrent):
        self.name = name
        self.command = [python, f"{HERE}/peers/{script}"], [f"{provider}/v1", str(concurrent)]

    def measure(self, items):
        path = f"/tmp/scorable-items-{os.getpid()}.json"
        with open(path, "w") as file:
            json.dump(items, file)
        try:
            before, after = self.command
            result = subprocess.run([*before, path, *after], capture_output=True, text=True, timeout=1800)
        finally:
            os.unlink(path)
        if result.returncode:
            raise RuntimeError(result.stderr[-2000:])
        return json.loads(result.stdout.splitlines()[-1])


def each(concurrent, work, items):
    """The results of `work` on all items, so many at once."""
    results, lock, rest = [], threading.Lock(), iter(items)

    def loop():
        while True:
            with lock:
                item = next(rest, None)
            if item is None:
                return
            result = work(item)
            with lock:
                results.append(result)

    threads = [threading.Thread(target=loop) for _ in range(concurrent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def systems(installation, evaluator, arguments):
    caller = Caller(installation)

    def synchronous(items):
        replies = each(
            arguments.concurrent,
            lambda item: caller.ask("POST", f"/v1/evaluators/execute/{evaluator}/", item), items)
        return sum(reply["score"] is not None for reply in replies)

    def batch(items):
        dataset = caller.ask("POST", "/v1/datasets/", {"name": "Items"})["id"]
        for first in range(0, len(items), 5000):
            caller.ask("POST", f"/v1/datasets/{dataset}/items/bulk/", items[first:first + 5000])
        started = caller.ask(
            "POST", "/v1/batch-executions/", {"evaluator_ids": [evaluator], "dataset_id": dataset})
        # Without its items, as somebody looks who waits.
        while caller.ask("GET", f"{started['status_url']}?items_from={len(items)}")["status"] in (
                "pending", "processing"):
            time.sleep(0.2)
        scores, page = 0, started["status_url"]
        while page:
            state = caller.ask("GET", page)
            scores += sum(result["score"] is not None for row in state["items"] for result in row["evaluator_results"])
            page = state.get("items_next")
        return scores

    return [
        Ours(installation, "scorable, synchronous", synchronous), Ours(installation, "scorable, batch", batch),
        Peer("DeepEval G-Eval", "geval.py", f"{arguments.peers}/geval/bin/python", arguments.provider,
             arguments.concurrent),
        Peer("Ragas AspectCritic", "aspect.py", f"{arguments.peers}/aspect/bin/python", arguments.provider,
             arguments.concurrent),
    ]


def print_table(measured, count):
    print("| system | items/s | CPU ms an item | of the fastest peer | scores |\n|---|---|---|---|---|")
    best = {name: min(runs, key=lambda run: run["seconds"]) for name, runs in measured.items()}
    peers = [run for run in best.values() if "parts" not in run]
    for name, run in best.items():
        faster = min((peer["seconds"] for peer in peers), default=0) / run["seconds"]
        cheaper = min((peer["cpu"] for peer in peers), default=0) / run["cpu"]
        print(f"| {name} | {count / run['seconds']:,.0f} | {run['cpu'] / count * 1000:.2f} | "
              f"{faster:.1f} times as fast, {cheaper:.1f} times as cheap | {run['scores']} |")
    for name, run in best.items():
        if "parts" in run:
            parts = {**run["parts"], **run["stores"]}
            print(f"\n{name}, CPU µs an item: "
                  + ", ".join(f"{part} {seconds / count * 1e6:.0f}" for part, seconds in parts.items()))


def main():
    parser = argparse.ArgumentParser()
    for name in ("programs", "peers", "provider"):
        parser.add_argument(name)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--concurrent", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    items = [{"request": f"How do I reset the password of account {number}?",
              "response": "Open Settings, choose Security, then press Reset password and follow the mail."}
             for number in range(arguments.items)]
    with Installation(arguments.programs, f"slots: {arguments.concurrent}") as installation:
        installation.serve_model(arguments.provider)
        objective = installation.ask("POST", "/v1/objectives/", {"intent": "Helpfulness"})["id"]
        evaluator = installation.ask("POST", "/v1/evaluators/", {
            "name": "Helpfulness here", "objective_id": objective, "models": ["judge"],
            "scoring_criteria": "Does {{response}} answer what {{request}} asks, fully and to the point?"})["id"]
        measured = {}
        for _ in range(arguments.rounds):
            for system in systems(installation, evaluator, arguments):
                before = int(urllib.request.urlopen(f"{arguments.provider}/calls").read())
                run = system.measure(items)
                calls = int(urllib.request.urlopen(f"{arguments.provider}/calls").read()) - before
                # What warms up comes on top.
                assert run["scores"] == len(items) and len(items) <= calls <= len(items) + 100, (system.name, calls)
                measured.setdefault(system.name, []).append(run)
                print(f"{system.name}: {len(items) / run['seconds']:,.0f} items/s", flush=True)
    print()
    print_table(measured, len(items))


main()
