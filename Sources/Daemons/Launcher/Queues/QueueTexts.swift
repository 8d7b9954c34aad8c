internal import FoundationEssentials
internal import Operations
internal import WireAPI

// What `scorable queue` prints for people.
extension OperatorQueueList {
    var text: String {
        var table = TextTable([
            "QUEUE", "WAITING", "SCHEDULED", "RUNNING", "DEAD", "OLDEST", "IN/S", "OUT/S", "STATE",
        ])
        for queue in results {
            table.add([
                queue.name, "\(queue.waiting)", "\(queue.scheduled)", "\(queue.running)", "\(queue.dead)",
                queue.oldestSeconds.map(SpanWords.text), SpanWords.rate(queue.enqueuedPerSecond),
                SpanWords.rate(queue.finishedPerSecond), queue.control.words,
            ])
        }
        return table.text + (complaint.map { "\($0)\n" } ?? "")
    }
}

extension OperatorQueueDetail {
    var text: String {
        let head = [
            "queue      \(queue.name), \(queue.control.words)", "waiting    \(queue.waiting)",
            "scheduled  \(queue.scheduled)", "running    \(queue.running)", "dead       \(queue.dead)",
            "oldest     \(queue.oldestSeconds.map(SpanWords.text) ?? "-")",
            "wait       \(queue.wait.words)", "run        \(queue.run.words)",
            "last hour  \(queue.finishedLastHour) finished, \(queue.failedLastHour) failed, "
                + "\(queue.deadLastHour) given up",
            "empty in   \(queue.forecast.seconds.map(SpanWords.text) ?? "?") (\(queue.forecast.basis))",
        ].joined(separator: "\n")
        var table = TextTable(["ORGANISATION", "PROJECT", "WAITING", "RUNNING", "OLDEST", "STATE"])
        for tenant in tenants {
            table.add([
                tenant.organization.map(\.words) ?? "the installation", tenant.project?.words,
                "\(tenant.waiting)",
                "\(tenant.running)", tenant.oldestSeconds.map(SpanWords.text),
                tenant.organizationControl.words,
            ])
        }
        return head + "\n" + (tenants.isEmpty ? "" : "\n" + table.text)
    }
}

extension OperatorQueueControl {
    /// What is decided, in a few words.
    var words: String {
        var words: [String] = []
        if isPaused { words.append("paused") }
        if let concurrency { words.append("at most \(concurrency)") }
        if let perMinute { words.append("at most \(perMinute) a minute") }
        if weight != 1 { words.append("weight \(weight)") }
        return words.isEmpty ? "open" : words.joined(separator: ", ")
    }
}

extension OperatorLatency {
    fileprivate var words: String {
        guard let p50Ms, let p95Ms, let p99Ms else { return "-" }
        let times = [p50Ms, p95Ms, p99Ms].map { SpanWords.text($0 / 1000) }
        return "p50 \(times[0]), p95 \(times[1]), p99 \(times[2])"
    }
}

extension OperatorNamed {
    fileprivate var words: String { name ?? id.uuidString.lowercased() }
}

extension OperatorJobPage {
    var text: String {
        var table = TextTable(["ID", "STATE", "QUEUE", "KIND", "ATTEMPT", "CREATED", "ERROR"])
        for job in results {
            let error = [job.errorClass, job.error].compactMap(\.self).joined(separator: ": ")
            table.add([
                job.id.uuidString.lowercased(), job.state.rawValue, job.queue, job.kind,
                "\(job.attempt)/\(job.maxAttempts)", job.createdAt.words, error.isEmpty ? nil : error,
            ])
        }
        return table.text + (next.map { "More: --cursor \($0)\n" } ?? "")
    }
}

extension OperatorJobDetail {
    var text: String {
        let place = job.batchID.map { "\nbatch     \($0.uuidString.lowercased())" } ?? ""
        let head = """
            job       \(job.id.uuidString.lowercased())
            kind      \(job.kind), priority \(job.priority)
            queue     \(job.queue)
            state     \(job.state.rawValue): \(explanation)
            tenant    \(job.organization.map(\.words) ?? "the installation")\(place)

            """
        var table = TextTable(["AT", "WHAT", "ATTEMPT", "WORKER", "SUMMARY"])
        for moment in timeline {
            table.add([
                moment.at.words, moment.kind.rawValue, moment.attempt.map { "\($0)" }, moment.worker,
                moment.summary,
            ])
        }
        let facts = payload.map { "\($0.name.shown)=\($0.value.shown)\n" }.joined()
        return head + "\n" + table.text + (facts.isEmpty ? "" : "\n" + facts)
    }
}

extension OperatorDeadLetters {
    var text: String {
        var table = TextTable(["COUNT", "QUEUE", "KIND", "CLASS", "LAST", "CAUSE"])
        for group in groups {
            table.add([
                "\(group.count)", group.queue, group.kind, group.errorClass, group.lastAt.words,
                group.cause,
            ])
        }
        return table.text + (isCut ? "There are more than are listed.\n" : "")
    }
}

extension OperatorWorkerList {
    var text: String {
        var table = TextTable(["WORKER", "CONDITION", "BUSY", "HEARD", "MEMORY", "VERSION", "SUMMARY"])
        for worker in results {
            table.add([
                worker.id, worker.condition.rawValue, "\(worker.busy)/\(worker.slots)",
                SpanWords.text(worker.heartbeatSeconds), worker.memoryBytes.map { "\($0 / 1_048_576) MiB" },
                worker.version, worker.summary,
            ])
        }
        return table.text + (complaint.map { "\($0)\n" } ?? "")
    }
}

extension OperatorQueueCheck {
    var text: String {
        guard !isRight else { return "The counters of all batches are what their jobs say.\n" }
        var table = TextTable(["BATCH", "", "FINISHED", "DEAD", "CANCELLED"])
        for batch in batches {
            for (name, counts) in [("counted", batch.counted), ("found", batch.found)] {
                table.add([
                    batch.id.uuidString.lowercased(), name, "\(counts.finished)", "\(counts.dead)",
                    "\(counts.cancelled)",
                ])
            }
        }
        return table.text
    }
}

extension OperatorScheduleList {
    var text: String {
        var table = TextTable(["SCHEDULE", "RULE", "QUEUE", "NEXT", "LAST", "STATE"])
        for schedule in results {
            table.add([
                schedule.name, schedule.rule, schedule.queue, schedule.nextRunAt.words,
                schedule.lastRunAt?.words,
                schedule.isPaused ? "paused" : schedule.lastState?.rawValue,
            ])
        }
        return table.text
    }
}

extension Date {
    /// To the second, in UTC.
    fileprivate var words: String { formatted(.iso8601) }
}
