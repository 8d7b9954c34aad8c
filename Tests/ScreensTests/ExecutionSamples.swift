import FoundationEssentials
import Screens
import Terminal
import WireAPI

/// Made-up executions with everything in them that the screens must cope with.
extension Samples {
    /// Texts as the world writes them, and as nobody should: wide, combining, right to left, joined, control characters.
    static let foreign = [
        "回答の忠実さ", "naïve été", "שלום עולם", "👩‍👩‍👧 family 👍🏽", "tab\there\u{1B}[31mred\u{7}",
        "\u{202E}txet desrever",
        "한국어 평가", "x\u{200B}y\u{FEFF}z", "line\nend\r\nhere",
        "e\u{301}te\u{301} \u{1112}\u{1161}\u{11AB}",
    ]

    /// An execution whose every text is foreign.
    static func foreignRow(_ number: Int, texts: [String] = foreign) -> OperatorExecutionRow {
        let text = texts[number % texts.count]
        let row = row(number)
        return OperatorExecutionRow(
            id: row.id, createdAt: row.createdAt, type: row.type, name: text, itemID: row.itemID, parentID: nil,
            score: row.score, failure: row.failure.map { OperatorFailure(code: $0.code, message: text) },
            model: row.model == nil ? nil : text, provider: row.provider, latencyMilliseconds: row.latencyMilliseconds,
            costNanodollars: row.costNanodollars, projectID: row.projectID, projectName: text, sessionID: text,
            userID: text,
            tags: [text, "tag"])
    }

    /// Everything that an execution can have, of which some belongs to the row.
    static func full(
        _ row: OperatorExecutionRow, response: String? = nil, evaluators: Int = 0, hidden: Bool = false,
        texts: [String] = [], mayChange: Bool = true
    ) -> OperatorExecutionDetail {
        let base = detail(row, evaluators: evaluators, hidden: hidden)
        func shown<Value>(_ value: Value?) -> Value? { hidden ? nil : value }
        let text = texts.joined(separator: "\n")
        return OperatorExecutionDetail(
            execution: row, isContentHidden: hidden, request: shown(text.isEmpty ? base.request : text),
            response: shown(response ?? (text.isEmpty ? base.response : text)), turns: hidden ? [] : turns,
            contexts: hidden ? [] : base.contexts + texts, expectedOutput: shown(base.expectedOutput),
            systemPrompt: shown(base.systemPrompt), variables: hidden ? [:] : base.variables,
            justification: shown(text.isEmpty ? base.justification : text), confidence: base.confidence,
            criteria: base.criteria, renderedPrompt: shown(base.renderedPrompt), rawReply: shown(base.rawReply),
            evaluators: base.evaluators, promptTokens: 1204, completionTokens: 87, attempts: 2, hops: hops,
            ownerEmail: base.ownerEmail, versionID: base.versionID, requestID: base.requestID, originID: uuid(700),
            tools: shown(#"[{"type":"function","function":{"name":"lookup_order","parameters":{}}}]"#),
            mayTag: mayChange, mayRunAgain: mayChange)
    }

    private static let turns = [
        OperatorExecutionDetail.Turn(role: "user", content: "Where is my order?", contexts: [], toolCalls: nil),
        OperatorExecutionDetail.Turn(
            role: "assistant", content: nil, contexts: ["orders.md: Orders ship within two days."],
            toolCalls: #"[{"id":"c1","function":{"name":"lookup_order","arguments":"{\"order\": 12}"}}]"#),
        OperatorExecutionDetail.Turn(role: "tool", content: #"{"state": "shipped"}"#, contexts: [], toolCalls: nil),
    ]

    private static let hops: [OperatorExecutionDetail.Hop] = [
        .init(.total, milliseconds: 1243), .init(.apiServer, milliseconds: 3.2), .init(.evaluation, milliseconds: 11),
        .init(.proxyQueue, milliseconds: 402), .init(.proxy, milliseconds: 0.4), .init(.provider, milliseconds: 826),
    ]

    static let related = OperatorExecutionRelated(groups: [
        .init(relation: .origin, executions: [row(40)], hasMore: false),
        .init(relation: .previous, executions: [row(9), row(17), row(26)], hasMore: true),
        .init(relation: .session, executions: [row(33)], hasMore: false),
    ])

    static func plan(
        _ action: OperatorPlanAction = .runAgain, count: Int = 3, state: OperatorPlan.State = .ready, done: Int = 0,
        failures: [OperatorPlan.Failure] = [], undo: OperatorPlan.Undo? = nil, id: Int = 0x900,
        expires: Date = now.addingTimeInterval(300)
    ) -> OperatorPlan {
        OperatorPlan(
            id: uuid(id), action: action, count: count, isCut: false,
            effect: action == .runAgain
                ? "\(count) executions are executed again with the version that was executed; the old ones stay."
                : "\(count) executions get the tag nightly.",
            estimatedCostNanodollars: action == .runAgain ? 12_300_000 : nil,
            samples: [.init(id: uuid(1), name: "Faithfulness"), .init(id: uuid(2), name: "Toxicity")],
            confirmation: .init(kind: .count, text: "\(count)"), expiresAt: expires, state: state,
            progress: .init(done: done, failed: failures.reduce(0) { $0 + $1.count }, failures: failures), undo: undo)
    }

    static let planFailures = [
        OperatorPlan.Failure(reason: "The evaluator was deleted.", count: 2, ids: [uuid(801), uuid(802)]),
        OperatorPlan.Failure(reason: "The provider takes no more requests.", count: 1, ids: [uuid(803)]),
    ]

    static let undo = OperatorPlan.Undo(
        token: "undo-1", expiresAt: now.addingTimeInterval(60), effect: "take the tag from the 3 executions again")
}

/// The screens of executions, driven.
extension Story {
    /// A console whose cursor was moved down, so that it does not follow what comes in.
    static func on(_ number: Int, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.live(size, charset: charset)
        for _ in 0..<number { story.press(.character("j")) }
        return story
    }

    /// A console that shows an execution in full.
    static func open(
        _ detail: OperatorExecutionDetail, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        related: OperatorExecutionRelated? = Samples.related
    ) -> Story {
        var story = Story.live(size, charset: charset)
        story.press(Key(.enter))
        story.answerDetail(detail)
        if let related { story.answer("\(OperatorExecutionPage.path)/", related) }
        return story
    }

    /// The newest question for a page of the list that was not answered yet.
    var listAsk: Ask? { asked.last { $0.request.path == OperatorExecutionPage.path } }

    mutating func answerList(_ page: OperatorExecutionPage) {
        failPreviews()
        answer(OperatorExecutionPage.path, page)
    }

    mutating func failList(_ failure: ServerFailure) {
        failPreviews()
        fail(OperatorExecutionPage.path, failure)
    }

    /// The preview may have asked for one execution meanwhile, whose path begins like that of the list.
    private mutating func failPreviews() {
        let isThere = listAsk != nil
        while isThere, fail("\(OperatorExecutionPage.path)/", ServerFailure(.notFound, "not read")) {}
    }

    /// Applies a filter as a person does.
    mutating func filter(_ text: String) {
        press(.character("/"), .control("u"))
        type(text)
        press(Key(.enter))
    }

    /// Answers a question of the plan's interface.
    mutating func answerPlan(_ plan: OperatorPlan) { answer(OperatorPlanDraft.path, plan) }

    /// Types what a confirmation wants, after the time in which keys are not taken.
    mutating func agree(_ word: String) {
        pass(.milliseconds(400))
        type(word)
        press(Key(.enter))
    }
}
