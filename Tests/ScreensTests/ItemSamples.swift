import FoundationEssentials
import Screens
import Tenancy
import Terminal
import WireAPI

/// Made-up evaluators and judges.
extension Samples {
    static let ada = OperatorPerson(id: uuid(11), email: "ada@example.com", fullName: "Ada Lovelace")
    static let grace = OperatorPerson(id: uuid(12), email: "grace@example.com", fullName: "Grace Hopper")
    static let builder = OperatorPerson(id: uuid(13), email: "presets@example.com", fullName: "Scorable")

    private static let itemNames = [
        "Faithfulness", "Answer relevance", "Toxicity", "JSON validity", "Politeness",
        "Truthfulness with a rather long name that does not fit anywhere", "回答の忠実さ", "Context recall",
    ]

    /// The evaluator of a number; from 6 on they are built in.
    static func evaluator(_ number: Int, version: Int? = nil) -> OperatorItem {
        let isOwn = number < 6
        let current = version ?? 1 + number * 3 % 12
        let executions = [41_203, 39_004, 77_120, 12_040, 310, 0, 5, 0][number % 8]
        let mean = [0.71, 0.80, 0.03, 0.99, 0.55, nil, 0.42, nil][number % 8]
        return OperatorItem(
            id: uuid(0x1000 + number), kind: .evaluator, name: itemNames[number % itemNames.count],
            origin: isOwn ? .own : .preset, projectID: isOwn ? projectID : nil, projectName: isOwn ? "default" : nil,
            version: OperatorVersionReference(id: uuid(0x2000 + number * 100 + current), number: current),
            versionCount: current, models: number % 3 == 2 ? [] : ["gpt-5-mini", "claude-sonnet-4-5"],
            evaluatorCount: 0, judgeCount: number % 3, owner: isOwn ? ada : builder,
            createdAt: now.addingTimeInterval(-86_400 * Double(30 + number)),
            updatedAt: now.addingTimeInterval(-4_000 * Double(number * number + 1)),
            updatedBy: isOwn ? (number % 2 == 0 ? grace : ada) : builder, deletedAt: nil,
            statistics: OperatorItemStatistics(
                meanScore: mean,
                dailyScores: (0..<7).map { day in
                    mean.flatMap { day == 2 && number == 1 ? nil : min(1, max(0, $0 + Double(day * 37 % 5 - 2) / 20)) }
                },
                executions: executions, failures: executions * (number == 1 ? 7 : number == 2 ? 1 : 0) / 100,
                meanCostNanodollars: executions > 0 ? Int64(410_000 + number * 90_000) : nil))
    }

    static let judgeItem = OperatorItem(
        id: uuid(0x3000), kind: .judge, name: "Support quality", origin: .own, projectID: projectID,
        projectName: "support", version: OperatorVersionReference(id: uuid(0x3103), number: 3), versionCount: 3,
        models: ["gpt-5-mini"], evaluatorCount: 3, judgeCount: 0, owner: ada,
        createdAt: now.addingTimeInterval(-86_400 * 12), updatedAt: now.addingTimeInterval(-86_400 * 2),
        updatedBy: ada, deletedAt: nil,
        statistics: OperatorItemStatistics(
            meanScore: 0.66, dailyScores: [0.5, 0.55, nil, 0.7, 0.72, 0.68, 0.66], executions: 2_318, failures: 73,
            meanCostNanodollars: 1_240_000))

    static let evaluatorPage = OperatorItemPage(results: (0..<8).map { evaluator($0) }, next: nil)
    static let judgePage = OperatorItemPage(results: [judgeItem], next: nil)

    static func version(_ number: Int, of base: Int = 0x2000, current: Int = 7) -> OperatorVersion {
        let notes = [
            "The first", "Ask for the sentence relied on", "", "Shorter", "Handle answers without a claim",
            "Quote the contexts by number", "Say what to do with contexts that contradict each other, after the review",
        ]
        return OperatorVersion(
            id: uuid(base + number), number: number,
            createdAt: now.addingTimeInterval(-86_400 * Double((current - number) * 3) - 4000),
            author: number % 2 == 0 ? grace : ada, changeNote: notes[(number - 1) % notes.count],
            isCurrent: number == current)
    }

