internal import Blobs
package import EventLoop
package import FoundationEssentials
internal import JSON
internal import Observability
internal import Operations
internal import Records
internal import StoreConnections
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable retention` does, with the rights of whoever can read the settings.
package struct RetentionAdministration: Sendable {
    private let product: RetentionProduct
    private let forecasts: StorageForecasts
    private let runner: RetentionRun
    private let organizations: OrganizationStore
    private let projects: ProjectStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        let root = try InstallationSettings.reader(of: installation).root
        product = administration.retentionProduct(try RetentionSettings(from: root))
        forecasts = administration.storageForecasts
        let blobs = try BlobSettings(from: root.section("blobs"))
        runner = administration.retentionRun(product, blobs.open(on: loops).store)
        (organizations, projects) = (administration.organizations, administration.projects)
        actor = installation.actor
        self.form = form
    }

    /// Whose data are meant, by name or identifier.
    package struct Whose: Sendable {
        let organization: String?
        let project: String?

        /// The organisation that runs the installation, and all of its projects, where none is named.
        package init(organization: String?, project: String?) {
            self.organization = organization
            self.project = project
        }
    }

    // MARK: Looking

    package func show(_ organization: String?) async throws -> String {
        form.text(of: try await product.show(of: try await organizations.named(organization)), \.text)
    }

    package func preview(_ organization: String?) async throws -> String {
        form.text(of: try await product.preview(of: try await organizations.named(organization)), \.text)
    }

    package func forecast() async throws -> String { form.text(of: try await forecasts.forecast(), \.text) }

    // MARK: Changing

    /// For how long something is to be kept.
    package enum Keeping: Sendable {
        case days(Int)
        case forever
        case inherited

        /// A number of days, `forever` or `inherited`; `nil` for anything else.
        package init?(_ text: String) {
            switch text {
            case "forever": self = .forever
            case "inherited": self = .inherited
            default:
                guard let days = Int(text), RetentionRule.allowedDays.contains(days) else { return nil }
                self = .days(days)
            }
        }
    }

    /// Keeps a class for so long. What makes rows go is done once `confirm` has been asked with their number, and has said it.
    package func set(
        _ dataClass: String, to keeping: Keeping, _ whose: Whose, confirm: @Sendable (Int) throws -> Void
    ) async throws -> String {
        let organization = try await organizations.named(whose.organization)
        let project = try await project(whose, of: organization)
        let change =
            switch keeping {
            case .days(let days):
                OperatorRetentionChange(projectID: project, dataClass: dataClass, keeping: .days, days: days)
            case .forever:
                OperatorRetentionChange(projectID: project, dataClass: dataClass, keeping: .forever, days: nil)
            case .inherited:
                OperatorRetentionChange(projectID: project, dataClass: dataClass, keeping: .inherited, days: nil)
            }
        return try await told {
            do {
                return form.text(of: try await product.change(change, of: organization, by: actor), \.text)
            } catch let unconfirmed as RetentionNotConfirmed {
                try confirm(unconfirmed.rows)
                let confirmed = change.confirmed(
                    OperatorRetentionConfirmation(rows: unconfirmed.rows, moment: unconfirmed.moment))
                return form.text(of: try await product.change(confirmed, of: organization, by: actor), \.text)
            }
        }
    }

    /// Keeps what was recorded between two moments, whatever the rules say.
    package func hold(_ whose: Whose, from begin: String?, until end: String?, because reason: String) async throws
        -> String
    {
        let organization = try await organizations.named(whose.organization)
        let draft = OperatorRetentionHoldDraft(
            projectID: try await project(whose, of: organization), beginsAt: try Self.moment(begin, "--from"),
            endsAt: try Self.moment(end, "--until"), reason: reason)
        return try await told {
            form.text(of: try await product.hold(draft, of: organization, by: actor), \.holdsText)
        }
    }

    /// Ends a hold.
    package func release(_ id: UUID, of organization: String?) async throws -> String {
        let organization = try await organizations.named(organization)
        return try await told {
            form.text(
                of: try await product.release(RetentionHoldID(uuid: id), of: organization, by: actor), \.holdsText)
        }
    }

    /// Has what is past its time go now.
    package func run() async throws -> String {
        guard let outcome = try await runner.run() else {
            throw LauncherFailure("A worker is at it by now. See: scorable retention show")
        }
        let rows = outcome.rows.map { RunAnswer.Class(dataClass: $0.key.rawValue, rows: $0.value) }
        let answer = RunAnswer(
            partitions: outcome.partitions, deleted: rows.sorted { $0.dataClass < $1.dataClass })
        return form.text(of: answer, \.text)
    }

    private struct RunAnswer: Encodable {
        struct Class: Encodable {
            let dataClass: String
            let rows: Int
        }

        let partitions: [String]
        let deleted: [Class]

        var text: String {
            let lines =
                partitions.map { "Dropped \($0).\n" } + deleted.map { "Deleted \($0.rows) of \($0.dataClass).\n" }
            return lines.isEmpty ? "Nothing is past its time.\n" : lines.joined()
        }
    }

    // MARK: Words

    private func told<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await WrongInput.told(body)
        } catch let missing as NotFound {
            throw LauncherFailure("There is no such \(missing.kind.lowercased()). See: scorable retention show")
        }
    }

    private func project(_ whose: Whose, of organization: OrganizationID) async throws -> UUID? {
        guard let name = whose.project else { return nil }
        return try await projects.named(name, of: organization).uuid
    }

    private static func moment(_ text: String?, _ option: String) throws -> Date? {
        guard let text else { return nil }
        guard let date = ISO8601.date(text) else {
            throw WrongInput("\(option) is a moment, such as 2027-01-31 or 2027-01-31T12:00:00Z.")
        }
        return date
    }
}
