internal import EventLoop
internal import Queueing
internal import Redis
internal import Tenancy

/// The right to do a job, for as long as it is renewed.
struct Lease: Sendable, Hashable {
    let id: JobID
    /// Counts the leases of the job; with the epoch it is what keeps an older one from ending it.
    let attempt: Int
    let flow: FlowText
    let batchID: BatchID?
}

/// What became of a lease.
struct LeaseEnd: Sendable {
    enum Outcome: Sendable, Hashable {
        case finished
        case dead
        case cancelled
        /// It had ended already, as the database says.
        case gone
        /// It is done again after this time.
        case retry(after: Duration)
        /// It goes back to the front, as if it had not been taken.
        case handedBack
    }

    let lease: Lease
    let outcome: Outcome
    var runTime: Duration = .zero
}

/// The answer to an exchange.
struct ExchangeReply: Sendable {
    let leases: [Lease]
    /// How long until something is due that this exchange has put off; `nil` for nothing.
    let untilDue: Duration?
}

/// The answer to a heartbeat.
struct BeatReply: Sendable {
    /// How much was due and is done; with `untilNext` zero there is more.
    let due: Int
    /// How long until something is due; `nil` for nothing.
    let untilNext: Duration?
    /// Leases that are somebody else's now, or nobody's.
    let lost: Set<LeaseName>
    /// Jobs that are to stop.
    let cancelled: Set<JobID>
    let cancelledBatches: Set<BatchID>
}

/// A lease as Redis names it.
struct LeaseName: Sendable, Hashable {
    let id: JobID
    let attempt: Int

    init(id: JobID, attempt: Int) {
        self.id = id
        self.attempt = attempt
    }

    /// Reads `id|attempt`.
    init?(_ text: String) {
        let parts = text.split(separator: "|")
        guard parts.count == 2, let id = JobID(String(parts[0])), let attempt = Int(parts[1]) else { return nil }
        self.id = id
        self.attempt = attempt
    }
}

extension Lease {
    var name: LeaseName { LeaseName(id: id, attempt: attempt) }
}

extension JobDispatcher {
    /// What a worker wants and when it counts as gone.
    struct Exchange: Sendable {
        let epoch: Int64
        let worker: String
        let lease: Duration
        let queues: [QueueName]
        /// How many jobs there is room for.
        let wanted: Int
        let ends: [LeaseEnd]
    }

    /// Hands in what has ended and takes new leases, in one round trip.
    ///
    /// An end of a lease that was lost is ignored. It is not tried again when the answer is lost: what was leased by
    /// it comes back when it expires.
    func exchange(_ exchange: Exchange) async throws(DispatchError) -> ExchangeReply {
        try Self.reply(try await call(.exchange, Self.arguments(of: exchange)))
    }

    /// Waits until there may be work in one of the queues, the time is up or somebody rouses the worker, and then does the
    /// exchange, which has been sent along: to ask for leases only when the wake-up has arrived would cost every job that
    /// finds an idle worker another round trip.
    ///
    /// It is not tried again. What is leased when its answer is lost comes back when it expires: whoever no longer wants
    /// to sleep rouses the worker and takes what it has been given.
    func sleep(_ exchange: Exchange, atMost wait: Duration) async throws(DispatchError) -> ExchangeReply {
        let keys =
            exchange.queues.map { "wake:" + FlowText.escape($0.rawValue) } + ["rouse:" + exchange.worker]
        let waiting: [RedisArgument] =
            ["BLPOP"] + keys.map { RedisArgument(prefix + $0) } + [RedisArgument(wait / .seconds(1))]
        return try Self.reply(
            try await call(.exchange, Self.arguments(of: exchange), behind: waiting, blockingFor: wait))
    }

    private static func arguments(of exchange: Exchange) -> [RedisArgument] {
        var arguments: [RedisArgument] = [
            RedisArgument(exchange.epoch), RedisArgument(exchange.worker),
            RedisArgument(Int64(exchange.lease / .milliseconds(1))), RedisArgument(exchange.wanted),
            RedisArgument(exchange.queues.count),
        ]
        arguments += exchange.queues.map { RedisArgument(FlowText.escape($0.rawValue)) }
        for (flow, ends) in Dictionary(grouping: exchange.ends, by: \.lease.flow) {
            arguments += [RedisArgument(flow.text), RedisArgument(ends.count)]
            for end in ends { arguments += end.arguments }
        }
        return arguments
    }

