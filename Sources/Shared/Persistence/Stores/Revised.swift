/// Something stored, with how often it was changed.
package struct Revised<Value: Sendable>: Sendable {
    package let value: Value
    /// What a change has to name, so that nobody changes what somebody else has changed meanwhile.
    package let revision: Int

    package init(_ value: Value, revision: Int) {
        self.value = value
        self.revision = revision
    }
}

extension Revised: Equatable where Value: Equatable {}

/// What became of a change that named a revision.
package enum RevisedChange: Sendable, Hashable {
    case done
    /// There is no such thing, or it is not the one's who asks.
    case missing
    /// Somebody else has changed it meanwhile.
    case outdated

    /// That of a statement that changed a row or none, of something that is there or not.
    init(changed: Int, isThere: Bool) {
        self = changed > 0 ? .done : isThere ? .outdated : .missing
    }
}
