/// What an organisation wants of its people's sign-ins and of its keys.
package struct SignInPolicy: Sendable, Hashable {
    /// After how long without a request a session ends.
    package var idleLimit: Duration
    /// After how long it ends in any case.
    package var absoluteLimit: Duration
    /// How many sessions a person may have at a time; a further one ends the oldest.
    package var sessionsPerPerson: Int
    /// Whether who signs in by password has to have a second factor.
    package var wantsSecondFactor: Bool
    /// How old an API key may become; `nil` for as old as it likes.
    package var keyAgeLimit: Duration?

    package init(
        idleLimit: Duration, absoluteLimit: Duration, sessionsPerPerson: Int, wantsSecondFactor: Bool,
        keyAgeLimit: Duration?
    ) {
        self.idleLimit = idleLimit
        self.absoluteLimit = absoluteLimit
        self.sessionsPerPerson = sessionsPerPerson
        self.wantsSecondFactor = wantsSecondFactor
        self.keyAgeLimit = keyAgeLimit
    }

    /// That of an organisation that has said nothing.
    package static let standard = SignInPolicy(
        idleLimit: .seconds(12 * 3600), absoluteLimit: .seconds(7 * 86_400), sessionsPerPerson: 20,
        wantsSecondFactor: false, keyAgeLimit: nil)

    /// In whole seconds, as they are stored and told.
    package static let idleLimits = 300...2_592_000
    package static let absoluteLimits = 300...7_776_000
    package static let sessionCounts = 1...1000
    package static let keyAgeLimits = 3600...315_360_000

    /// Names every bound that the values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.seconds(idleLimit, in: Self.idleLimits, field: "idle_limit_seconds")
            findings.seconds(absoluteLimit, in: Self.absoluteLimits, field: "absolute_limit_seconds")
            findings.count(sessionsPerPerson, in: Self.sessionCounts, field: "sessions_per_person")
            if let keyAgeLimit {
                findings.seconds(keyAgeLimit, in: Self.keyAgeLimits, field: "key_age_limit_seconds")
            }
            if idleLimit > absoluteLimit {
                findings.add("idle_limit_seconds", "This is longer than absolute_limit_seconds.")
            }
        }
    }
}

extension InvalidDefinition.Findings {
    fileprivate mutating func seconds(_ value: Duration, in range: ClosedRange<Int>, field: String) {
        count(Int(value.components.seconds), in: range, field: field)
    }

    fileprivate mutating func count(_ value: Int, in range: ClosedRange<Int>, field: String) {
        guard !range.contains(value) else { return }
        add(field, "This is from \(range.lowerBound) to \(range.upperBound).")
    }
}
