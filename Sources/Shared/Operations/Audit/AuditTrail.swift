package import Access
package import EventLoop
internal import FoundationEssentials
internal import JSON
package import Logging
package import Observability
package import Postgres
internal import Records
internal import Stores
internal import Synchronization
package import Tenancy

/// Keeps what calls leave that no operation tells of itself. Of changes an entry each, which is stored before the call is
/// answered. Reads of content are gathered for a second off the call's way; what is refused or fails is stored at once, and
/// its repetitions once a minute with their number. An orderly stop loses nothing; a process that is killed loses what it
/// had gathered.
package final class AuditTrail: Sendable {
    private let writer: WriteBehind<AuditEntry>
    private let store: AuditStore
    private let identifiers: IdentifierSource
    private let logger: Logger
    private let gathering = Mutex(AuditGathering())
    /// Entries that could not be stored yet.
    private let late = Mutex<[AuditEntry]>([])
    private let lost: Counter
    private let written: CounterSet<Source>

    /// The most entries that wait for a database that is away.
    private static let mostLate = 20_000
    private static let pause = Duration.seconds(1)

    /// Where entries come from.
    private enum Source: String, CaseIterable, Sendable {
        case change, read, refusal
    }

    package init(
        database: PostgresClient, loops: LoopGroup, identifiers: IdentifierSource, metrics: Metrics, logger: Logger
    ) {
        writer = AuditStore.writer(database, loops: loops)
        store = AuditStore(database: database)
        self.identifiers = identifiers
        self.logger = logger
        written = metrics.counters(
            "scorable_audit_entries_total", "Entries of the audit that calls left, by what they were.", by: "source",
            of: Source.self)
        lost = metrics.counter(
            "scorable_audit_lost_total", "Entries of the audit that could not be stored and were given up.")
        metrics.gauge("scorable_audit_late_entries", "Entries of the audit that wait for the database.") { [self] in
            Double(late.withLock { $0.count })
        }
    }

    /// Takes charge of a call that was followed.
    package func tell(_ call: FollowedCall) async {
        let left = AuditedCall(call)
        switch (call.outcome, call.trace) {
        case (.done, .content), (.done, .export):
            gathering.withLock { $0.read(left.object, left.kind, like: entry(left, .done)) }
        case (.done, .change): await keep(entry(left, .done), from: .change)
        case (.done, .nothing): return
        case (.refused, _): await keepOnceAWhile(entry(left, .refused), as: left.kind)
        case (.failed, _): await keepOnceAWhile(entry(left, .failed), as: left.kind)
        }
    }

    /// Keeps what was refused or failed, at once when it is the first of its kind for a while.
    func keepOnceAWhile(_ entry: AuditEntry) async {
        let kind = AuditGathering.Kind(
            organizationID: entry.organizationID, actor: entry.actor.withoutRequest, action: entry.action,
            matter: "\(entry.subject) \(entry.outcome.rawValue) \(entry.after ?? "")")
        await keepOnceAWhile(entry, as: kind)
    }

    private func keepOnceAWhile(_ entry: AuditEntry, as kind: AuditGathering.Kind) async {
        guard gathering.withLock({ $0.isFirst(kind, like: entry, at: entry.createdAt) }) else { return }
        await keep(entry, from: .refusal)
    }

    private func keep(_ entry: AuditEntry, from source: Source) async {
        do {
            try await writer.write(entry)
            written[source].increment()
        } catch {
            if error.sqlState?.isAboutData == true { return giveUp(entry, because: error) }
            setAside([entry], because: error)
        }
    }

    // MARK: Running

    /// Stores what was gathered, every second; on a loop.
    package func run() async throws {
        while true {
            try await Loop.current?.sleep(for: Self.pause)
            await flush(everything: false)
        }
    }

    /// Stores all that is left, and takes no more.
    package func close() async {
        await flush(everything: true)
        await writer.close()
        let rest = late.withLock { $0.count }
        guard rest > 0 else { return }
        logger.error("entries of the audit could not be stored", metadata: ["count": "\(rest)"])
    }

    private func flush(everything: Bool) async {
        let (read, repeated) = gathering.withLock {
            $0.take(at: identifiers.nextDated(AuditEntry.self).date, everything: everything)
        }
        let waiting = late.withLock { late in
            defer { late = [] }
            return late
        }
        let entries = waiting + read.map(readEntry) + repeated.map(repeatedEntry)
        for start in stride(from: 0, to: entries.count, by: 200) {
            do {
                try await add(entries[start..<min(start + 200, entries.count)])
            } catch {
                setAside(Array(entries[start...]), because: error)
                return
            }
        }
        for _ in read { written[.read].increment() }
        for _ in repeated { written[.refusal].increment() }
    }

    /// Stores entries at once. When the database does not take what one of them says, the others are stored without it.
    private func add(_ entries: ArraySlice<AuditEntry>) async throws {
        do {
            try await store.add(Array(entries))
        } catch let error as PostgresError where error.sqlState?.isAboutData == true {
            guard entries.count > 1 else { return entries.forEach { giveUp($0, because: error) } }
            let middle = entries.startIndex + entries.count / 2
            try await add(entries[..<middle])
            try await add(entries[middle...])
        }
    }

    /// The database does not take it, now or later.
    private func giveUp(_ entry: AuditEntry, because error: PostgresError) {
        lost.increment()
        logger.error(
            "an entry of the audit is not one that the database takes",
            metadata: [
                "audit.id": "\(entry.id)", "action": "\(entry.action)", "sql.state": "\(error.sqlState?.code ?? "")",
            ])
    }

    /// Tried again in a second. Only a database that is away for long makes the oldest go.
    private func setAside(_ entries: [AuditEntry], because error: any Error) {
        let gone = late.withLock { late in
            late += entries
            let excess = max(0, late.count - Self.mostLate)
            late.removeFirst(excess)
            return excess
        }
        for _ in 0..<gone { lost.increment() }
        logger.error(
            "the audit cannot be stored at the moment",
            metadata: ["entries": "\(entries.count)", "lost": "\(gone)", "reason": "\(error)"])
    }

    // MARK: Entries

    private func entry(_ left: AuditedCall, _ outcome: AuditEntry.Outcome) -> AuditEntry {
        let (id, moment) = identifiers.nextDated(AuditEntry.self)
        return AuditEntry(
            id: id, organizationID: left.kind.organizationID, createdAt: moment, actor: left.actor,
            action: left.kind.action, subject: left.subject, outcome: outcome, before: nil,
            after: AuditedCall.json(left.details))
    }

    private func readEntry(_ gathered: AuditGathering.Gathered) -> AuditEntry {
        let example = gathered.example
        let objects = gathered.objects
        let details = AuditedCall.Details(
            route: gathered.kind.matter.isEmpty ? nil : gathered.kind.matter, parameters: nil, reason: nil,
            objects: objects.count > 1 ? objects : nil)
        return again(
            gathered, subject: objects.count > 1 ? example.resource : example.subject,
            after: AuditedCall.json(details))
    }

    private func repeatedEntry(_ gathered: AuditGathering.Gathered) -> AuditEntry {
        again(gathered, subject: gathered.example.subject, after: gathered.example.after)
    }

    private func again(_ gathered: AuditGathering.Gathered, subject: String, after: String?) -> AuditEntry {
        let (id, moment) = identifiers.nextDated(AuditEntry.self)
        return AuditEntry(
            id: id, organizationID: gathered.kind.organizationID, createdAt: moment,
            actor: gathered.times == 1 ? gathered.example.actor : gathered.kind.actor, action: gathered.kind.action,
            subject: subject, outcome: gathered.example.outcome, before: nil, after: after, times: gathered.times)
    }
}

extension AuditEntry {
    /// What kind of thing it is about.
    fileprivate var resource: String { String(subject.prefix { $0 != ":" }) }
}

extension AuditEntry.Actor {
    /// The same caller, whatever the call.
    var withoutRequest: AuditEntry.Actor {
        AuditEntry.Actor(
            kind: kind, id: id, keyID: keyID, name: name, role: role, address: address, requestID: nil)
    }
}
