"""What was promised, compared with what is there."""
import json
import os
from collections import Counter

from processes import eventually

ENDED = "SELECT count(*) FROM batches WHERE state <> 'ended'"
OPEN = ("SELECT count(*) FROM jobs WHERE ending IS NULL AND schedule_id IS NULL AND kind NOT LIKE 'maintenance%' "
        "AND run_at < now() + interval '1 minute'")


def rows(database, sql):
    return [line.split("|") for line in database.ask(sql).splitlines()]


def settle(database, outside, within):
    """Waits until no batch is open and every end of one has been told of."""
    eventually("all batches end", lambda: database.try_ask(ENDED) == "0", within, 0.3)
    eventually("all webhooks are delivered", lambda: database.try_ask(
        "SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'") == "0" and len(delivered(outside)) >= int(
            database.try_ask("SELECT count(*) FROM webhook_events WHERE type LIKE 'batch.%'") or 1 << 30), within, 0.3)
    eventually("all jobs end", lambda: database.try_ask(OPEN) == "0", within, 0.3)


def delivered(outside):
    """How often each event arrived, and those whose signature did not hold."""
    if not os.path.exists(outside.deliveries):
        return Counter()
    with open(outside.deliveries) as file:
        notes = [json.loads(line) for line in file]
    return Counter(note["event"]["id"] for note in notes if note["signed"])


class Ledger:
    """Reads the stores and the notes of those outside; `faults` are the promises that were broken."""

    def __init__(self, database, outside, load):
        self.faults = []
        self.executions(database, load)
        self.of_batches(database, load)
        self.of_jobs(database)
        self.of_webhooks(database, outside)
        self.of_calls(outside, load)

    def expect(self, is_so, fault):
        if not is_so:
            self.faults.append(fault)

    def executions(self, database, load):
        """Every execution that was answered has its log, and none has been done twice: the others of the same caller say
        what went wrong when it was answered with an error."""
        found = {}
        for session, count, logs in rows(
                database, "SELECT session_id, count(*) FILTER (WHERE failure_code IS NULL), string_agg(id::text, ' ') "
                f"FROM execution_logs WHERE parent_id IS NULL AND session_id LIKE 'marker-{load.run}-%' GROUP BY 1"):
            found[session] = (int(count), logs.split())
        answered = [call for call in load.calls if call.answer]
        missing = [call.key for call in answered
                   if call.answer["execution_log_id"].lower() not in found.get(call.key, (0, []))[1]]
        repeated = [session for session, (count, _) in found.items() if count > 1]
        unanswered = [call for call in load.calls if not call.answer and not call.is_open]
        self.expect(not missing, f"{len(missing)} answered executions have no log, such as {missing[:2]}")
        self.expect(not repeated, f"{len(repeated)} executions were done twice, such as {repeated[:2]}")
        self.expect(not unanswered, f"{len(unanswered)} executions were never answered, such as "
                    f"{[call.refusal for call in unanswered[:2]]}")
        unscored = [call for call in answered if call.answer.get("score") is None]
        self.unscored = len(unscored)
        self.executed, self.open = len(answered), len([call for call in load.calls if call.is_open])

    def of_batches(self, database, load):
        """accepted = finished + dead + cancelled, of every batch, by its counters, its jobs and its logs."""
        known = {call.answer["batch_execution_id"].lower(): call.items for call in load.batches if call.answer}
        lost = [call for call in load.batches if not call.answer]
        there = rows(database, """
            SELECT b.id, b.total, b.expanded, b.finished, b.dead, b.cancelled,
                count(*) FILTER (WHERE j.ending = 'finished'), count(*) FILTER (WHERE j.ending = 'dead'),
                count(*) FILTER (WHERE j.ending = 'cancelled'),
                (SELECT count(*) FROM execution_logs l WHERE l.batch_id = b.id AND l.parent_id IS NULL),
                (SELECT count(DISTINCT i.execution_log_id) FROM batch_items i WHERE i.batch_id = b.id)
            FROM batches b LEFT JOIN jobs j ON j.batch_id = b.id GROUP BY b.id""")
        self.expect(not lost, f"{len(lost)} batches were never answered, such as "
                    f"{[call.refusal for call in lost[:2]]}")
        self.expect(set(known) <= {row[0] for row in there}, "a batch that was accepted is not there")
        self.expect(len(there) <= len(known) + len(lost), f"{len(there)} batches are there, {len(known)} were accepted")
        self.accepted = self.finished = self.dead = self.cancelled = 0
        for known_as, *numbers in there:
            total, expanded, finished, dead, cancelled, *jobs, logs, results = map(int, numbers)
            self.expect(total == known.get(known_as, total), f"batch {known_as} has {total} items")
            self.expect(finished + dead + cancelled == total,
                        f"batch {known_as}: {finished} + {dead} + {cancelled} <> {total}")
            self.expect(jobs == [finished, dead, cancelled - (total - expanded)],
                        f"batch {known_as} counts {(finished, dead, cancelled)}, its jobs are {jobs}")
            self.expect(finished <= results <= finished + dead,
                        f"batch {known_as}: {results} results of {finished} finished")
            self.expect(logs == results, f"batch {known_as} has {logs} logs of {results} items")
            self.accepted += total
            self.finished += finished
            self.dead += dead
            self.cancelled += cancelled

    def of_jobs(self, database):
        """All that was accepted has ended."""
        self.jobs = dict(rows(database, "SELECT coalesce(ending, 'open'), count(*) FROM jobs GROUP BY 1"))
        self.expect(database.ask(OPEN) == "0", f"jobs are open: {self.jobs}")

    def of_webhooks(self, database, outside):
        """The end of every batch is told of as one event, and every event has arrived, signed."""
        events = rows(database, "SELECT id, data->>'id' FROM webhook_events WHERE type LIKE 'batch.%'")
        arrived = delivered(outside)
        batches = int(database.ask("SELECT count(*) FROM batches"))
        self.expect(len(events) == batches, f"{batches} batches have {len(events)} events")
        lost = [event[0] for event in events if event[0] not in arrived]
        self.expect(not lost, f"{len(lost)} events did not arrive with a signature that holds")
        self.again = sum(arrived.values()) - len(arrived)

    def of_calls(self, outside, load):
        """How many calls of the model there were beyond the one that each item needs; what it refuses is asked again."""
        with open(outside.calls) as file:
            calls = Counter(line for line in file if load.run in line and "refused" not in line)
        self.paid_again = sum(count - 1 for count in calls.values())
