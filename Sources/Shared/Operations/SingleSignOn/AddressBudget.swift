internal import FoundationEssentials
internal import Synchronization
internal import Tenancy

/// How often something may be tried from one address in a minute, at this replica: of IPv6 from the first half of one, which
/// is what one customer has. For what is too big to be guessed anyhow, and to bound what trying costs us.
final class AddressBudget: Sendable {
    private struct Minute {
        var number: Int
        var tries: [String: Int] = [:]
    }

    private let perMinute: Int
    private let minute = Mutex(Minute(number: 0))

    /// How many addresses are told apart; beyond it counting begins anew, for nobody shall keep others out by having many.
    private static let most = 50_000

    init(perMinute: Int) { self.perMinute = perMinute }

    /// Takes one try; `false` when there is none left.
    func take(_ address: String, at moment: Date) -> Bool {
        let origin = SignInOrigin(address).description
        return minute.withLock { minute in
            let number = Int(moment.timeIntervalSince1970 / 60)
            if minute.number != number { minute = Minute(number: number) }
            let tries = minute.tries[origin, default: 0]
            guard tries < perMinute else { return false }
            if minute.tries.count >= Self.most, tries == 0 { minute.tries = [:] }
            minute.tries[origin] = tries + 1
            return true
        }
    }
}
