internal import FoundationEssentials
internal import Synchronization

/// How often something may be tried from one address in a minute, at this replica. For what is too big to be guessed
/// anyhow, so that trying costs us little.
final class AddressBudget: Sendable {
    private struct Minute {
        var number: Int
        var tries: [String: Int] = [:]
    }

    private let perMinute: Int
    private let minute = Mutex(Minute(number: 0))

    /// How many addresses are told apart; beyond it none is let through until the minute is over.
    private static let most = 50_000

    init(perMinute: Int) { self.perMinute = perMinute }

    /// Takes one try; `false` when there is none left.
    func take(_ address: String, at moment: Date) -> Bool {
        minute.withLock { minute in
            let number = Int(moment.timeIntervalSince1970 / 60)
            if minute.number != number { minute = Minute(number: number) }
            let tries = minute.tries[address, default: 0]
            guard tries < perMinute, minute.tries.count < Self.most || tries > 0 else { return false }
            minute.tries[address] = tries + 1
            return true
        }
    }
}
