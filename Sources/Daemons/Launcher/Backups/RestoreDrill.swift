internal import Blobs
internal import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Postgres
internal import Records
internal import Stores

/// Restores a backup to a folder that goes again, to see whether it can be, whether it holds what was in the database, and
/// how long that takes.
struct RestoreDrill: Sendable {
    let installation: Installation
    let administration: Administration
    let repository: BackupRepository
    /// Where there is room for a second database.
    let folder: String
    let tell: @Sendable (String) -> Void

    /// So many copies of objects are read to their end.
    private static let sample = 20

    /// What a drill found out.
    struct Report: Encodable, Sendable {
        let backup: String
        let succeeded: Bool
        /// What is wrong.
        let faults: [String]
        /// How long it took, in seconds: RTO.
        let seconds: Double
        /// How much of the latest was not saved, in seconds: RPO; `nil` where the log is not archived.
        let lossSeconds: Double?
        let tables: Int
        let rows: Int
        let auditChains: Int
        let objectsRead: Int

        var text: String {
            let rounded = (seconds * 10).rounded() / 10
            var facts: [(String, String?)] = [
                ("backup", "\(backup) is \(succeeded ? "whole" : "NOT whole")"),
                ("tables", "\(tables) with \(rows) rows"), ("audit", "\(auditChains) chains verified"),
                ("objects", "\(objectsRead) read"), ("restored in", "\(rounded) s (RTO)"),
                ("not yet saved", lossSeconds.map { "\(Int($0)) s (RPO)" }),
            ]
            for fault in faults { facts.append(("fault", fault)) }
            return FactLines.text(facts)
        }
    }

    /// - Throws: what keeps it from being done. A fault of the backup is told in the report.
    func run(_ manifest: BackupManifest, on loops: LoopGroup) async throws -> Report {
        let (began, clock) = (Date(), ContinuousClock.now)
        var loss: Double?
        var findings = Findings()
        do {
            loss = try await administration.backupRuns.figures().archiveAge
            let details = try await repository.details(of: manifest)
            let work = try WorkFolder(in: folder, named: "scorable-drill")
            findings = try await work.using { work in
                let target: Restoration.Target = manifest.mark.map { .mark($0.name) } ?? .end(timeline: nil)
                let restoration = Restoration(
                    repository: repository, manifest: manifest, environment: installation.environment,
                    data: "\(work.path)/data", target: target, tell: tell)
                return try await restoration.run(on: loops) { database in
                    try await look(at: database, manifest, details)
                }
            }
            try await readObjects(of: manifest, &findings)
        } catch let error as BackupFailure {
            findings.faults.append(error.description)
        } catch let error as LauncherFailure {
            findings.faults.append(error.description)
        } catch let error as BlobError {
            findings.faults.append(error.description)
        }
        let took = clock.duration(to: .now)
        let report = Report(
            backup: manifest.id, succeeded: findings.faults.isEmpty, faults: findings.faults,
            seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18, lossSeconds: loss,
            tables: findings.tables, rows: findings.rows, auditChains: findings.chains, objectsRead: findings.objects)
        var kept = BackupRunStore.Run(
            id: UUID(), kind: .drill, backup: manifest.id, beganAt: began, endedAt: began + report.seconds,
            succeeded: report.succeeded)
        kept.lost = loss.map { .seconds($0) }
        kept.reason = findings.faults.isEmpty ? nil : findings.faults.joined(separator: "; ")
        try await administration.backupRuns.add(kept)
        return report
    }

    private struct Findings: Sendable {
        var faults: [String] = []
        var tables = 0
        var rows = 0
        var chains = 0
        var objects = 0
    }

    private func look(
        at database: PostgresClient, _ manifest: BackupManifest, _ details: BackupDetails
    ) async throws -> Findings {
        var findings = Findings()
        tell("Comparing the tables")
        let sums = try await BackupStore(database: database).sums(like: details.sums)
        for wanted in details.sums {
            guard let found = sums.first(where: { $0.table == wanted.table }) else {
                findings.faults.append("the table \(wanted.table) is missing")
                continue
            }
            findings.tables += 1
            findings.rows += found.rows
            if found != wanted {
                findings.faults.append(
                    found.rows == wanted.rows
                        ? "\(wanted.table) has other contents than at the backup"
                        : "\(wanted.table) has \(found.rows) rows instead of \(wanted.rows)")
            }
        }
        tell("Verifying the audit")
        let verification = AuditVerification(
            store: AuditChainStore(database: database),
            acknowledgements: AuditAcknowledgementStore(database: database), redis: nil,
            key: administration.auditSealKey)
        for chain in try await verification.chains() {
            let verdict = try await verification.verify(chain)
            findings.chains += 1
            if let fault = verdict.fault(at: manifest.mark?.at ?? manifest.consistentAt) {
                findings.faults.append("audit: \(fault)")
            }
        }
        return findings
    }

    private func readObjects(of manifest: BackupManifest, _ findings: inout Findings) async throws {
        tell("Reading objects")
        let copies = ObjectCopies(repository)
        for key in try await copies.missingCopies(of: manifest).prefix(10) {
            findings.faults.append("the copy of the object \(key) is missing")
        }
        findings.objects = try await copies.probe(manifest, atMost: Self.sample)
    }
}
