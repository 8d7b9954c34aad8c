internal import FoundationEssentials

/// The failed attempts that one server knows of. A plain value that is told the time.
struct SignInCounts {
    /// How many are counted of each kind. Beyond it those are forgotten first that may be tried again the soonest: a flood of
    /// new ones sets nobody free who is waiting.
    static let limit = 20_000

    private struct Record {
        var failures = 0
        /// When the next attempt may be made.
        var freeAt = Date.distantPast
        /// Whether somebody was refused since the last attempt.
        var hasRefused = false
    }

    private let rules: [SignInGate.Kind: SignInGateRule]
    private var records: [SignInGate.Kind: [String: Record]] = [:]

    init(rules: [SignInGate.Kind: SignInGateRule]) { self.rules = rules }

    /// Begins an attempt that all of the gates have to let through.
    mutating func begin(_ gates: [SignInGate], at moment: Date) -> SignInAdmission {
        var strictest: (wait: TimeInterval, gate: SignInGate)?
        for gate in gates {
            guard let rule = rules[gate.kind] else { continue }
            let record = known(gate, rule, at: moment)
            let wait = record.freeAt.timeIntervalSince(moment)
            if record.failures >= rule.free, wait > strictest?.wait ?? 0 { strictest = (wait, gate) }
        }
        if let (wait, gate) = strictest {
            let hasRefused = records[gate.kind]?[gate.key]?.hasRefused ?? false
            records[gate.kind]?[gate.key]?.hasRefused = true
            return .refused(wait: .seconds(wait), isFirst: !hasRefused)
        }
        var isLast = false
        for gate in gates {
            guard let rule = rules[gate.kind] else { continue }
            let failures = known(gate, rule, at: moment).failures + 1
            let freeAt = moment.addingTimeInterval(rule.pause(after: failures))
            records[gate.kind, default: [:]][gate.key] = Record(failures: failures, freeAt: freeAt)
            if gate.kind == .pair { isLast = failures == rule.free }
            makeRoom(gate.kind)
        }
        return .admitted(isLast: isLast)
    }

    mutating func settle(_ gates: [SignInGate], as settlement: SignInSettlement) {
        for gate in gates {
            guard let failures = records[gate.kind]?[gate.key]?.failures else { continue }
            if failures <= 1 || gate.kind == .pair && settlement == .success {
                records[gate.kind]?[gate.key] = nil
            } else {
                records[gate.kind]?[gate.key]?.failures = failures - 1
            }
        }
    }

    private func known(_ gate: SignInGate, _ rule: SignInGateRule, at moment: Date) -> Record {
        guard let record = records[gate.kind]?[gate.key], moment.timeIntervalSince(record.freeAt) <= rule.memory
        else { return Record() }
        return record
    }

    private mutating func makeRoom(_ kind: SignInGate.Kind) {
        guard let all = records[kind], all.count > Self.limit else { return }
        // A quarter at a time: sorting for each further one would be a way to slow us down.
        let kept = all.sorted { $0.value.freeAt > $1.value.freeAt }.prefix(Self.limit / 4 * 3)
        records[kind] = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
