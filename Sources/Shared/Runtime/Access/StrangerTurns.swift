internal import Synchronization

/// Whose turn it is among the checks of strangers' passwords, of which few are made at a time.
///
/// Accounts take turns, so that nobody waits behind all the guesses at another's. Guesses at addresses that nobody has wait
/// in a line of their own, which gets its share: whoever has an account waits behind none of them.
final class StrangerTurns: Sendable {
    /// How many checks are made at a time; one place is never taken by those of nobody's.
    static let places = 2
    /// How many may wait for one account.
    static let mostOfOne = 4

    /// What a check is of.
    enum Line: Sendable, Hashable {
        case nobody
        /// By what tells accounts apart.
        case account(String)
    }

    private typealias Waiter = CheckedContinuation<Void, Never>

    private struct State {
        var ofAccounts = 0
        var ofNobody = 0
        var nobodies: [Waiter] = []
        var accounts: [String: [Waiter]] = [:]
        /// The accounts that somebody waits for, the next one first.
        var order: [String] = []
        var waiting = 0
        /// Whether an account had the last turn.
        var wasAccount = false

        /// Whether a check of that line may be made now, which it is then.
        mutating func begin(_ line: Line) -> Bool {
            guard ofAccounts + ofNobody < StrangerTurns.places else { return false }
            switch line {
            case .account: ofAccounts += 1
            case .nobody:
                guard ofNobody == 0 else { return false }
                ofNobody += 1
            }
            return true
        }

        mutating func next() -> Waiter? {
            let nobodyMay = ofNobody == 0 && !nobodies.isEmpty
            guard ofAccounts + ofNobody < StrangerTurns.places, nobodyMay || !order.isEmpty else { return nil }
            guard !order.isEmpty, !(nobodyMay && wasAccount) else {
                (wasAccount, ofNobody) = (false, ofNobody + 1)
                return nobodies.removeFirst()
            }
            let account = order.removeFirst()
            (wasAccount, ofAccounts, waiting) = (true, ofAccounts + 1, waiting - 1)
            guard var waiters = accounts[account], !waiters.isEmpty else {
                preconditionFailure("an account that nobody waits for is in no order")
            }
            let waiter = waiters.removeFirst()
            accounts[account] = waiters.isEmpty ? nil : waiters
            if !waiters.isEmpty { order.append(account) }
            return waiter
        }
    }

    private let state = Mutex(State())
    private let mostNobodies: Int
    private let mostOfAccounts: Int

    /// At most so many wait of guesses at nobody, and at accounts.
    init(mostNobodies: Int, mostOfAccounts: Int) {
        self.mostNobodies = mostNobodies
        self.mostOfAccounts = mostOfAccounts
    }

    /// Waits for a turn, which ends by `leave`; `false` at once when too many wait.
    func enter(_ line: Line) async -> Bool {
        let isFull = state.withLock { state in
            switch line {
            case .nobody: state.nobodies.count >= mostNobodies
            case .account(let account):
                state.waiting >= mostOfAccounts || state.accounts[account]?.count ?? 0 >= Self.mostOfOne
            }
        }
        guard !isFull else { return false }
        await withCheckedContinuation { (waiter: Waiter) in
            let begins = state.withLock { state in
                if state.begin(line) { return true }
                switch line {
                case .nobody: state.nobodies.append(waiter)
                case .account(let account):
                    if state.accounts[account] == nil { state.order.append(account) }
                    state.accounts[account, default: []].append(waiter)
                    state.waiting += 1
                }
                return false
            }
            if begins { waiter.resume() }
        }
        return true
    }

    /// Ends a turn.
    func leave(_ line: Line) {
        let waiters = state.withLock { state in
            switch line {
            case .nobody: state.ofNobody -= 1
            case .account: state.ofAccounts -= 1
            }
            var waiters: [Waiter] = []
            while let waiter = state.next() { waiters.append(waiter) }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
