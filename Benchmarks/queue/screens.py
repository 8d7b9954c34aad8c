"""The queue's screens with ten jobs that wait and with a million, while two thousand a second begin and end.

    screens.py PROGRAMS BENCHMARK [--jobs N] [--rate N] [--seconds N] [--keys N]

PROGRAMS is the directory of the built programs, BENCHMARK the built `queue-benchmark`. Starts an installation of its own.
Counted at both sizes: the median and the 95th percentile of what the internal API takes to answer for the screens, of the
time from a key to its frame in the console, and of the time until what a key opens is there; and what the event stream
sends. Prints them beside each other, with the ratio; and how long it takes to fill Redis again when it has lost all.
"""
import argparse
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HERE}/..")
import keys  # noqa: E402
from installation import INTERNAL, Installation  # noqa: E402

QUEUE, LOADED = "evaluations", "interactive"


def answers(installation, path, seconds):
    """What one answer after the other takes, in ms, on a connection that is kept."""
    connection = installation.connect(INTERNAL)
    times, end = [], time.time() + seconds
    while time.time() < end:
        began = time.perf_counter()
        connection.request("GET", path, headers=installation.headers(INTERNAL))
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{path}: {reply.status}")
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    connection.close()
    return times


class Events(threading.Thread):
    """Reads the event stream and counts what comes."""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.bytes = self.news = 0
        self.connection = installation.connect(INTERNAL)
        self.connection.request("GET", "/internal/events", headers=installation.headers(INTERNAL))
        self.reply = self.connection.getresponse()

    def run(self):
        while True:
            try:
                line = self.reply.readline()
            except (OSError, ValueError, http.client.HTTPException, AttributeError):
                return
            if not line:
                return
            self.bytes += len(line)
            self.news += b"queues" in line


class Load:
    """Jobs that are put in and done, so many a second."""

    def __init__(self, installation, benchmark, rate):
        log = f"{installation.state}/done"
        environment = dict(os.environ, QUEUE=LOADED)
        self.log = log
        self.worker = subprocess.Popen(
            [benchmark, "work", f"unix://{installation.redis}", "16", log, installation.database], env=environment)
        self.producer = subprocess.Popen(
            [benchmark, "enqueue", f"unix://{installation.redis}", "noop", str(rate * 3600), str(rate // 20), "50",
             installation.database], env=environment, stdout=subprocess.DEVNULL)

    def done(self):
        return os.stat(self.log).st_size if os.path.exists(self.log) else 0

    def stop(self):
        for process in (self.producer, self.worker):
            process.kill()
            process.wait()


def fill(installation, benchmark, count):
    subprocess.run([benchmark, "enqueue", f"unix://{installation.redis}", "noop", str(count), str(min(count, 500)), "0",
                    installation.database], env=dict(os.environ, QUEUE=QUEUE), check=True, stdout=subprocess.DEVNULL)


def measure(installation, benchmark, rate, seconds, presses):
    load = Load(installation, benchmark, rate)
    try:
        time.sleep(5)
        first, began = load.done(), time.time()
        events = Events(installation)
        events.start()
        figures = {}
        page = installation.ask("GET", f"/internal/jobs?queue={QUEUE}&limit=50", port=INTERNAL)
        job = page["results"][0]["id"]
        for name, path in [
            ("list of queues", "/internal/queues"), ("one queue", f"/internal/queues/{QUEUE}"),
            ("50 jobs of a queue", f"/internal/jobs?queue={QUEUE}&limit=50"),
            ("50 waiting jobs", "/internal/jobs?state=waiting&limit=50"), ("one job", f"/internal/jobs/{job}"),
            ("workers", "/internal/workers"), ("dead letters", "/internal/dead-letters"),
        ]:
            figures["API: " + name] = answers(installation, path, seconds)
        console = keys.Console(f"{installation.programs}/scorable-console", INTERNAL + installation.offset, installation.password)
        try:
            figures.update(keys.keys(console, presses))
        finally:
            console.close()
        span = time.time() - began
        print(f"  {(load.done() - first) / span:,.0f} jobs/s ended, {events.bytes / span:,.0f} bytes/s of events, "
              f"{events.news / span:.1f} news of queues/s", file=sys.stderr)
        return figures
    finally:
        load.stop()


def refill(installation):
    """Empties Redis; the seconds until the workers have given it all jobs again."""
    def redis(*words):
        return subprocess.run(["redis-cli", "-s", installation.redis, *words], capture_output=True,
                              text=True, check=True).stdout.split()

    redis("FLUSHALL")
    began = time.time()
    while True:
        epoch, seeded = (redis("MGET", "ev:{0}:epoch", "ev:{0}:seeded") + ["", ""])[:2]
        if epoch and epoch == seeded:
            waiting = redis("HGET", "ev:{0}:waiting", QUEUE)[0]
            return time.time() - began, int(waiting)
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("benchmark")
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--keys", type=int, default=200)
    options = parser.parse_args()
    with Installation(options.programs, "queues: [maintenance]") as installation:
        installation.ask("PUT", "/internal/queue-controls", {"subject": f"queue:{QUEUE}", "is_paused": True}, INTERNAL)
        rows = []
        for count in (10, options.jobs):
            began = time.time()
            fill(installation, options.benchmark, count)
            print(f"{count:,} jobs wait (put in within {time.time() - began:.0f} s)", file=sys.stderr)
            rows.append(measure(installation, options.benchmark, options.rate, options.seconds,
                                options.keys))
        seconds, waiting = refill(installation)
        print(f"{waiting:,} jobs were given to an emptied Redis again within {seconds:.1f} s")
        print(f"| ms, median / 95th percentile | 10 jobs wait | {options.jobs:,} jobs wait | ratio of medians | of 95th |")
        print("|---|---|---|---|---|")
        for name in rows[0]:
            few, many = [
                (statistics.median(row[name]), sorted(row[name])[int(len(row[name]) * 0.95)]) for row in rows]
            print(f"| {name} | {few[0]:.1f} / {few[1]:.1f} | {many[0]:.1f} / {many[1]:.1f} | "
                  f"{many[0] / few[0]:.2f} | {many[1] / few[1]:.2f} |")


main()