    /// What was fenced, how soon something is due, then of each flow its text and its jobs.
    private static func reply(_ reply: RedisValue) throws(DispatchError) -> ExchangeReply {
        guard let parts = reply.array, parts.count >= 2, parts.count % 2 == 0, let wait = parts[1].integer else {
            throw .malformed
        }
        var leases: [Lease] = []
        for index in stride(from: 2, to: parts.count, by: 2) {
            guard let text = parts[index].text, let jobs = parts[index + 1].array, jobs.count % 3 == 0 else {
                throw .malformed
            }
            let flow = FlowText(text: text)
            for job in stride(from: 0, to: jobs.count, by: 3) {
                guard let id = jobs[job].text.flatMap(JobID.init), let attempt = jobs[job + 1].integer else {
                    throw .malformed
                }
                let batch = jobs[job + 2].text.flatMap(BatchID.init)
                leases.append(Lease(id: id, attempt: Int(attempt), flow: flow, batchID: batch))
            }
        }
        return ExchangeReply(leases: leases, untilDue: wait < 0 ? nil : .milliseconds(wait))
    }

    /// Says again which leases a worker holds, of jobs that Redis has forgotten or believes to be free; returns those
    /// that are the worker's. `isRefilled` says that Redis begins anew, so that jobs which it does not know have not
    /// ended.
    func adopt(
        epoch: Int64, worker: String, lease: Duration, isRefilled: Bool, _ leases: [Lease], deadline: Deadline
    ) async throws(DispatchError) -> Set<LeaseName> {
        var arguments: [RedisArgument] = [
            RedisArgument(epoch), RedisArgument(worker), RedisArgument(Int64(lease / .milliseconds(1))),
            isRefilled ? "1" : "0",
        ]
        for lease in leases {
            arguments += [
                RedisArgument(lease.id.description), RedisArgument(lease.attempt), RedisArgument(lease.flow.text),
                RedisArgument(lease.batchID?.description ?? ""),
            ]
        }
        return Set(Self.texts(try await call(.adopt, arguments, deadline: deadline)).compactMap(LeaseName.init))
    }

    /// Renews leases, says what the worker does, and does what is due.
    func beat(
        epoch: Int64, worker: String, lease: Duration, report: [UInt8]?, holding leases: [Lease], deadline: Deadline
    ) async throws(DispatchError) -> BeatReply {
        let batches = Set(leases.compactMap(\.batchID))
        var arguments: [RedisArgument] = [
            RedisArgument(epoch), RedisArgument(worker), RedisArgument(Int64(lease / .milliseconds(1))),
            RedisArgument(report ?? []), RedisArgument(batches.count),
        ]
        arguments += batches.map { RedisArgument($0.description) }
        for lease in leases { arguments += [RedisArgument(lease.id.description), RedisArgument(lease.attempt)] }
        let reply = try await call(.beat, arguments, deadline: deadline)
        guard let parts = reply.array, parts.count == 5, let due = parts[0].integer, let pause = parts[1].integer else {
            throw .malformed
        }
        return BeatReply(
            due: Int(due), untilNext: pause < 0 ? nil : .milliseconds(pause),
            lost: Set(Self.texts(parts[2]).compactMap(LeaseName.init)),
            cancelled: Set(Self.texts(parts[3]).compactMap(JobID.init)),
            cancelledBatches: Set(Self.texts(parts[4]).compactMap(BatchID.init)))
    }

    /// Ends the sleep of a worker.
    func rouse(worker: String) async throws(DispatchError) {
        try await call(.rouse, [RedisArgument(worker)])
    }

    /// Says that a worker is gone for good.
    func leave(epoch: Int64, worker: String) async throws(DispatchError) {
        try await call(.leave, [RedisArgument(epoch), RedisArgument(worker)])
    }

    private static func texts(_ value: RedisValue) -> [String] { (value.array ?? []).compactMap(\.text) }
}

extension LeaseEnd {
    /// id, attempt, outcome, run time, delay.
    fileprivate var arguments: [RedisArgument] {
        let (code, delay): (RedisArgument, Duration) =
            switch outcome {
            case .finished: ("o", .zero)
            case .dead: ("d", .zero)
            case .cancelled: ("c", .zero)
            case .gone: ("g", .zero)
            case .retry(let wait): ("r", wait)
            case .handedBack: ("x", .zero)
            }
        return [
            RedisArgument(lease.id.description), RedisArgument(lease.attempt), code,
            RedisArgument(Int64(runTime / .milliseconds(1))), RedisArgument(Int64(delay / .milliseconds(1))),
        ]
    }
}
