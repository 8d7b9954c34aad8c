"""The queue beside its peers: one Redis, one worker of ten slots each, in turn on this machine. Prints a table.

    measure.py BENCHMARK [--rounds N] [--systems a,b] [--skip recovery]

Counted: jobs/s while a backlog of no-op jobs is worked off, between 10 % and 100 % of it; CPU of Redis (all its threads)
and of the worker, round trips and commands a job in that time; jobs/s of one producer, one by one and by the hundred; the
time from putting a job in to its start, one job each 40 ms; commands of an idle worker; its memory; and how long after
kill -9 of a worker its hundred jobs run again on another.
"""
import argparse
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


PORT = free_port()


class Redis:
    """A server of its own, durable as a queue's should be."""

    def __init__(self, directory):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(PORT), "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes",
             "--appendfsync", "everysec", "--save", "", "--auto-aof-rewrite-percentage", "0", "--loglevel", "warning",
             "--hash-max-listpack-value", "1024"], stdout=subprocess.DEVNULL)
        until(lambda: self.ask("PING").strip() == "PONG", 10)

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-p", str(PORT), *words], capture_output=True, text=True).stdout

    def statistics(self):
        lines = [line.split(":", 1) for line in self.ask("INFO", "stats").splitlines() if ":" in line]
        return {name: value for name, value in lines}

    def cpu(self):
        """Nanoseconds of all threads, exactly."""
        total = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        return total

    def stop(self):
        self.process.kill()
        self.process.wait()


class System:
    """One of those that are compared."""

    def __init__(self, name, worker, producer, backlog, single=2000, is_bulk=True):
        self.name, self.worker, self.producer = name, worker, producer
        # How many jobs are worked off, and put in one by one.
        self.backlog, self.single, self.is_bulk = backlog, single, is_bulk


def systems(benchmark, python, database):
    address = f"redis://127.0.0.1:{PORT}/0"

    def ours(name, extra, backlog, single):
        return System(
            name, lambda slots, kind: [benchmark, "work", address, str(slots), LOG, *extra],
            lambda kind, count, group, pause: [
                benchmark, "enqueue", address, kind, str(count), str(group), str(pause), *extra], backlog, single)

    def script(name):
        return lambda kind, count, group, pause: [f"{python}/python", f"{PEERS}/{name}.py", kind, str(count), str(group),
                                                  str(pause)]

    found = [ours("scorable, dispatch alone", [], 40000, 5000)]
    if database:
        found.append(ours("scorable, with PostgreSQL", [database], 15000, 300))
    if shutil.which("sidekiq"):
        found.append(System(
            "Sidekiq", lambda slots, kind: ["sidekiq", "-q", "default", "-c", str(slots), "-r",
                                            f"{PEERS}/sidekiq_jobs.rb"],
            lambda kind, count, group, pause: ["ruby", f"{PEERS}/sidekiq_jobs.rb", kind, str(count), str(group),
                                               str(pause)], 8000))
    if os.path.exists(f"{python}/dramatiq"):
        found.append(System(
            "Dramatiq", lambda slots, kind: [f"{python}/dramatiq", "dramatiq_jobs", "-p", "1", "-t", str(slots)],
            script("dramatiq_jobs"), 3000, is_bulk=False))
    if os.path.exists(f"{python}/arq"):
        found.append(System(
            "arq", lambda slots, kind: [f"{python}/arq", "arq_jobs.WorkerSettings"], script("arq_jobs"), 1000,
            is_bulk=False))
    if os.path.exists(f"{python}/rq"):
        found.append(System(
            "RQ (without forks)", lambda slots, kind: [
                f"{python}/rq", "worker-pool", "-n", str(slots), "-q", "-w", "rq.SimpleWorker", "-u", address, "-P",
                PEERS, "default"], script("rq_jobs"), 500))
    return found


def until(condition, limit):
    end = time.time() + limit
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.002)
    return False


