"""Callers: executions that are waited for, and batches, each with a key by which it is known when it comes again."""
import http.client
import json
import queue
import random
import threading
import time
import uuid
from collections import Counter

from daemons import EMAIL, INTERNAL, PUBLIC, is_ready
from network import address

APIDS = ["apid1", "apid2", "apid3", "apid4"]
EVALUATOR = "88bc92d5-bebf-45e4-9cd1-dfa33309c320"
CALLERS = 96
# How long a caller waits for one answer, and how long it goes on asking.
PATIENCE, PERSISTENCE = 60, 150


class Balancer:
    """Asks every API server twice a second whether it is ready, and offers what it refused to connect to the next."""

    def __init__(self):
        self.ready = list(APIDS)
        self.is_over = False
        self.threads = [threading.Thread(target=self.watch, args=(host,), daemon=True) for host in APIDS]

    def start(self):
        for thread in self.threads:
            thread.start()

    def watch(self, host):
        while not self.is_over:
            ready = is_ready(host, timeout=1)
            self.ready = [other for other in APIDS if other in self.ready and other != host or other == host and ready]
            time.sleep(0.5)

    def connect(self, port=PUBLIC):
        hosts = list(self.ready) or list(APIDS)
        random.shuffle(hosts)
        for host in hosts:
            connection = http.client.HTTPConnection(address(host), port, timeout=1)
            try:
                connection.connect()
                connection.sock.settimeout(PATIENCE)
                return connection
            except OSError:
                connection.close()
        raise ConnectionError("no API server")


class Call:
    """One call, asked again until it is answered for good."""

    def __init__(self, path, body, key):
        self.path, self.body, self.key = path, body, key
        self.answer = self.refusal = None
        self.is_cancelled = False
        # Nobody knows whether it was done, and it was said so.
        self.is_open = False
        self.attempts = 0


class Load:
    """So many executions a second and a batch every third second, from `start` to `stop`."""

    def __init__(self, kept, rate):
        self.kept, self.rate = kept, rate
        self.balancer = Balancer()
        self.run = uuid.uuid4().hex[:8]
        self.calls, self.batches = [], []
        self.cancelled = set()
        self.statuses = Counter()
        self.successes, self.failures = [], []
        self.waiting = queue.Queue()
        self.is_over = False
        self.token = None
        self.threads = [threading.Thread(target=self.serve, daemon=True) for _ in range(CALLERS)]
        self.pace = threading.Thread(target=self.make, daemon=True)

    def start(self):
        self.balancer.start()
        self.token = self.sign_in()
        for thread in (*self.threads, self.pace):
            thread.start()

    def stop(self, within):
        """No new calls; returns when those under way are answered, or given up."""
        self.is_over = True
        self.pace.join()
        limit = time.monotonic() + within
        while self.waiting.unfinished_tasks and time.monotonic() < limit:
            time.sleep(0.1)

    def make(self):
        began = time.monotonic()
        number = 0
        while not self.is_over:
            due = began + number / self.rate
            time.sleep(max(0, due - time.monotonic()))
            self.execute(number)
            if number % (3 * self.rate) == self.rate:
                self.batch(number)
            number += 1

    def execute(self, number):
        marker = f"marker-{self.run}-{number}"
        body = {"request": f"How do I reset my password? {marker}", "response": "Open Settings.", "session_id": marker}
        call = Call(f"/v1/evaluators/execute/{EVALUATOR}/", body, marker)
        self.calls.append(call)
        self.waiting.put(call)

    def batch(self, number):
        """Twenty items, of which one of every second batch is refused by the model; every fourth batch is larger, and
        cancelled."""
        index = len(self.batches)
        is_cancelled = index % 4 == 2
        inputs = [
            {"request": f"How do I? marker-{self.run}-b{number}-{item}"
             + (" REFUSE THIS" if index % 2 and item == 7 else ""), "response": "So."}
            for item in range(100 if is_cancelled else 20)]
        body = {"evaluator_ids": [EVALUATOR], "inputs": inputs}
        call = Call("/v1/batch-executions/", body, f"batch-{self.run}-{number}")
        call.is_cancelled, call.items = is_cancelled, len(inputs)
        self.batches.append(call)
        self.waiting.put(call)

    def serve(self):
        while True:
            call = self.waiting.get()
            try:
                self.insist(call)
                if call.is_cancelled and call.answer:
                    self.cancel(call)
            finally:
                self.waiting.task_done()

    def insist(self, call):
        headers = {"Content-Type": "application/json", "Authorization": f"Api-Key {self.kept['key']}",
                   "Idempotency-Key": call.key}
        limit = time.monotonic() + PERSISTENCE
        while time.monotonic() < limit:
            call.attempts += 1
            status, body, pause = self.ask("POST", call.path, call.body, headers)
            self.statuses[status] += 1
            now = time.monotonic()
            if status in (200, 201, 202):
                call.answer = json.loads(body)
                self.successes.append(now)
                return
            self.failures.append(now)
            if status == 409 and b"outcome_unknown" in body:
                call.is_open = True
                return
            call.refusal = (status, body[:300])
            time.sleep(pause)

    def ask(self, method, path, body, headers, port=PUBLIC):
        try:
            connection = self.balancer.connect(port)
        except ConnectionError:
            return "no server", b"", 0.5
        try:
            connection.request(method, path, json.dumps(body), headers)
            reply = connection.getresponse()
            data = reply.read()
            return reply.status, data, min(float(reply.headers.get("retry-after") or 0.5), 2)
        except (OSError, http.client.HTTPException) as error:
            return f"lost ({type(error).__name__})", b"", 0.5
        finally:
            connection.close()

    def sign_in(self):
        status, body, _ = self.ask("POST", "/internal/session", {"email": EMAIL, "password": self.kept["password"]},
                                   {"Content-Type": "application/json"}, INTERNAL["apid"])
        if status not in (200, 201):
            raise RuntimeError(f"signing in: {status} {body[:300]}")
        return json.loads(body)["token"]

    def cancel(self, call):
        """Right after it was accepted."""
        known = call.answer["batch_execution_id"]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        for _ in range(60):
            status, _, pause = self.ask("POST", f"/internal/batches/{known}/cancel", {}, headers, INTERNAL["apid"])
            if isinstance(status, int) and (status < 300 or status in (404, 409)):
                self.cancelled.add(known)
                return
            time.sleep(pause)
