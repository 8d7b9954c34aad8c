internal import EventLoop
internal import Postgres
internal import Records
internal import Redis
package import WireAPI

/// Something that is looked at to find out how an installation is. What it needs may be down: that is a finding, too.
package struct Examination: Sendable {
    package typealias Finding = OperatorDiagnosis.Finding

    package let group: OperatorDiagnosis.Group
    /// What is looked at, for the one finding that there is when looking itself fails.
    package let name: String
    /// How long it may take.
    let patience: Duration
    /// What to do when looking fails.
    let remedy: String?
    let look: @Sendable () async throws -> [Finding]

    package init(
        _ group: OperatorDiagnosis.Group, _ name: String, patience: Duration = .seconds(5), remedy: String? = nil,
        _ look: @escaping @Sendable () async throws -> [Finding]
    ) {
        self.group = group
        self.name = name
        self.patience = patience
        self.remedy = remedy
        self.look = look
    }

    /// The same without looking, since what it needs is away.
    package func skipped(because reason: String) -> Examination {
        let finding = Finding(group, name, .skipped, reason)
        return Examination(group, name, patience: patience, remedy: remedy) { [finding] }
    }

    /// What it finds, within its time.
    func findings() async -> [Finding] {
        do {
            return try await withDeadline(.after(patience), look)
        } catch is DeadlineExceeded {
            let detail = "No answer within \(patience.components.seconds) s."
            return [Finding(group, name, .fail, detail, remedy: remedy ?? group.usualRemedy)]
        } catch {
            let remedy = (error as? PostgresError)?.remedy ?? (error as? RedisError)?.remedy
            return [Finding(group, name, .fail, "\(error)", remedy: remedy ?? self.remedy ?? group.usualRemedy)]
        }
    }
}

extension RedisError {
    /// What to do, where the server says enough to know it.
    fileprivate var remedy: String? {
        kind == .authentication ? "Correct user and password in redis.url, or what the ACL permits them." : nil
    }
}

extension PostgresError {
    private static let access = "Correct user and password in database.url, or what pg_hba.conf permits them."
    private static let absence =
        "Make the database (createdb), or correct its name in database.url; then: scorable migrate"
    private static let crowd = "Raise max_connections, or lower database.pool_size."

    /// What to do, where the server says enough to know it.
    fileprivate var remedy: String? {
        switch sqlState {
        case "42P01", "42703", "42883", "3F000": "Bring the schema to this release: scorable migrate"
        case "42501": "The role of database.url must own the schema: ALTER SCHEMA … OWNER TO …"
        case "53300": Self.crowd
        case "53100": "Make room on the disk of PostgreSQL."
        default: kind == .unavailable ? remedyOfRefusal : nil
        }
    }

    /// Of a connection that is refused the client's library knows words only, and no code.
    private var remedyOfRefusal: String? {
        func says(_ words: String) -> Bool { message.firstRange(of: words) != nil }
        if says("authentication failed") || says("pg_hba.conf") || says("no password supplied") || says("FATAL:  role")
        {
            return Self.access
        }
        if says("FATAL:  database"), says("does not exist") { return Self.absence }
        return says("too many clients") || says("connection slots") ? Self.crowd : nil
    }
}

extension OperatorDiagnosis.Group {
    /// What to do when something of it cannot even be looked at.
    fileprivate var usualRemedy: String {
        switch self {
        case .settings: "See scorable.yaml(5), and what is in force: scorable config"
        case .host: "Run doctor as root on the host where the daemons run."
        case .daemons: "See that it runs: systemctl status 'scorable-*'; its log says why it does not."
        case .database: "See that PostgreSQL runs and that database.url names it."
        case .redis: "See that Redis runs and that redis.url names it."
        case .storage: "See blobs in the settings, and that the place exists."
        case .providers: "See that scorable-llmproxyd and PostgreSQL run."
        case .queues, .people, .audit, .upkeep: "See that PostgreSQL and Redis run; then look again."
        case .egress: "Run doctor as root on the host where the daemons run."
        }
    }
}

extension [Examination] {
    /// What they find together: all at the same time, in the order of groups and of the list.
    package func findings() async -> [Examination.Finding] {
        let found = await withTaskGroup(of: (Int, [Examination.Finding]).self) { group in
            for (place, examination) in enumerated() {
                group.addTask { (place, await examination.findings()) }
            }
            return await group.reduce(into: [(Int, [Examination.Finding])]()) { $0.append($1) }
        }
        let all = found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        return OperatorDiagnosis.Group.allCases.flatMap { group in all.filter { $0.group == group } }
    }
}

/// Amounts as sentences have them.
enum Amounts {
    /// Such as `1.5 GiB`.
    static func bytes(_ count: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count >= 1024 else { return "\(count) B" }
        var (value, unit) = (Double(count) / 1024, 0)
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return "\((value * 10).rounded() / 10) \(units[unit])"
    }

    /// Such as `3 h` or `12 days`, rounded down.
    static func time(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e12)))
        return switch whole {
        case ..<120: "\(whole) s"
        case ..<7200: "\(whole / 60) min"
        case ..<172_800: "\(whole / 3600) h"
        default: "\(whole / 86_400) days"
        }
    }
}
