import Blobs
import EventLoop
import FoundationEssentials
import JSON
import Jobs
import Logging
import Operations
import Postgres
import Queueing
import Records
import Replicas
import Scoring
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// Exports of an organisation of a test, with an object storage of its own in which a test can get in the way.
struct ExportWorld: Sendable {
    let rig: Rig
    let tenant: Tenant
    let blobs: ObstructedBlobs
    let exports: Exports
    let announcements: ExportAnnouncements

    /// Runs a test, and removes its files.
    static func run(_ body: @escaping @Sendable (ExportWorld) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.path() + "/exports-\(UUID().uuidString)"
        let threads = WorkerThreads(name: "blobs", count: 2, queueLimit: 100)
        defer { threads.shutdown() }
        try await Rig.run { rig in
            let local = LocalBlobs(directory: directory, threads: threads)
            try await body(ExportWorld(rig, try await rig.tenant(), ObstructedBlobs(local)))
        }
        guard FileManager.default.fileExists(atPath: directory) else { return }
        try FileManager.default.removeItem(atPath: directory)
    }

    private init(_ rig: Rig, _ tenant: Tenant, _ blobs: ObstructedBlobs) {
        self.rig = rig
        self.tenant = tenant
        self.blobs = blobs
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        exports = Exports(
            database: rig.database, blobs: blobs, queue: rig.product.queue,
            audit: Audit(database: rig.database, identifiers: rig.identifiers, logger: logger),
            identifiers: rig.identifiers)
        announcements = ExportAnnouncements(
            database: rig.database, notices: rig.product.notices,
            events: EventPublisher(redis: rig.redis, loops: rig.loops), logger: logger)
    }

    var organization: OrganizationID { tenant.organization }
    var sweep: SweepExports { SweepExports(database: rig.database, blobs: blobs, announcements: announcements) }

    func actor(_ role: Role = .owner) -> AuditActor {
        AuditActor(tenant.principal(role), from: "10.0.0.1", requestID: "req-1")
    }

    /// Logs that were made one after the other, stored; the test changes each by its number.
    @discardableResult
    func log(
        _ count: Int,
        _ change: (Int) -> (ExecutionLabels, EvaluationInput) = { number in
            (ExecutionLabels(), EvaluationInput(request: "question \(number)", response: "answer \(number)"))
        }
    ) async throws -> [ExecutionLog] {
        var logs: [ExecutionLog] = []
        for number in 0..<count {
            let (id, date) = rig.identifiers.nextDated(ExecutionLog.self)
            let (labels, input) = change(number)
            logs.append(
                ExecutionLog(
                    id: id, organizationID: organization, projectID: tenant.project.id, type: .evaluator,
                    item: ExecutedItem(id: nil, versionID: nil, name: "Item \(number)"), ownerID: tenant.owner.id,
                    input: input, labels: labels,
                    outcome: ExecutionOutcome(score: try Score(0.5), justification: "Because."), requestID: "req",
                    createdAt: date))
        }
        // In pieces: long ones take their time on a busy machine.
        for start in stride(from: 0, to: logs.count, by: 50) {
            try await store(Array(logs[start..<min(start + 50, logs.count)]))
        }
        return logs
    }

    func store(_ logs: [ExecutionLog]) async throws {
        try await ExecutionLogWriter(database: rig.database, loops: rig.loops).write(logs)
    }

    func start(
        _ format: ExportFormat = .jsonl, _ edit: (inout OperatorExecutionFilter) -> Void = { _ in }
    ) async throws -> Export {
        var filter = OperatorExecutionFilter()
        edit(&filter)
        return try await exports.start(
            ExportDraft(filter, format: format), in: organization, by: actor(), traceParent: nil)
    }

    /// The work of an export's job.
    func work(keptFor lifetime: Duration = .seconds(3600)) -> WriteExport {
        WriteExport(
            database: rig.database, reads: ReadReplicas(primary: rig.database), blobs: blobs,
            announcements: announcements, keptFor: lifetime,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The job of an export, as a worker has it that was given the lease with this number.
    func leased(_ export: Export, attempt: Int = 1) async throws -> LeasedJob {
        let job = try #require(try await rig.product.queue.readings.find(export.jobID)?.job)
        let claimed = try await rig.product.queue.ledger.claim(
            [(id: job.id, lease: .init(epoch: 1, attempt: attempt))], worker: "test")
        return LeasedJob(job: try #require(claimed.jobs.first), deadline: .never)
    }

    /// Writes an export as a worker does, its end included.
    @discardableResult
    func write(_ export: Export, keptFor lifetime: Duration = .seconds(3600)) async throws -> Export {
        try await end(try await work(keptFor: lifetime).perform(leased(export)))
        return try await exports.find(export.id, in: organization)
    }

    /// Stores what a job has come to.
    func end(_ effect: JobEffect) async throws {
        if let apply = effect.apply { try await rig.database.transaction { try await apply($0) } }
        await effect.afterCommit?()
    }

    func read(_ export: Export) async throws -> [UInt8] {
        let contents = try await exports.open(export.id, in: organization, by: actor()).contents
        var bytes: [UInt8] = []
        while let piece = try await contents.next() { bytes += piece }
        return bytes
    }

    /// The objects of an export with JSON lines.
    func lines(_ export: Export) async throws -> [JSONValue] {
        try await read(export).split(separator: 0x0A).map { try JSONCodec.decode(JSONValue.self, from: Array($0)) }
    }

    /// The keys of all files of exports.
    func keys() async throws -> [String] {
        try await blobs.list(in: BlobKey(words: "exports"), behind: nil, limit: 1000).map(\.key.description)
    }
}

/// An object storage in whose way something can be put.
final class ObstructedBlobs: BlobStore {
    private let blobs: LocalBlobs
    /// Called with each piece that is put.
    private let obstacle = Mutex<(@Sendable ([UInt8]) async throws -> Void)?>(nil)

    init(_ blobs: LocalBlobs) { self.blobs = blobs }

    func obstruct(_ obstacle: (@Sendable ([UInt8]) async throws -> Void)?) {
        self.obstacle.withLock { $0 = obstacle }
    }

    func put(_ key: BlobKey, _ next: () async throws -> [UInt8]?) async throws -> BlobReceipt {
        try await blobs.put(key) {
            let piece = try await next()
            if let piece, let obstacle = obstacle.withLock(\.self) { try await obstacle(piece) }
            return piece
        }
    }

    func open(_ key: BlobKey, bytes: Range<Int64>?) async throws(BlobError) -> BlobContents {
        try await blobs.open(key, bytes: bytes)
    }
    func size(of key: BlobKey) async throws(BlobError) -> Int64? { try await blobs.size(of: key) }
    func delete(_ key: BlobKey) async throws(BlobError) { try await blobs.delete(key) }
    func list(in folder: BlobKey, behind place: BlobKey?, limit: Int) async throws(BlobError) -> [BlobListing] {
        try await blobs.list(in: folder, behind: place, limit: limit)
    }
    func removeRemains() async throws(BlobError) -> Int { try await blobs.removeRemains() }
}
