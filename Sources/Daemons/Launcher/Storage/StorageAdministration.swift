internal import Blobs
package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Settings
internal import StoreConnections

/// What `scorable storage` does.
package struct StorageAdministration: Sendable {
    private let check: StorageCheck
    private let kind: BlobSettings.Kind
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(_ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form) throws {
        let settings = try BlobSettings(from: InstallationSettings.reader(of: installation).root.section("blobs"))
        kind = settings.kind
        check = try Administration(installation, on: loops).storageCheck(settings.open(on: loops).store)
        self.form = form
    }

    /// Compares both ways; deletes what no row names only if asked to. What was found as it is printed, and whether everything
    /// that rows name is there.
    package func check(deleting: Bool) async throws -> (text: String, isWhole: Bool) {
        do throws(BlobError) {
            let findings = try await found(deleting: deleting)
            return (form.text(of: Report(kind, findings), \.text), findings.missingCount == 0)
        } catch {
            throw LauncherFailure(error.description)
        }
    }

    private func found(deleting: Bool) async throws(BlobError) -> StorageCheck.Findings {
        do {
            return try await check.run(deleting: deleting, at: Date())
        } catch let error as BlobError {
            throw error
        } catch {
            throw BlobError(.unavailable, "compare the object storage with the database", because: "\(error)")
        }
    }

    /// What was found, as programs read it.
    private struct Report: Encodable {
        struct Orphan: Encodable {
            let key: String
            let bytes: Int64
            let modifiedAt: Date
        }

        let store: String
        let objects: Int
        let named: Int
        let missing: Int
        let missingKeys: [String]
        let orphans: Int
        let orphanBytes: Int64
        let orphansDeleted: Int
        let orphanObjects: [Orphan]

        init(_ kind: BlobSettings.Kind, _ findings: StorageCheck.Findings) {
            store = kind.rawValue
            objects = findings.objects
            named = findings.named
            missing = findings.missingCount
            missingKeys = findings.missing.map(\.description)
            orphans = findings.orphanCount
            orphanBytes = findings.orphanBytes
            orphansDeleted = findings.deleted
            orphanObjects = findings.orphans.map {
                Orphan(key: $0.key.description, bytes: $0.size, modifiedAt: $0.modifiedAt)
            }
        }

        var text: String {
            var lines = ["\(objects) objects in the object storage (\(store)); the database names \(named)."]
            if missing > 0 {
                lines.append("\(missing) of these are missing:")
                lines += missingKeys.map { "  \($0)" }
                if missing > missingKeys.count { lines.append("  and \(missing - missingKeys.count) more") }
                lines.append("Restore them from a backup of the object storage; what needs them fails until then.")
            } else {
                lines.append("Everything that the database names is there.")
            }
            if orphans == 0 {
                lines.append("Nothing lies there that no row names.")
            } else {
                lines.append("\(orphans) objects older than a day are named by no row; they have \(orphanBytes) bytes:")
                lines += orphanObjects.map { "  \($0.key)\t\($0.bytes)" }
                if orphans > orphanObjects.count { lines.append("  and \(orphans - orphanObjects.count) more") }
                lines.append(
                    orphansDeleted > 0
                        ? "\(orphansDeleted) of them were deleted." : "To delete them: scorable storage check --delete")
            }
            return lines.map { "\($0)\n" }.joined()
        }
    }
}
