package import Scoring
package import Tenancy

/// What somebody wants a judge for; the judge is made from it.
package struct JudgeWish: Sendable {
    /// What the application is for, in words.
    package var intent: String
    /// The step of it that is to be judged.
    package var stage: String?
    /// What is known in addition, by name.
    package var contexts: [String: String] = [:]
    /// Whether responses come with the sources that they rest on.
    package var hasContexts = false
    /// Whether a goal of several steps is asked back about instead of being judged as one.
    package var isStrict = false
    /// Whether a judge of the same name gets a new version instead of a namesake.
    package var overwrites = false
    /// What to call it; the model finds a name otherwise.
    package var name: String?
    /// The caller's judge that gets a new version.
    package var judgeID: JudgeID?
    package var visibility: Visibility = .private
    package var projectID: ProjectID?
    /// What its evaluators are to look at, and what tells the model what it is about.
    package var fileID: FileID?
    package var behavior: EvaluatorBehavior = .balanced
    package var seed: Int?

    package init(intent: String) { self.intent = intent }

    /// Names every limit that a client's values break.
    func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: intent, in: 10...20_000, field: "intent")
            if let name { findings.length(of: name, in: 3...512, field: "name") }
            if let stage { findings.length(of: stage, in: 0...255, field: "stage") }
            if contexts.count > 50 { findings.add("extra_contexts", "Give at most 50.") }
            for (key, text) in contexts where text.unicodeScalars.count > 20_000 || key.unicodeScalars.count > 200 {
                findings.add("extra_contexts", "“\(key.prefix(40))” is too long: 200 and 20,000 characters at most.")
                break
            }
        }
    }
}

/// What came of a wish for a judge.
package enum GeneratedJudge: Sendable {
    /// The judge, and what would have to be known to make it better.
    case made(Judge, missingContext: [MissingContext])
    /// The goal has several steps: the caller has to say which one is meant.
    case severalStages([String])

    /// Something that would have to be known to judge well.
    package struct MissingContext: Sendable, Hashable {
        package let name: String
        package let description: String
    }
}
