"""One drill: an installation, callers, a fault, and the account. Started by run.sh, in namespaces of its own.

main.py names [DRILL…] | heading | prepare | drill DRILL
"""
import os
import sys
import threading
import time

import faults_of_daemons as daemons
import faults_of_stores as stores
from lab import Lab
from ledger import Ledger, settle
from load import Load

WARM, AFTER, BOUND = 5, 8, 100
# After so many seconds a drill is broken, whatever it waits for.
LIMIT = 280


class Drill:
    def __init__(self, strike, before=None, spotless=False):
        """`before` readies the lab; with `spotless` no caller may see an error."""
        self.strike, self.before, self.spotless = strike, before, spotless


DRILLS = {
    "kill-apid": Drill(daemons.killing("apid1")),
    "kill-evald": Drill(daemons.killing("evald1")),
    "kill-llmproxyd": Drill(daemons.killing("llmproxyd1")),
    "kill-workerd": Drill(daemons.killing("workerd1"), spotless=True),
    "rolling-upgrade": Drill(daemons.upgrade, spotless=True),
    "partition-workerd": Drill(daemons.partition, spotless=True),
    "clock-jump": Drill(daemons.jump, lambda lab: daemons.start_with_clock(lab, daemons.JUMPING)),
    "postgres-restart": Drill(stores.restart_postgres),
    "postgres-promote": Drill(stores.promote),
    "postgres-outage": Drill(stores.outage),
    "postgres-disk-full": Drill(stores.full_disk, stores.put_on_small_disk),
    "redis-restart": Drill(stores.restart_redis, spotless=True),
    "redis-empty": Drill(stores.empty_redis, spotless=True),
    "redis-fail-over": Drill(stores.fail_over, spotless=True),
    "redis-disk-full": Drill(stores.full_redis_disk, stores.put_redis_on_small_disk, spotless=True),
    "objects-away": Drill(stores.objects_away, spotless=True),
}
COLUMNS = "{:<18} {:>6} {:>5} {:>8} {:>8} {:>5} {:>9} {:>7} {:>6} {:>6} {:>8} {:>8}  {}"


class Watch(threading.Thread):
    """Notes when a daemon was last not ready."""

    def __init__(self, lab):
        super().__init__(daemon=True)
        self.lab, self.last, self.who, self.is_over = lab, None, set(), False

    def run(self):
        while not self.is_over:
            unready = self.lab.daemons.unready()
            if unready:
                self.last = time.monotonic()
                self.who |= set(unready)
            time.sleep(0.3)


def longest_gap(moments, begin, end):
    """Between two answers that came after `begin`."""
    moments = [begin, *sorted(moment for moment in moments if begin < moment < end), end]
    return max(later - earlier for earlier, later in zip(moments, moments[1:]))


def give_up(name):
    """The namespaces end with us, and everything in them."""
    print(f"{name:<18} BROKEN\n    broken: it is not over within {LIMIT} s", flush=True)
    os._exit(1)


def run(name):
    limit = threading.Timer(LIMIT, give_up, (name,))
    limit.daemon = True
    limit.start()
    drill = DRILLS[name]
    lab = Lab(name)
    lab.exports = None
    lab.start()
    if drill.before:
        drill.before(lab)
    load = Load(lab.kept, int(os.environ["RATE"]))
    load.start()
    time.sleep(WARM)
    watch = Watch(lab)
    watch.start()
    began = time.monotonic()
    faults = []
    try:
        drill.strike(lab, load)
    except (RuntimeError, OSError) as error:
        faults.append(str(error)[:300])
    time.sleep(AFTER)
    while watch.last and time.monotonic() - watch.last < 2 and time.monotonic() - began < BOUND:
        time.sleep(0.5)
    ended = time.monotonic()
    load.stop(BOUND)
    try:
        settle(lab.primary, lab.outside, BOUND)
    except RuntimeError as error:
        faults.append(str(error))
    watch.is_over = True
    if lab.exports:
        lab.exports.check()
        faults += lab.exports.faults
    ledger = Ledger(lab.primary, lab.outside, load)
    faults += ledger.faults
    unready = lab.daemons.unready()
    if unready:
        faults.append(f"not ready in the end: {', '.join(unready)}")
    failed = {status: count for status, count in load.statuses.items() if status not in (200, 201, 202)}
    if drill.spotless and failed:
        faults.append("calls failed that did not have to")
    tell(name, ledger, failed, longest_gap(load.successes, began, ended),
         max([began, *load.failures, *([watch.last] if watch.last else [])]) - began, watch.who, faults)
    return 1 if faults else 0


def tell(name, ledger, failed, gap, well, unready, faults):
    print(COLUMNS.format(
        name, ledger.executed, ledger.open, ledger.accepted, ledger.finished, ledger.dead, ledger.cancelled,
        sum(failed.values()), ledger.paid_again, ledger.again, f"{gap:.1f} s", f"{well:.1f} s",
        "BROKEN" if faults else "kept"))
    if failed:
        print("    not answered at once: " + ", ".join(f"{status}: {count}" for status, count in sorted(
            failed.items(), key=str)))
    if unready:
        print(f"    not ready for a while: {', '.join(sorted(unready))}")
    if ledger.unscored:
        print(f"    {ledger.unscored} executions were answered without a score")
    for fault in faults:
        print(f"    broken: {fault}")
    sys.stdout.flush()


def main():
    command, *words = sys.argv[1:]
    if command == "names":
        unknown = [name for name in words if name not in DRILLS]
        if unknown:
            sys.exit(f"run.sh: there is no drill {unknown[0]}; there are: {' '.join(DRILLS)}")
        print("\n".join(words or DRILLS))
    elif command == "heading":
        print(COLUMNS.format("drill", "calls", "open", "accepted", "finished", "dead", "cancelled", "failed", "again",
                             "hooks", "outage", "well", "promises"), flush=True)
    elif command == "prepare":
        Lab("prepare").prepare()
    else:
        sys.exit(run(*words))


main()
