package import FoundationEssentials

/// What was looked at in an installation, and what is wrong with it: `scorable doctor`, `GET /internal/diagnosis`.
package struct OperatorDiagnosis: Codable, Sendable, Hashable {
    /// Where it is.
    package static let path = "/internal/diagnosis"

    /// The release of the program that looked.
    package let version: String
    package let examinedAt: Date
    /// In the order of groups.
    package let findings: [Finding]

    package init(version: String, examinedAt: Date, findings: [Finding]) {
        self.version = version
        self.examinedAt = examinedAt
        self.findings = findings
    }

    /// The worst of what was found.
    package var worst: State { findings.map(\.state).max() ?? .ok }

    /// One thing that was looked at.
    package struct Finding: Codable, Sendable, Hashable {
        package let group: Group
        /// What was looked at, such as `connections` or `scorable-apid at 127.0.0.1:8080`.
        package let name: String
        package let state: State
        /// How it is, in one sentence.
        package let detail: String
        /// What to do about it; `nil` where nothing has to be done.
        package let remedy: String?

        package init(_ group: Group, _ name: String, _ state: State, _ detail: String, remedy: String? = nil) {
            self.group = group
            self.name = name
            self.state = state
            self.detail = detail
            self.remedy = remedy
        }
    }

    /// How bad it is.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        case ok
        /// It could not be looked at from here, or does not apply.
        case skipped
        /// It works, and will not for ever, or not as well as it could.
        case warn
        /// It does not work.
        case fail

        package static func < (left: State, right: State) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .skipped: 1
            case .warn: 2
            case .fail: 3
            }
        }
    }

    /// What belongs together.
    package enum Group: String, Codable, Sendable, Hashable, CaseIterable {
        case settings
        case host
        case daemons
        case database
        case redis
        case storage
        case queues
        case providers
        case people
        case audit
        case upkeep
        case egress

        /// As a heading.
        package var title: String {
            switch self {
            case .settings: "Settings"
            case .host: "This host"
            case .daemons: "Daemons"
            case .database: "PostgreSQL"
            case .redis: "Redis"
            case .storage: "Object storage"
            case .queues: "Background work"
            case .providers: "Providers"
            case .people: "Keys and sign-in"
            case .audit: "Audit"
            case .upkeep: "Backup and upkeep"
            case .egress: "Connections outside"
            }
        }
    }
}

extension OperatorRequest where Reply == OperatorDiagnosis {
    /// What was found when the installation was last looked at, at most some seconds ago.
    package static var diagnosis: Self { Self(.get, OperatorDiagnosis.path) }
}
