package import FoundationEssentials

/// What a model on a server of one's own can do, as far as trying has shown it.
package struct ModelAbilities: Sendable, Hashable {
    /// One thing that it can or cannot do.
    package struct Finding: Sendable, Hashable {
        /// Such as `tools`.
        package let ability: String
        package let answer: Answer
        /// What it is concluded from, in a sentence.
        package let evidence: String

        package init(ability: String, answer: Answer, evidence: String) {
            self.ability = ability
            self.answer = answer
            self.evidence = evidence
        }
    }

    /// Whether it can.
    package enum Answer: String, Sendable, Hashable, CaseIterable {
        case yes
        case no
        case unknown
    }

    /// How many tokens it reads, where the server says so.
    package let contextLength: Int?
    package let findings: [Finding]
    package let foundAt: Date

    package init(contextLength: Int?, findings: [Finding], foundAt: Date) {
        self.contextLength = contextLength
        self.findings = findings
        self.foundAt = foundAt
    }
}
