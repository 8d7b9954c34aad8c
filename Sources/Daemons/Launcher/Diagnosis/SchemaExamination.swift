internal import EventLoop
internal import Logging
internal import Operations
internal import Postgres
internal import Schema
internal import WireAPI

/// Whether the schema is the one of this release.
struct SchemaExamination: Sendable {
    let database: PostgresClient

    /// What is looked at.
    var examination: Examination { Examination(.database, "schema", look) }

    private func look() async throws -> [Examination.Finding] {
        // What it finds is returned, and need not be logged.
        let logger = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        switch try await SchemaMigrator(client: database, logger: logger).check() {
        case .current:
            let last = Migration.all.last?.version ?? 0
            return [Examination.Finding(.database, "schema", .ok, "It is this release's, at version \(last).")]
        case .behind(let missing):
            return [
                Examination.Finding(
                    .database, "schema", .fail, "\(missing.count) migrations are not applied yet.",
                    remedy: "See what they do: scorable migrate --plan; then: scorable migrate")
            ]
        case .newer(let version):
            return [
                Examination.Finding(
                    .database, "schema", .fail, "It is at version \(version), which is newer than this release.",
                    remedy: "Install the newer release here, too. Daemons of this one do not write to it.")
            ]
        }
    }
}
