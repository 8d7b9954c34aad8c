package import FoundationEssentials
import Tenancy
package import Terminal
import WireAPI

/// A call that shows whether a model answers: what was said, by whom, how long it took, and what it cost.
package struct TestCallScreen: Screen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case again
        case question
        case ask(String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("R")], .again, hint: "again", "Ask the same again", .action, needs: .modelUpdate),
        Binding(
            [.character("T")], .question, hint: "something else", "Ask something else", .action, needs: .modelUpdate),
    ]

    static let promptHint = "Enter alone asks a short question; it costs what a call costs"

    private let id: UUID
    private let name: String
    private var prompt: String
    private var asking = Awaited<OperatorTestResult>()
    private(set) var result: Result<OperatorTestResult, ServerFailure>?
    private var startedAt = Duration.zero
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode
    private var session = SessionWatch()
    private var isBegun = false

    package init(_ id: UUID, name: String, prompt: String) {
        self.id = id
        self.name = name
        self.prompt = prompt
    }

    package var title: String { "Test of \(name)" }
    package var isSettled: Bool { result != nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool { !asking.isWaiting }

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        if session.hasChanged(context.scope) { asking.forget() }
        guard !isBegun else { return }
        isBegun = true
        ask(&context)
    }

    private mutating func ask(_ context: inout ScreenContext) {
        startedAt = context.now
        asking.ask(.testCall(of: id, OperatorTestCall(prompt: prompt.isEmpty ? nil : prompt)), &context)
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .again: ask(&context)
        case .question:
            context.present(
                Prompt("Ask \(name)", hint: Self.promptHint, text: prompt) { .ask($0) as Command })
        case .ask(let text):
            prompt = text
            ask(&context)
        }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = asking.take(answer) else { return }
        self.result = result
        layOut()
    }

    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        guard asking.isWaiting else { return false }
        asking.forget()
        context.say("Not waited for any more; the call may cost something all the same", .caution)
        return true
    }

    // MARK: Picture

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let result else { return }
        reader.show(
            TestCallDocument(result, prompt: prompt, width: min(112, max(1, size.columns - 2)), charset: charset)
                .document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard result != nil else {
            let text = asking.isWaiting ? "Asked \(name)" : "Not asked: R asks."
            let row = area.rows.lowerBound + max(0, area.rows.count / 2 - 1)
            frame.put(
                text, row, area.columns.lowerBound + max(1, (area.columns.count - text.columns) / 2), Style(.quiet))
            return
        }
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(name, .strong), Segment(prompt.isEmpty ? "a short question" : prompt), Segment(reader.position)]
    }

    package func status(_ scope: Scope) -> Segment? {
        guard asking.isWaiting else { return nil }
        return Segment("Asked \((scope.now - startedAt).wholeSeconds)s ago; Esc does not wait for it", .accent)
    }

    package func wake(after now: Duration) -> Duration? { asking.isWaiting ? now + .seconds(1) : nil }

    package func copies(_ scope: Scope) -> [Copy] {
        guard case .success(let result) = result else { return [] }
        var copies = [Copy("s", "what came of it", result.sentence)]
        if let text = result.text { copies.append(Copy("t", "the answer", text)) }
        if let message = result.providerMessage { copies.append(Copy("p", "what the provider said", message)) }
        return copies
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Test call",
            definition:
                "A call of the model as any other: it goes the same way through places and fall-backs, waits for the same limits, and costs the same. That it fails is told as a finding."
        ).source("The LLM proxy that made the call.").freshness("The moment it was asked; R asks again.")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard case .success(let result) = result else { return nil }
        return Sheet(
            titles: ["FIELD", "VALUE"], rows: TestCallDocument.facts(result).facts.map { [$0.label, $0.value] },
            json: Sheet.json(result))
    }
}

/// What came of a test call, as text.
struct TestCallDocument {
    private(set) var document: Document

    init(_ result: Result<OperatorTestResult, ServerFailure>, prompt: String, width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        switch result {
        case .failure(let failure):
            document.title("Not asked")
            document.body(failure.message, .bad)
        case .success(let result): add(result, prompt)
        }
    }

    private mutating func add(_ result: OperatorTestResult, _ prompt: String) {
        document.title(result.isAnswered ? "Answered" : "Failed")
        document.body(result.sentence, result.isAnswered ? .good : .bad)
        document.title("Facts")
        Self.facts(result).add(to: &document)
        document.section("Question", prompt)
        document.section("Answer", result.text)
        document.section("What the provider said", result.providerMessage, .bad)
    }

    static func facts(_ result: OperatorTestResult) -> FactList {
        let optional: [(String, String?)] = [
            ("provider", result.provider), ("model there", result.upstreamModel),
            ("took", Formats.latency(milliseconds: Double(result.durationMs))),
            ("tokens in", result.promptTokens.map(Formats.count)),
            ("tokens out", result.completionTokens.map(Formats.count)),
            ("cost", result.costNanodollars.map { Formats.exactCost(nanodollars: $0) }), ("reason", result.code),
            ("status", result.providerStatus.map(String.init)),
        ]
        return FactList(facts: optional.compactMap { label, value in value.map { NamedFact(label, $0) } })
    }
}
