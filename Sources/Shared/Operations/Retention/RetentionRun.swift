package import Blobs
internal import FoundationEssentials
package import Logging
package import Observability
internal import Postgres
package import Records
internal import Scoring
internal import Stores
internal import Tenancy

/// Has what is past its time go: whole months first, then the rest piece by piece. Of several processes one does it; whoever
/// is stopped in between leaves the rest to the next run.
package struct RetentionRun: Sendable {
    private let product: RetentionProduct
    private let blobs: any BlobStore
    private let deletedRows: CounterSet<RetentionClass>
    private let logger: Logger

    /// How long others leave it to this process; renewed with every piece.
    private static let term = Duration.seconds(120)
    private static let logPiece = 5000
    private static let tracePiece = 100
    private static let objectPiece = 200

    /// What a run has done.
    package struct Outcome: Sendable, Hashable {
        /// The months that were dropped.
        package var partitions: [String] = []
        /// How many rows went, by class; what went with a month is not counted here.
        package var rows: [RetentionClass: Int] = [:]

        /// Whose execution logs they were, in months or not.
        fileprivate var owners: Set<OrganizationID> = []

        package var total: Int { partitions.count + rows.values.reduce(0, +) }
    }

    /// Another process has taken over.
    private struct TurnLost: Error {}

    package init(product: RetentionProduct, blobs: any BlobStore, metrics: Metrics, logger: Logger) {
        self.product = product
        self.blobs = blobs
        self.logger = logger
        deletedRows = metrics.counters(
            "scorable_retention_deleted_rows_total", "Rows that were past their time and went, without whole months.",
            by: "class", of: RetentionClass.self)
    }

    /// Does all of it; `nil` when another process does it by now.
    package func run() async throws -> Outcome? {
        let holder = product.identifiers.uuid()
        guard try await product.store.takeTurn(holder, for: Self.term) else { return nil }
        var outcome = Outcome()
        do {
            let moment = product.now()
            try await dropMonths(at: moment, holder, &outcome)
            for kind in RetentionClass.allCases { try await delete(kind, at: moment, holder, &outcome) }
            try await forgetTags(holder, outcome)
            try await product.store.giveTurnBack(holder, endedAt: product.now())
        } catch is TurnLost {
            return outcome
        } catch {
            // It need not wait until the term is over; the error is what counts.
            do { try await product.store.giveTurnBack(holder, endedAt: nil) } catch let other {
                logger.debug("a turn could not be given back", metadata: ["reason": "\(other)"])
            }
            throw error
        }
        return outcome
    }

    private func keepTurn(_ holder: UUID) async throws {
        guard try await product.store.takeTurn(holder, for: Self.term) else { throw TurnLost() }
    }

    private func dropMonths(at moment: Date, _ holder: UUID, _ outcome: inout Outcome) async throws {
        let partitions = product.partitions
        for kind in RetentionClass.allCases {
            for partition in try await partitions.past(kind, before: moment) {
                try await keepTurn(holder)
                let policy = try await product.policy()
                guard try await partitions.isDroppable(partition, under: policy, at: moment) else { continue }
                // Nothing comes to a month that is over.
                let logs = try await partitions.logs(in: partition)
                try await keepTurn(holder)
                guard try await partitions.drop(partition, standard: product.standard, at: moment) else { continue }
                outcome.partitions.append(partition.name)
                for (scope, count) in logs {
                    outcome.owners.insert(scope.organizationID)
                    await tell(
                        of: RunRecord(
                            dataClass: kind.rawValue, rows: count, before: partition.range.upperBound,
                            partition: partition.name), scope)
                }
                let actor = AuditActor(daemonOfInstallation: "retention")
                await product.audit.note(
                    done: Audit.Deed("retention.drop", on: "partition:\(partition.name)"), by: actor,
                    after: MonthRecord(dataClass: kind.rawValue, bytes: partition.bytes))
                logger.info("a month was dropped", metadata: ["partition": "\(partition.name)"])
            }
        }
    }

    private func delete(
        _ kind: RetentionClass, at moment: Date, _ holder: UUID, _ outcome: inout Outcome
    ) async throws {
        for scope in try await product.rows.scopes(of: kind) {
            var gone = Gone()
            do {
                try await delete(kind, in: scope, at: moment, holder, &gone)
            } catch {
                await note(gone, kind, scope, &outcome)
                throw error
            }
            await note(gone, kind, scope, &outcome)
        }
    }

    /// What of one class has gone in one scope, and before when that was recorded.
    private struct Gone {
        var count = 0
        var cutoff: Date?
    }

    /// Deletes piece by piece, and counts every piece. Each goes by the rules of its moment: there may be hours between the
    /// first and the last.
    private func delete(
        _ kind: RetentionClass, in scope: RetentionScope, at moment: Date, _ holder: UUID, _ gone: inout Gone
    ) async throws {
        let rows = product.rows
        var place: RetainedRows.LogPlace?
        while true {
            let policy = try await product.policy(of: scope.organizationID)
            guard let cutoff = policy.cutoff(of: kind, in: scope, at: moment) else { return }
            try await keepTurn(holder)
            gone.cutoff = cutoff
            switch kind {
            case .executionLogs:
                let piece = try await rows.deleteLogs(in: scope, before: cutoff, behind: place, limit: Self.logPiece)
                gone.count += piece.deleted
                guard let next = piece.next else { return }
                place = next
            case .traces:
                let count = try await rows.deleteTraces(in: scope, before: cutoff, limit: Self.tracePiece)
                gone.count += count
                guard count == Self.tracePiece else { return }
            case .files:
                let files = try await rows.forgetFiles(in: scope, before: cutoff, limit: Self.objectPiece)
                gone.count += files.count
                for id in files.map({ FileID(uuid: $0) }) {
                    try await blobs.delete(Files.key(of: id))
                    try await blobs.delete(Files.textKey(of: id))
                }
                guard files.count == Self.objectPiece else { return }
            case .exports:
                let exports = try await rows.forgetExports(in: scope, before: cutoff, limit: Self.objectPiece)
                gone.count += exports.deleted
                for key in exports.keys.compactMap(BlobKey.init) { try await blobs.delete(key) }
                guard exports.deleted == Self.objectPiece else { return }
            case .batches:
                let piece = try await rows.deleteBatches(in: scope, before: cutoff, limit: Self.logPiece)
                gone.count += piece.batches
                guard piece.rows > 0 else { return }
            }
        }
    }

    /// What is noted of tags so that their logs are found goes with the oldest logs.
    private func forgetTags(_ holder: UUID, _ outcome: Outcome) async throws {
        for organization in outcome.owners {
            repeat {
                try await keepTurn(holder)
            } while try await product.rows
                .forgetTaggedHours(of: organization, limit: Self.logPiece) == Self.logPiece
        }
    }

    /// Keeps in the organisation's audit what went.
    private func note(
        _ gone: Gone, _ kind: RetentionClass, _ scope: RetentionScope, _ outcome: inout Outcome
    ) async {
        guard gone.count > 0, let cutoff = gone.cutoff else { return }
        outcome.rows[kind, default: 0] += gone.count
        if kind == .executionLogs { outcome.owners.insert(scope.organizationID) }
        deletedRows[kind].increment(by: UInt64(gone.count))
        await tell(of: RunRecord(dataClass: kind.rawValue, rows: gone.count, before: cutoff), scope)
    }

    private func tell(of record: RunRecord, _ scope: RetentionScope) async {
        let subject = scope.projectID.map { "project:\($0)" } ?? "organization:\(scope.organizationID)"
        await product.audit.note(
            done: Audit.Deed("retention.run", on: subject),
            by: AuditActor(daemon: "retention", of: scope.organizationID), after: record)
    }

    private struct MonthRecord: Encodable {
        let dataClass: String
        let bytes: Int64
    }

    private struct RunRecord: Encodable {
        let dataClass: String
        let rows: Int
        let before: Date
        /// Where they went with a whole month.
        var partition: String?
    }
}
