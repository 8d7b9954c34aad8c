package import Tenancy

/// What a call needs before it may be made.
package struct CallDemand: Sendable {
    /// All of these, from the widest to the narrowest: its provider, its model.
    package let places: [GovernedPlace]
    /// One of these: the keys with which it can be made, in the order of preference. None are needed when it is empty.
    package let keys: [GovernedPlace]
    /// Between whose calls the limits are shared fairly; the organisation's own calls count as one more project.
    package let project: ProjectID?
    package let lane: CallLane
    /// What prompt and answer will probably come to.
    package let tokens: Int

    package init(
        places: [GovernedPlace], keys: [GovernedPlace] = [], project: ProjectID?, lane: CallLane, tokens: Int
    ) {
        self.places = places
        self.keys = keys
        self.project = project
        self.lane = lane
        self.tokens = max(0, tokens)
    }
}

/// Something that is limited: a provider, a key, a model. Get it from ``Governor/place(_:_:)`` and keep it.
package struct GovernedPlace: Sendable, Hashable {
    /// The same in every proxy.
    package let name: String
    let index: Int
}

/// Why a call was not let through.
package struct GovernorRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is in the way.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// As many as may wait do wait.
        case full
        /// The deadline passed while it waited.
        case timedOut = "timed_out"
        /// The place takes no calls until after the deadline.
        case blocked
        /// It needs more tokens than the place ever gives in a minute.
        case tooLarge = "too_large"
        /// The caller has left.
        case cancelled
    }

    package let kind: Kind
    /// The place that is in the way.
    package let place: String
    /// When it may be worth trying again.
    package let retryAfter: Duration?

    package init(_ kind: Kind, at place: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.place = place
        self.retryAfter = retryAfter
    }

    package var description: String {
        switch kind {
        case .full: "too many calls already wait at \(place)"
        case .timedOut: "no place became free at \(place) in time"
        case .blocked: "\(place) takes no calls for \(retryAfter.map { "\($0)" } ?? "a while")"
        case .tooLarge: "the call needs more tokens than \(place) gives in a minute"
        case .cancelled: "the caller left while waiting at \(place)"
        }
    }
}
