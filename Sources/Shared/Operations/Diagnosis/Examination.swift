internal import EventLoop
internal import Records
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

    /// What it finds, within its time.
    func findings() async -> [Finding] {
        do {
            return try await withDeadline(.after(patience), look)
        } catch is DeadlineExceeded {
            return [Finding(group, name, .fail, "No answer within \(patience.components.seconds) s.", remedy: remedy)]
        } catch {
            return [Finding(group, name, .fail, "\(error)", remedy: remedy)]
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
