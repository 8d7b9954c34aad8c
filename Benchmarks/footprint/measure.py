"""What the four daemons hold and use while nobody asks anything of them: resident memory and processor time, after their
start and again after they have worked. Ends with 1 where it is more than is allowed."""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from installation import DAEMONS, INTERNAL, PUBLIC, Installation  # noqa: E402

MEGABYTES, PERCENT = 150, 1
# By then what only the start needed is let go, and the first rounds of everything are over.
SETTLING = 30


def memory(pid):
    """Resident memory, and the share of it that is written to and so cannot be read again from files, in megabytes."""
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return [int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")]


def measure(installation, title, watched):
    """Prints a line for each daemon and one for all; whether they keep the bounds."""
    time.sleep(SETTLING)
    pids = {daemon: installation.process(daemon) for daemon in DAEMONS}
    before, began = {daemon: installation.seconds(pid) for daemon, pid in pids.items()}, time.monotonic()
    time.sleep(watched)
    elapsed = time.monotonic() - began
    print(f"{title}\n{'':20} {'resident MB':>12} {'written MB':>11} {'CPU %':>7}")
    sums = [0.0, 0.0, 0.0]
    for daemon, pid in pids.items():
        figures = [*memory(pid), (installation.seconds(pid) - before[daemon]) / elapsed * 100]
        sums = [total + figure for total, figure in zip(sums, figures)]
        print(f"{daemon:20} {figures[0]:12.1f} {figures[1]:11.1f} {figures[2]:7.2f}", flush=True)
    print(f"{'together':20} {sums[0]:12.1f} {sums[1]:11.1f} {sums[2]:7.2f}", flush=True)
    return sums[0] <= MEGABYTES and sums[2] <= PERCENT


def work(installation, times):
    """What a small team does in a quarter of an hour: looking at things, from both sides."""
    public, internal = installation.connect(), installation.connect(INTERNAL)
    for _ in range(times):
        for path in ("/v1/evaluators/", "/v1/judges/", "/v1/execution-logs/", "/v1/datasets/"):
            installation.ask("GET", path, connection=public)
        for path in ("/internal/dashboard", "/internal/queues", "/internal/instances"):
            installation.ask("GET", path, port=INTERNAL, connection=internal)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("programs", help="the folder of the built programs")
    options.add_argument("--seconds", type=int, default=60, help="how long they are watched, each time")
    options = options.parse_args()
    with Installation(options.programs) as installation:
        is_small = measure(installation, "After their start", options.seconds)
        work(installation, 50)
        is_still_small = measure(installation, "After some work", options.seconds)
    print(f"{MEGABYTES} MB resident and {PERCENT} % are allowed")
    sys.exit(not (is_small and is_still_small))


main()