def size():
    return os.stat(LOG).st_size if os.path.exists(LOG) else 0


def lines():
    with open(LOG) as file:
        return [line for line in file.read().splitlines() if line]


def clean(redis):
    redis.ask("FLUSHALL")
    if DATABASE:
        subprocess.run(["psql", "-q", DATABASE, "-c", "TRUNCATE jobs, job_attempts, queue_minutes"], check=True)
    for path in (LOG, LOG + ".hurry"):
        if os.path.exists(path):
            os.unlink(path)
    open(LOG, "w").close()


def environment(system, kind, slots):
    return dict(os.environ, BENCH_LOG=LOG, BENCH_PORT=str(PORT), BENCH_SLOTS=str(slots), KIND=kind, PYTHONPATH=PEERS,
                RUBYOPT="-W0")


def produce(system, kind, count, group, pause=0):
    result = subprocess.run(
        system.producer(kind, count, group, pause), env=environment(system, kind, 10), cwd=PEERS, capture_output=True,
        text=True, timeout=300)
    if result.returncode:
        raise RuntimeError(result.stderr[-1000:])
    return int(result.stdout.split()[-1])


def start(system, kind, slots=10):
    with open(os.path.join(DIRECTORY, "workers.log"), "ab") as log:
        return subprocess.Popen(
            system.worker(slots, kind), env=environment(system, kind, slots), cwd=PEERS, stdout=log, stderr=log,
            start_new_session=True)


def processes(worker):
    listing = subprocess.run(["ps", "-o", "pid=", "-g", str(worker.pid)], capture_output=True, text=True).stdout
    return [int(pid) for pid in listing.split()]


def kill(worker):
    for pid in processes(worker):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    worker.wait()


def worker_cpu(worker):
    """Seconds of all its processes."""
    ticks = 0
    for pid in processes(worker):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(worker):
    """Megabytes that it alone costs the machine."""
    total = 0
    for pid in processes(worker):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def drain(redis, system):
    clean(redis)
    produce(system, "noop", system.backlog, 100 if system.is_bulk else 1)
    worker = start(system, "noop")
    try:
        if not until(lambda: size() >= system.backlog // 10, 120):
            raise RuntimeError("no job was done")
        before, first = redis.statistics(), size()
        redis_cpu, cpu, began = redis.cpu(), worker_cpu(worker), time.perf_counter()
        if not until(lambda: size() >= system.backlog, 180):
            raise RuntimeError(f"{size()} of {system.backlog} jobs were done")
        seconds = time.perf_counter() - began
        redis_cpu, cpu, after = redis.cpu() - redis_cpu, worker_cpu(worker) - cpu, redis.statistics()
        count = system.backlog - first

        def each(name):
            return (int(after[name]) - int(before[name])) / count

        return {
            "noop_s": count / seconds, "redis_us": redis_cpu / count / 1000, "worker_us": cpu / count * 1e6,
            "trips": each("total_reads_processed"), "commands": each("total_commands_processed"),
            "memory": memory(worker),
        }
    finally:
        kill(worker)


def latency(redis, system, count=100):
    clean(redis)
    worker = start(system, "stamp")
    try:
        produce(system, "stamp", 1, 1)
        until(lambda: size() > 0, 60)
        time.sleep(2)
        before = redis.statistics()
        time.sleep(5)
        idle = (int(redis.statistics()["total_commands_processed"]) - int(before["total_commands_processed"]) - 1) / 5
        produce(system, "stamp", count, 1, 40)
        until(lambda: len(lines()) > count, 20)
        times = sorted(int(line) / 1000 for line in lines()[1:])
        return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)], "idle": idle}
    finally:
        kill(worker)