    static let versionPage = OperatorVersionPage(results: (1...7).reversed().map { version($0) }, next: nil)

    static let evaluatorDetail = OperatorEvaluator(
        item: evaluator(0, version: 7), version: version(7), name: "Faithfulness", visibility: "private",
        criteria: """
            Is every claim of {{response}} supported by {{contexts}}?

            Quote the sentence you relied on. A claim that no context mentions is not supported, even where it is true; say \
            so in the justification. Answers in {{locale}} are judged by the same rules.
            """,
        inputs: [
            OperatorInput(name: "response", shape: .text, isBuiltIn: true),
            OperatorInput(name: "contexts", shape: .texts, isBuiltIn: true),
            OperatorInput(name: "locale", shape: .text, isBuiltIn: false),
        ],
        models: ["gpt-5-mini", "claude-sonnet-4-5"], behavior: "balanced",
        objective: .init(
            id: uuid(21), versionID: uuid(22), intent: "Answers must say nothing that the contexts do not say.",
            isPinned: false),
        demonstrationDatasetID: nil,
        judges: [OperatorItemReference(kind: .judge, id: uuid(0x3000), name: "Support quality")])

    static let judgeDetail = OperatorJudge(
        item: judgeItem, version: version(3, of: 0x3100, current: 3), name: "Support quality", visibility: "private",
        intent: "Answers of the support assistant help, and say nothing wrong.", stage: "production",
        members: [
            .init(
                id: uuid(0x1000), name: "Faithfulness", origin: .own, isPinned: false,
                version: OperatorVersionReference(id: uuid(0x2007), number: 7),
                latest: OperatorVersionReference(id: uuid(0x2007), number: 7), models: ["gpt-5-mini"]),
            .init(
                id: uuid(0x1002), name: "Toxicity", origin: .own, isPinned: true,
                version: OperatorVersionReference(id: uuid(0x2203), number: 3),
                latest: OperatorVersionReference(id: uuid(0x2207), number: 7), models: ["claude-sonnet-4-5"]),
            .init(
                id: uuid(0x1007), name: "Context recall", origin: .preset, isPinned: true,
                version: OperatorVersionReference(id: uuid(0x2701), number: 1),
                latest: OperatorVersionReference(id: uuid(0x2701), number: 1), models: []),
        ],
        inputs: [OperatorInput(name: "response", shape: .text, isBuiltIn: true)])

    // MARK: Documents

    static func document(_ number: Int) -> OperatorDocument {
        OperatorDocument(
            kind: .evaluator, id: uuid(0x1000),
            version: OperatorVersionReference(id: uuid(0x2000 + number), number: number),
            text:
                "# Version \(number) of 2026-11-20 12:04 UTC by Ada Lovelace.\n# Text of several lines stands indented below a |.\n"
                + documentText(number))
    }

    static func documentText(_ number: Int) -> String {
        let quoting =
            number >= 7
            ? "  Quote the sentence you relied on, by its number.\n" : "  Quote the sentence you relied on.\n"
        let extra = number >= 7 ? "  Where contexts contradict each other, the newest counts.\n" : ""
        return """
            kind: evaluator
            id: \(uuid(0x1000).uuidString.lowercased())
            version: \(number)
            name: Faithfulness
            project: default
            intent: Answers must say nothing that the contexts do not say.
            criteria: |-
              Is every claim of {{response}} supported by {{contexts}}?

            \(quoting)\(extra)  A claim that no context mentions is not supported, even where it is true; say so in the \
            justification.
              Answers in {{locale}} are judged by the same rules.
            variables: [locale]
            models:
            - \(number >= 7 ? "gpt-5-mini" : "gpt-4.1-mini")
            - claude-sonnet-4-5
            behavior: balanced
            change_note: ""

            """
    }

    // MARK: History

