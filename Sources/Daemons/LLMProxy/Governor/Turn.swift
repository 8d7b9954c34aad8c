internal import Tenancy

/// What a proxy says of one place to the common account, and asks of it.
struct TurnRequest: Sendable, Hashable {
    /// Owners that wait here, and for how much.
    struct Waiting: Sendable, Hashable {
        let owner: WaitingOwner
        let count: Int
        /// Of the first call.
        let firstTokens: Int
        /// Of the others together.
        let otherTokens: Int
        let age: Duration
    }

    let place: GovernedPlace
    let limits: CallLimitNumbers
    /// Calls that it runs and places that it keeps for the next ones.
    var held = 0
    /// Calls that it runs.
    var running = 0
    /// What it gives back of what it had been given.
    var returnedRequests = 0
    var returnedTokens = 0
    /// What its calls used beyond what it had been given.
    var owedTokens = 0
    /// What it would like to have in store.
    var wishedPlaces = 0
    var wishedRequests = 0
    var wishedTokens = 0
    var waiting: [Waiting] = []
    var report: LimitReport?
    /// How many proxies were here the last time.
    var knownProxies = 1
    /// Since it was here the last time; `nil` when that is not known.
    var sinceLast: Duration?
}

/// What a proxy got at one place.
struct TurnReply: Sendable, Hashable {
    /// Calls that it may run, those that it runs included.
    var held: Int
    var requests: Int
    var tokens: Int
    /// For each owner that waits, how many of its calls the places and amounts are for.
    var entitled: [Int]
    /// Whether others wait here.
    var isContended: Bool
    /// Whether there is any limit here now, set or learned.
    var isGoverned: Bool
    /// How long nothing is let through.
    var blockedFor: Duration
    var proxies: Int
    /// What has been learned; zero for nothing.
    var learned: CallLimitNumbers
}

/// Limits as numbers, zero for none.
struct CallLimitNumbers: Sendable, Hashable {
    var requests = 0
    var tokens = 0
    var places = 0

    var isEmpty: Bool { requests == 0 && tokens == 0 && places == 0 }

    /// How much of a minute's limit may be used at one moment: a twentieth. The rest comes evenly, so that no minute has
    /// more than the limit, wherever it begins.
    static func burst(of limit: Int) -> Int { max(1, limit / 20) }

    /// What comes in each second.
    static func flow(of limit: Int) -> Double { Double(limit - burst(of: limit) + 1) / 60 }
}