def recovery(redis, system, limit=60):
    clean(redis)
    first = start(system, "long", 100)
    second = None
    try:
        produce(system, "long", 100, 100 if system.is_bulk else 1)
        if not until(lambda: len(lines()) >= 100, 60):
            raise RuntimeError(f"{len(lines())} jobs were begun")
        second = start(system, "long", 100)
        time.sleep(3)
        open(LOG + ".hurry", "w").close()
        begun = len(lines())
        kill(first)
        killed = time.time()
        until(lambda: len([line for line in lines() if line[0] == "E"]) >= 100, limit)
        again = [line.split() for line in lines()[begun:] if line[0] == "S"]
        seconds = [float(words[3]) - killed for words in again]
        return {"recovered": len({words[1] for words in again}), "last": max(seconds) if seconds else None,
                "twice": len(again) - len({words[1] for words in again})}
    finally:
        for worker in (first, second):
            if worker and worker.poll() is None:
                kill(worker)


def measure(redis, system, skip):
    row = {"single": None, "bulk": None}
    clean(redis)
    row["single"] = produce(system, "noop", system.single, 1)
    if system.is_bulk:
        clean(redis)
        row["bulk"] = produce(system, "noop", system.backlog, 100)
    row.update(drain(redis, system))
    row.update(latency(redis, system))
    if "recovery" not in skip:
        row.update(recovery(redis, system))
    return row


def table(rows):
    def number(row, key, digits=0):
        values = [one[key] for one in row if one.get(key) is not None]
        return f"{statistics.median(values):,.{digits}f}" if values else "-"

    names = [
        "system", "put in /s, one by one", "by 100", "no-op jobs/s", "Redis CPU µs/job", "worker CPU µs/job",
        "round trips/job", "commands/job", "start p50 / p99 ms", "idle commands/s", "worker PSS MB",
        "back after kill -9 (of 100)", "last after s",
    ]
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for name, row in rows.items():
        cells = [
            name, number(row, "single"), number(row, "bulk"), number(row, "noop_s"), number(row, "redis_us", 1),
            number(row, "worker_us", 1), number(row, "trips", 2), number(row, "commands", 1),
            f"{number(row, 'p50', 1)} / {number(row, 'p99', 1)}", number(row, "idle", 1), number(row, "memory", 1),
            number(row, "recovered"), number(row, "last", 1),
        ]
        print("| " + " | ".join(cells) + " |")
    ours = {name: row for name, row in rows.items() if name.startswith("scorable")}
    for name, row in ours.items():
        mine = statistics.median(one["noop_s"] for one in row)
        for other, theirs in rows.items():
            if other not in ours:
                print(f"{name}: {mine / statistics.median(one['noop_s'] for one in theirs):.1f} times {other}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("benchmark")
    parser.add_argument("--python", default="", help="the directory of the peers' programs")
    parser.add_argument("--database", default="", help="a connection string")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", default="")
    parser.add_argument("--skip", default="")
    options = parser.parse_args()
    global LOG, DIRECTORY, DATABASE
    DATABASE = options.database
    DIRECTORY = tempfile.mkdtemp(prefix="scorable-queue-")
    LOG = f"/dev/shm/scorable-queue-{os.getpid()}"
    # Being told to stop is no reason to leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    redis = Redis(DIRECTORY)
    rows = {}
    try:
        for number in range(options.rounds):
            chosen = [one for one in systems(options.benchmark, options.python, options.database)
                      if not options.systems or any(word in one.name for word in options.systems.split(","))]
            random.Random(number).shuffle(chosen)
            for system in chosen:
                try:
                    row = measure(redis, system, options.skip.split(","))
                except (RuntimeError, subprocess.SubprocessError) as error:
                    print(f"{system.name}: {error}", file=sys.stderr)
                    continue
                rows.setdefault(system.name, []).append(row)
                print(f"{number + 1} {system.name}: {row}", file=sys.stderr, flush=True)
        table(rows)
    finally:
        redis.stop()
        shutil.rmtree(DIRECTORY)
        for path in (LOG, LOG + ".hurry"):
            if os.path.exists(path):
                os.unlink(path)


main()
