"""How long it takes to give an emptied Redis all jobs again.

    reseed.py BENCHMARK DATABASE [--jobs N] [--queues N] [--rounds N]

BENCHMARK is the built `queue-benchmark`, DATABASE a connection string of a database that `queue-benchmark prepare` has made;
its jobs are deleted. N jobs wait in it, in so many queues, of a hundred organisations each, half of them in batches. A
Redis of its own is filled by one dispatching process, then emptied by FLUSHALL, again and again. Counted: the time until
Redis says that all are there, whether they are, and the processor time of Redis and of that process.
"""
import argparse
import os
import shutil
import socket
import subprocess
import tempfile
import time


# One of a hundred organisations.
TENANT = "('00000000-0000-7000-8000-' || lpad((n % 100 + 1)::text, 12, '0'))::uuid"


def sql(database, text):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", database, "-c", text], check=True)


def fill(database, jobs, queues):
    """Jobs of their own that Redis has been given, and batches of a thousand of which it has all."""
    sql(database, "TRUNCATE jobs, job_attempts, batches, queue_minutes CASCADE")
    sql(database, f"""
        SET synchronous_commit = off;
        -- Their organisations need not exist.
        SET session_replication_role = replica;
        INSERT INTO batches (id, organization_id, project_id, kind, queue, name, definition, tags, state, expanded, total,
            created_at)
        SELECT gen_random_uuid(), tenant, tenant, 'noop', 'queue-' || n % {queues}, '', '{{}}', '{{}}', 'open', 1000, 1000,
            now()
        FROM generate_series(1, {jobs // 2000}) AS n, LATERAL (SELECT {TENANT} AS tenant) AS tenants;
        INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, payload, batch_id, batch_index, run_at,
            max_attempts, timeout_seconds, created_at, is_dispatched)
        SELECT gen_random_uuid(), organization_id, project_id, kind, queue, 2, '{{}}', id, n, now(), 5, 600, now(), true
        FROM batches, generate_series(0, 999) AS n;
        INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, payload, run_at, max_attempts,
            timeout_seconds, created_at, is_dispatched)
        SELECT gen_random_uuid(), tenant, tenant, 'noop', 'queue-' || n % {queues}, 2, '{{}}', now(), 5, 600, now(), true
        FROM generate_series(1, {jobs - jobs // 2000 * 1000}) AS n, LATERAL (SELECT {TENANT} AS tenant) AS tenants""")
    sql(database, "VACUUM ANALYZE jobs")


class Redis:
    def __init__(self, directory):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes",
             "--appendfsync", "everysec", "--save", "", "--loglevel", "warning"], stdout=subprocess.DEVNULL)
        while self.ask("PING") != ["PONG"]:
            time.sleep(0.05)

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True).stdout.split()

    def is_filled(self):
        epoch, seeded = (self.ask("MGET", "ev:{0}:epoch", "ev:{0}:seeded") + ["", ""])[:2]
        return epoch and epoch == seeded

    def waiting(self):
        return sum(map(int, self.ask("HVALS", "ev:{0}:waiting")))

    def megabytes(self):
        return next(int(line.split(":")[1]) for line in self.ask("INFO", "memory") if line.startswith("used_memory:")) / 1e6


def cpu(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("benchmark")
    parser.add_argument("database")
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--queues", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    fill(options.database, options.jobs, options.queues)
    directory = tempfile.mkdtemp(prefix="scorable-reseed-")
    redis, process = None, None
    try:
        redis = Redis(directory)
        process = subprocess.Popen(
            [options.benchmark, "dispatch", f"redis://127.0.0.1:{redis.port}/0", options.database])
        for number in range(options.rounds + 1):
            if number:
                redis.ask("FLUSHALL")
            before = cpu(redis.process.pid), cpu(process.pid)
            began = time.time()
            while not redis.is_filled():
                time.sleep(0.05)
            seconds = time.time() - began
            spent = [after - first for first, after in zip(before, (cpu(redis.process.pid), cpu(process.pid)))]
            print(f"{'filled again' if number else 'filled'} within {seconds:.1f} s: {redis.waiting():,} of {options.jobs:,} "
                  f"wait; CPU of Redis {spent[0]:.1f} s, of who fills it {spent[1]:.1f} s; Redis has "
                  f"{redis.megabytes():,.0f} MB", flush=True)
    finally:
        for server in filter(None, (process, redis and redis.process)):
            server.kill()
            server.wait()
        shutil.rmtree(directory)


main()
