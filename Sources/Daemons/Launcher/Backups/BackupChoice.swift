internal import FoundationEssentials
internal import JSON
internal import Operations

/// Which backup is meant.
struct BackupChoice {
    private let repository: BackupRepository

    init(_ repository: BackupRepository) { self.repository = repository }

    /// The one that is named, else the newest from which that moment can be reached, else the newest.
    func newest(_ id: String?, before moment: Date?) async throws -> BackupManifest {
        if let id {
            guard BackupManifest.isIdentifier(id), let found = try await repository.backup(id) else {
                throw LauncherFailure("There is no backup \(id). See: scorable backup list")
            }
            if let moment, found.consistentAt > moment {
                throw LauncherFailure(
                    "The backup \(id) was not whole before \(ISO8601.string(found.consistentAt) ?? ""): it leads to no "
                        + "earlier moment. Leave --backup out for the one that does.")
            }
            return found
        }
        let all = try await repository.backups()
        guard let newest = all.last else {
            throw LauncherFailure("There is no backup yet. Make one: scorable backup create")
        }
        guard let moment else { return newest }
        guard let found = all.last(where: { $0.consistentAt <= moment }) else {
            throw LauncherFailure(
                "The oldest backup leads to moments from \(ISO8601.string(all[0].consistentAt) ?? "") on, not before.")
        }
        return found
    }
}
