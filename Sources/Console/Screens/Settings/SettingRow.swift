internal import FoundationEssentials
internal import WireAPI

/// A setting with what the processes have for it.
package struct SettingRow: Sendable, Identifiable, Encodable {
    package let key: String
    let isSecret: Bool
    /// Whether every process should have it alike.
    let isCommon: Bool
    /// Whether they should, and do not.
    let isDiffering: Bool
    /// What they have, the most common first.
    let holdings: [Holding]

    package var id: String { key }

    /// What some processes have, and from where.
    struct Holding: Sendable, Encodable {
        /// Masked where it is a secret; `nil` where nothing is set.
        let value: String?
        let source: String
        /// By their names.
        let processes: [String]
    }

    /// The daemons that have it.
    let daemons: [String]

    /// Those that differ first, then by their names.
    static func all(_ instances: OperatorInstances) -> [SettingRow] {
        var held: [String: [(setting: OperatorInstance.Setting, instance: OperatorInstance)]] = [:]
        for instance in instances.results.map(\.instance) {
            for setting in instance.settings { held[setting.key, default: []].append((setting, instance)) }
        }
        let differing = Set(instances.differences.map(\.key))
        return held.map { key, all in
            // Secrets look alike and are not: their digests tell.
            let groups = Dictionary(grouping: all) {
                [$0.setting.digest ?? "", $0.setting.value ?? "", $0.setting.source]
            }
            let holdings = groups.values.map { group in
                Holding(
                    value: group[0].setting.value, source: group[0].setting.source,
                    processes: group.map(\.instance.name).sorted())
            }
            return SettingRow(
                key: key, isSecret: all[0].setting.isSecret, isCommon: all[0].setting.isCommon,
                isDiffering: differing.contains(key),
                holdings: holdings.sorted {
                    ($1.processes.count, $0.processes[0]) < ($0.processes.count, $1.processes[0])
                }, daemons: Set(all.map(\.instance.daemon)).sorted())
        }.sorted { ($0.isDiffering ? 0 : 1, $0.key) < ($1.isDiffering ? 0 : 1, $1.key) }
    }

    private init(
        key: String, isSecret: Bool, isCommon: Bool, isDiffering: Bool, holdings: [Holding], daemons: [String]
    ) {
        self.key = key
        self.isSecret = isSecret
        self.isCommon = isCommon
        self.isDiffering = isDiffering
        self.holdings = holdings
        self.daemons = daemons
    }
}

extension SettingRow {
    /// Whether somebody has set it anywhere.
    var isSet: Bool { holdings.contains { $0.source != "default" } }

    /// Whether processes have other values, be it that they should or that they may.
    var isVarying: Bool { isDiffering || Set(holdings.map { $0.value ?? "" }).count > 1 }

    /// What it is, in a cell.
    var shown: String { isVarying ? "\(holdings.count) different" : holdings.first?.value ?? "(not set)" }

    /// Where it comes from, in a cell.
    var source: String {
        let sources = Set(holdings.map(\.source))
        return sources.count == 1 ? sources.first ?? "" : "\(sources.count) sources"
    }

    /// Whether it is alike, in a word.
    var likeness: String { isDiffering ? "!! differs" : isVarying ? "   varies" : "" }

    /// What that word means.
    var standing: String {
        if isDiffering { return "It should be the same in all processes, and is not." }
        if isVarying { return "Processes have it different, and may." }
        return isCommon ? "It is the same in all processes that have it." : "Every process may have its own."
    }
}
