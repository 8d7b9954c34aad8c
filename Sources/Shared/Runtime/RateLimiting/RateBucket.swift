/// Whose calls are counted together, and how many there may be.
struct RateBucket {
    let subject: RequestRates.Subject
    let name: String
    /// In a minute.
    let limit: Int

    init(_ subject: RequestRates.Subject, _ name: String, limit: Int) {
        self.subject = subject
        self.name = name
        self.limit = limit
    }

    /// How many calls are taken out of it at a time: what is there of it in a twentieth of a second.
    var portion: Int { max(1, limit / 1200) }
}

/// How many calls are wanted of one of the buckets that a call needs.
struct RateWish: Hashable {
    /// Which of them it is.
    let place: Int
    let calls: Int
}

/// What came of a wish.
struct RateReply: Hashable {
    let calls: Int
    /// When the bucket has something again; zero when it has something now.
    let wait: Duration

    var isEmpty: Bool { calls == 0 && wait > .zero }
}

/// A call cannot be made.
struct RateRefusal: Hashable {
    /// Which of the buckets that it needs is empty.
    let place: Int
    let wait: Duration
}