    static let history: OperatorItemHistory = {
        let from = now.addingTimeInterval(-7 * 86_400)
        func version(_ number: Int, hours: Range<Int>, mean: Double, _ distribution: [Int])
            -> OperatorItemHistory.Version
        {
            let scored = distribution.reduce(0, +)
            return OperatorItemHistory.Version(
                version: OperatorVersionReference(id: uuid(0x2000 + number), number: number), isCurrent: number == 7,
                total: .init(
                    executions: scored + scored / 30, failures: scored / 30, meanScore: mean,
                    latency: .init(p50: 1100 + Double(number) * 20, p95: 4800, p99: 11_200),
                    costNanodollars: Int64(scored) * 410_000),
                distribution: distribution,
                points: hours.filter { $0 % 24 < 20 }.map { hour in
                    .init(
                        start: from.addingTimeInterval(Double(hour) * 3600),
                        figures: .init(
                            executions: 40, failures: 1,
                            meanScore: min(1, max(0, mean + Double(hour * 37 % 11 - 5) / 40)),
                            latency: nil, costNanodollars: 16_400_000))
                })
        }
        return OperatorItemHistory(
            window: .week, from: from, to: now, stepSeconds: 3600,
            versions: [
                version(7, hours: 100..<168, mean: 0.74, [120, 30, 12, 20, 44, 60, 110, 230, 520, 1_172]),
                version(6, hours: 0..<110, mean: 0.62, [300, 90, 40, 60, 100, 160, 300, 520, 610, 700]),
                version(3, hours: 20..<24, mean: 0.4, [10, 2, 1, 0, 0, 3, 2, 1, 1, 4]),
            ])
    }()

    // MARK: Trials

    /// What came of trying the evaluator; every number is another one.
    static func trial(_ number: Int, failed: Bool = false) -> OperatorExecutionDetail {
        let row = OperatorExecutionRow(
            id: uuid(0x7000 + number), createdAt: now, type: "evaluator", name: "Faithfulness", itemID: uuid(0x1000),
            parentID: nil, score: failed ? nil : [0.21, 0.83, 1, 0][number % 4],
            failure: failed ? OperatorFailure(code: "timeout", message: "openai did not answer within 30 s") : nil,
            model: failed ? nil : "gpt-5-mini", provider: "openai", latencyMilliseconds: 1243 + Double(number) * 400,
            costNanodollars: 410_000 + Int64(number) * 7000, projectID: projectID, projectName: "default",
            sessionID: nil, userID: nil, tags: [])
        return detail(row)
    }

    // MARK: Projects

    static let projectPage = OperatorProjectPage(
        results: [
            project(
                1, "default", isDefault: true, executions: 132_400, failures: 2_104, cost: 61_240_000_000, mean: 0.71),
            project(2, "support", executions: 2_318, failures: 73, cost: 2_874_000_000, mean: 0.66),
            project(3, "rag-prod", executions: 41_203, failures: 4_120, cost: 18_200_000_000, mean: 0.42),
            project(4, "ログ評価", executions: 12, failures: 0, cost: 4_920_000, mean: 0.93),
            project(
                5, "sandbox with a name that is longer than any column", executions: 0, failures: 0, cost: 0, mean: nil),
        ], next: nil)

    static func project(
        _ number: Int, _ name: String, isDefault: Bool = false, executions: Int, failures: Int, cost: Int64,
        mean: Double?
    ) -> OperatorProject {
        OperatorProject(
            id: uuid(0xA000 + number), name: name, description: isDefault ? "Where everything begins." : "",
            isDefault: isDefault, owner: number % 2 == 0 ? grace : ada,
            createdAt: now.addingTimeInterval(-86_400 * Double(100 - number * 9)), evaluatorCount: number * 7 % 12,
            judgeCount: number * 3 % 4, executions: executions, failures: failures, costNanodollars: cost,
            meanScore: mean)
    }
}

/// The evaluators and judges, and one that is open.
extension Story {
    /// A console in the room of evaluators and judges that has its lists.
    static func items(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story.entering(.evaluators, size, charset: charset, session: session)
        story.answerItems()
        return story
    }

    mutating func answerItems() {
        answer(OperatorItemKind.evaluator.path, Samples.evaluatorPage)
        answer(OperatorItemKind.judge.path, Samples.judgePage)
    }

    /// The first evaluator is open, and everything of it is read.
    static func evaluator(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story.items(size, charset: charset, session: session)
        story.press(Key(.home), Key(.enter))
        story.answer(OperatorItemKind.evaluator.path(of: Samples.uuid(0x1000)), Samples.evaluatorDetail)
        return story
    }

    /// The path of the open evaluator.
    static var evaluatorPath: String { OperatorItemKind.evaluator.path(of: Samples.uuid(0x1000)) }
}
