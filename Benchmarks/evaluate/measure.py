"""Evaluators beside their peers on the same items, provider and machine. Prints a table of items/s and CPU an item.

    measure.py PROGRAMS STATE PEERS PROVIDER [--items N] [--concurrent N] [--rounds N]

Ours runs in an installation of its own at STATE; the processor time of its four daemons is counted, that of PostgreSQL
and Redis apart, and of the caller not at all. A peer is one process, which is its own caller: its time while it evaluates,
without its imports. Everybody has as many calls of the model under way at once, and asks it as often as there are items.
"""
import argparse
import http.client
import json
import os
import random
import re
import subprocess
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
DAEMONS = ["scorable-apid", "scorable-evald", "scorable-llmproxyd", "scorable-workerd"]
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


class Installation:
    """All daemons with their stores, and the provider as their only one."""

    def __init__(self, programs, state, provider, concurrent):
        self.programs, self.state = programs, state
        self.offset = random.randrange(1000, 20000)
        self.scorable("up", "--port-offset", str(self.offset))
        path = f"{state}/scorable.yaml"
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^workerd:\n", f"workerd:\n  slots: {concurrent}\n", text))
        self.scorable("down")
        self.scorable("up")
        self.scorable("provider", "add", "mock", "--base-url", f"{provider}/v1", "--model", "judge")
        exports = dict(re.findall(r"export (\w+)='([^']*)'", self.scorable("env")))
        self.key = exports["SCORABLE_API_KEY"]
        self.connections = threading.local()

    def scorable(self, *words):
        result = subprocess.run([f"{self.programs}/scorable", *words, "--state", self.state], capture_output=True,
                                text=True, timeout=300)
        if result.returncode:
            raise RuntimeError(f"scorable {' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def ask(self, method, path, body=None):
        """Of the public API, over a connection of each thread, as an HTTP client keeps one."""
        connection = getattr(self.connections, "own", None)
        if connection is None:
            connection = self.connections.own = http.client.HTTPConnection(
                "127.0.0.1", 8000 + self.offset, timeout=120)
        connection.request(method, path, body and json.dumps(body),
                           {"Content-Type": "application/json", "Authorization": f"Api-Key {self.key}"})
        reply = connection.getresponse()
        data = reply.read()
        if reply.status >= 300:
            raise RuntimeError(f"{method} {path}: {reply.status} {data[:300]}")
        return json.loads(data)

    def cpu(self):
        """Seconds of the daemons, and of the stores with all their processes."""
        found = processes()
        ours = {pid for pid in found if self.is_ours(pid)}
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

    def is_ours(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                return self.state in file.read()
        except OSError:
            return False

    def stop(self):
        self.scorable("down")


class Ours:
    """A way to have items evaluated, and its cost."""

    def __init__(self, installation, name, run):
        self.installation, self.name, self.run = installation, name, run

    def measure(self, items):
        self.run(items[:64])
        (daemons, stores), began = self.installation.cpu(), time.monotonic()
        scores = self.run(items)
        seconds = time.monotonic() - began
        daemons_after, stores_after = self.installation.cpu()
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
    def synchronous(items):
        replies = each(
            arguments.concurrent,
            lambda item: installation.ask("POST", f"/v1/evaluators/execute/{evaluator}/", item), items)
        return sum(reply["score"] is not None for reply in replies)

    def batch(items):
        dataset = installation.ask("POST", "/v1/datasets/", {"name": "Items"})["id"]
        for first in range(0, len(items), 5000):
            installation.ask("POST", f"/v1/datasets/{dataset}/items/bulk/", items[first:first + 5000])
        started = installation.ask(
            "POST", "/v1/batch-executions/", {"evaluator_ids": [evaluator], "dataset_id": dataset})
        # Without its items, as somebody looks who waits.
        while installation.ask("GET", f"{started['status_url']}?items_from={len(items)}")["status"] in (
                "pending", "processing"):
            time.sleep(0.2)
        scores, page = 0, started["status_url"]
        while page:
            state = installation.ask("GET", page)
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
    for name in ("programs", "state", "peers", "provider"):
        parser.add_argument(name)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--concurrent", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    items = [{"request": f"How do I reset the password of account {number}?",
              "response": "Open Settings, choose Security, then press Reset password and follow the mail."}
             for number in range(arguments.items)]
    installation = Installation(arguments.programs, arguments.state, arguments.provider, arguments.concurrent)
    try:
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
    finally:
        installation.stop()
    print()
    print_table(measured, len(items))


main()
