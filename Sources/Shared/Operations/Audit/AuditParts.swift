internal import Records
internal import Synchronization

/// Entries of what is done as parts of something. They are stored together when all of it is done: from the first one on
/// nobody else of the organisation could add any.
final class AuditParts: Sendable {
    private let entries = Mutex<[AuditEntry]>([])

    /// None yet.
    init() {}

    var all: [AuditEntry] { entries.withLock { $0 } }
    var count: Int { entries.withLock { $0.count } }

    func add(_ entry: AuditEntry) { entries.withLock { $0.append(entry) } }

    /// Forgets what was added when there were so many: it was not done after all.
    func forget(behind count: Int) { entries.withLock { $0.removeLast(max(0, $0.count - count)) } }
}
