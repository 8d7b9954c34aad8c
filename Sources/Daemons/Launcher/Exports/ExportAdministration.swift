internal import Blobs
internal import Cryptography
package import EventLoop
package import FoundationEssentials
internal import Operations
internal import Records
internal import Settings
internal import StoreConnections
internal import Stores
internal import SystemCalls
internal import Tenancy
internal import WireAPI

/// What `scorable export` does, with the rights of whoever can read the settings.
package struct ExportAdministration: Sendable {
    private let exports: Exports
    private let organizations: OrganizationStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form
    /// Whose exports are meant; `nil` for the organisation that runs the installation.
    private let organizationID: OrganizationID?

    /// How many exports a list shows.
    private static let listed = 100
    private static let interval = Duration.milliseconds(500)

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, of organization: UUID?,
        form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        let settings = try BlobSettings(from: InstallationSettings.reader(of: installation).root.section("blobs"))
        exports = administration.exports(settings.open(on: loops).store)
        organizations = administration.organizations
        actor = installation.actor
        organizationID = organization.map(OrganizationID.init(uuid:))
        self.form = form
    }

    private var organization: OrganizationID {
        get async throws {
            if let organizationID {
                guard try await organizations.find(organizationID) != nil else {
                    throw LauncherFailure("There is no organisation \(organizationID).")
                }
                return organizationID
            }
            for candidate in try await organizations.all()
            where try await organizations.runsInstallation(candidate.id) {
                return candidate.id
            }
            throw LauncherFailure("There is no organisation yet. Make one: scorable up")
        }
    }

    // MARK: Looking

    package func list() async throws -> String {
        let found = try await exports.list(in: organization, PageRequest(limit: Self.listed))
        let page = OperatorLogExportPage(results: try found.items.map(OperatorLogExport.init), next: nil)
        return form.text(of: page, \.text)
    }

    package func show(_ id: UUID) async throws -> String {
        try described(await told { try await exports.find(ExportID(uuid: id), in: organization) })
    }

    // MARK: Steering

    /// Begins an export; its identifier.
    package func create(_ wish: ExportWish) async throws -> UUID {
        try await told {
            try await exports.start(wish.draft, in: organization, by: actor, traceParent: nil).id.uuid
        }
    }

    /// Returns when an export has ended, and says meanwhile how far it is.
    /// - Throws: `LauncherFailure` when there is no file in the end.
    package func wait(for id: UUID, telling tell: (String) -> Void) async throws {
        guard let loop = Loop.current else { preconditionFailure("exports are awaited on a loop") }
        let organization = try await organization
        var told = ""
        while true {
            let export = try await self.told { try await exports.find(ExportID(uuid: id), in: organization) }
            let progress = try OperatorLogExport(export).progressWords
            if progress != told { tell(progress) }
            told = progress
            switch export.state {
            case .waiting, .running: try await loop.sleep(for: Self.interval)
            case .finished: return
            case .failed: throw LauncherFailure("The export has failed: \(export.error ?? "no reason is known").")
            case .cancelled: throw LauncherFailure("The export was cancelled.")
            case .expired: throw LauncherFailure("The file of the export has expired.")
            }
        }
    }

    package func cancel(_ id: UUID) async throws -> String {
        try described(
            await told { try await exports.cancel(ExportID(uuid: id), in: organization, by: actor) })
    }

    package func delete(_ id: UUID) async throws {
        try await told { try await exports.delete(ExportID(uuid: id), in: organization, by: actor) }
    }

    // MARK: Fetching

    /// Writes the file of an export to `path`, whole or not at all, or to standard output without one.
    package func download(_ id: UUID, to path: String?) async throws {
        try await told {
            let (export, contents) = try await exports.open(ExportID(uuid: id), in: organization, by: actor)
            let file = try path.map { try NewFile("\($0).\(UUID().uuidString).part", mode: 0o600) }
            let sum = SHA256Sum()
            while let piece = try await contents.next() {
                sum.update(piece)
                if let file {
                    try file.append(piece)
                } else {
                    try PipedOutput.write(piece)
                }
            }
            guard sum.finish() == export.file?.sha256 else {
                throw LauncherFailure("The file of the export is damaged: its checksum is another one.")
            }
            if let file, let path { try file.finish(as: path) }
        }
    }

    private func described(_ export: Export) throws -> String {
        form.text(of: try OperatorLogExport(export), \.text)
    }

    /// What is no fault of the program is told in a sentence.
    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch is NotFound {
            throw LauncherFailure("There is no such export. See: scorable export list")
        } catch let error as ExportNotInState {
            throw LauncherFailure(error.description)
        } catch let error as TooManyExports {
            throw LauncherFailure(error.description)
        } catch let error as BlobError {
            throw LauncherFailure(error.description)
        }
    }
}
