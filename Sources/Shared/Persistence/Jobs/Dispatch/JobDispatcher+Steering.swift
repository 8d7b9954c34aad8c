internal import FoundationEssentials
package import Queueing
internal import Redis
internal import Tenancy

/// How jobs come, and what is decided about them.
extension JobDispatcher {
    /// Takes jobs in, any number; those that are known already stay as they are.
    package func enqueue(_ tickets: [JobTicket]) async throws(DispatchError) {
        for start in stride(from: 0, to: tickets.count, by: Self.piece) {
            var arguments: [RedisArgument] = []
            for ticket in tickets[start..<min(start + Self.piece, tickets.count)] {
                arguments.append(RedisArgument(ticket.id.description))
                arguments.append(RedisArgument(FlowText(ticket).text))
                arguments.append(RedisArgument(ticket.batchID?.description ?? ""))
                arguments.append(RedisArgument(ticket.attempt))
                arguments.append(RedisArgument(Int64(ticket.runAt.timeIntervalSince1970 * 1000)))
            }
            try await callInEpoch(.enqueue, arguments)
        }
    }

    /// Which of the jobs Redis does not know.
    package func missing(of ids: [JobID]) async throws(DispatchError) -> [JobID] {
        var missing: [JobID] = []
        for start in stride(from: 0, to: ids.count, by: Self.piece) {
            let piece = ids[start..<min(start + Self.piece, ids.count)]
            let reply = try await call(.known, piece.map { RedisArgument($0.description) })
            let known = Set((reply.array ?? []).compactMap { $0.text.flatMap(JobID.init) })
            missing += piece.filter { !known.contains($0) }
        }
        return missing
    }

    /// Takes jobs out that wait, be it for their time; those that are leased stay. Returns how many it were.
    @discardableResult
    package func forget(_ ids: [JobID]) async throws(DispatchError) -> Int {
        try await onPieces(of: ids, .forget)
    }

    /// Takes jobs out that wait, and has the workers of the others told. Returns how many were known.
    @discardableResult
    package func cancel(_ ids: [JobID]) async throws(DispatchError) -> Int {
        try await onPieces(of: ids, .cancel)
    }

    /// Makes scheduled jobs ready. Returns how many were scheduled.
    @discardableResult
    package func runNow(_ ids: [JobID]) async throws(DispatchError) -> Int {
        try await onPieces(of: ids, .runNow)
    }

    /// Has nothing of a batch started any more, and the workers of what runs told.
    package func cancel(batch: BatchID) async throws(DispatchError) {
        try await callInEpoch(.cancelBatch, [RedisArgument(batch.description)])
    }

    /// Lets jobs of a cancelled batch run again.
    package func revive(batch: BatchID) async throws(DispatchError) {
        try await callInEpoch(.reviveBatch, [RedisArgument(batch.description)])
    }

    /// Says everything that is said about queues, tenants and limits: what is not in the list is free.
    package func apply(_ controls: [QueueControl]) async throws(DispatchError) {
        try await callInEpoch(.control, ["1"] + controls.flatMap(Self.arguments))
    }

    /// Says something about one of them.
    package func apply(_ control: QueueControl) async throws(DispatchError) {
        try await callInEpoch(.control, ["0"] + Self.arguments(of: control))
    }

    /// Has nothing of the subject started for so long: a provider that refuses more calls, say.
    package func block(_ subject: ControlSubject, for duration: Duration) async throws(DispatchError) {
        let milliseconds = max(1, Int64(duration / .milliseconds(1)))
        try await callInEpoch(.block, [RedisArgument(FlowText.subject(subject)), RedisArgument(milliseconds)])
    }

    private static func arguments(of control: QueueControl) -> [RedisArgument] {
        [
            RedisArgument(FlowText.subject(control.subject)), control.isPaused ? "1" : "0",
            RedisArgument(control.concurrency.map(String.init) ?? ""),
            RedisArgument(control.weight.map(String.init) ?? ""),
            RedisArgument(control.perMinute.map(String.init) ?? ""),
        ]
    }

    private func onPieces(
        of ids: [JobID], _ function: FunctionLibrary.Function
    ) async throws(DispatchError) -> Int {
        var count = 0
        for start in stride(from: 0, to: ids.count, by: Self.piece) {
            let piece = ids[start..<min(start + Self.piece, ids.count)]
            let reply = try await callInEpoch(function, piece.map { RedisArgument($0.description) })
            count += Int(reply.integer ?? 0)
        }
        return count
    }
}
