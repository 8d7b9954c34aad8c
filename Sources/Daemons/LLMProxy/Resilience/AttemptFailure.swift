package import ChatModel

/// A failed attempt, and what may be done about it.
package struct AttemptFailure: Error, Sendable, Hashable {
    package var failure: ChatFailure
    /// Whether the provider has done nothing for this call, or says itself that it failed.
    package var isSafeToRepeat: Bool
    /// What the provider says it counted, and will want to be paid for, although nothing of it can be used.
    package var usage: ChatUsage?
    /// Whether it may have worked on the answer, and will want to be paid for that, also where it has not said how much.
    package var isBillable: Bool
    /// Whether it is this deployment that cannot do what is asked, or is not asked at all: others may well.
    package var isOwnInability = false
    /// Whether it was the time of the whole call that was over.
    var isOutOfTime = false
    /// Whether an access token was refused that a new one takes the place of.
    var isOfOldToken = false
    /// Whether the deployment was not asked because it had no place within the time that was given to it.
    package var isCrowdedOut = false

    package init(_ failure: ChatFailure, isSafeToRepeat: Bool, usage: ChatUsage? = nil, isBillable: Bool = false) {
        self.failure = failure
        self.isSafeToRepeat = isSafeToRepeat
        self.usage = usage
        self.isBillable = isBillable
    }

    /// An answer came that is of no use.
    package init(unusable failure: ChatFailure, usage: ChatUsage?) {
        // A provider that states an error instead of an answer takes nothing for it.
        self.init(failure, isSafeToRepeat: false, usage: usage, isBillable: failure.code == .invalidResponse)
    }

    /// A deployment that was not asked, or cannot do what this call asks for.
    package init(unable failure: ChatFailure) {
        self.init(failure, isSafeToRepeat: false)
        isOwnInability = true
    }

    /// Whether asking the same deployment again can help and does no harm.
    var isRepeatable: Bool { isSafeToRepeat && failure.isTransient && !isOwnInability }

    /// Whether another deployment may succeed where this one failed.
    var permitsAnother: Bool { isOwnInability || failure.permitsFallback }

    /// Whether another key of the same provider may succeed where this one failed.
    var permitsAnotherKey: Bool {
        guard isSafeToRepeat else { return false }
        switch failure.code {
        case .authentication, .quotaExhausted, .rateLimited: return true
        case .invalidRequest, .contextLength, .refused, .noProvider, .overBudget, .overloaded, .timeout,
            .providerError, .invalidResponse, .streamInterrupted:
            return false
        }
    }

    /// The same, but not to be repeated.
    var unrepeatable: AttemptFailure {
        var copy = self
        copy.isSafeToRepeat = false
        return copy
    }
}
