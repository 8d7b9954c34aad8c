import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Scoring
import Spending
import Synchronization
import Tenancy
import Testing

@testable import LLMProxy

/// Callers who leave, at any moment: nothing stays behind, and what they asked for is accounted for.
@Suite struct DisconnectTests {
    /// A provider that streams ten pieces with pauses, or answers in one piece after a while.
    private static func slow(_ answers: DialectAnswers, _ isStreaming: Bool, _ open: Counted) -> HTTPResponse {
        guard isStreaming else {
            return HTTPResponse(
                status: 200, headers: ["content-length": String(answers.completion.utf8.count)],
                body: .stream { writer in
                    defer { open.leave() }
                    open.enter()
                    try await Loop.current?.sleep(for: .milliseconds(4))
                    try await writer.write(Array(answers.completion.utf8))
                })
        }
        return HTTPResponse(
            status: 200,
            body: .stream { writer in
                defer { open.leave() }
                open.enter()
                for piece in answers.beginning { try await writer.write(Array(piece.utf8)) }
                for _ in 0..<8 {
                    try await Loop.current?.sleep(for: .milliseconds(1))
                    try await writer.write(Array((answers.beginning.last ?? "").utf8))
                }
                for piece in answers.ending { try await writer.write(Array(piece.utf8)) }
            })
    }

    /// How many of something there are.
    private final class Counted: Sendable {
        private let count = Atomic<Int>(0)
        var current: Int { count.load(ordering: .relaxed) }
        func enter() { count.wrappingAdd(1, ordering: .relaxed) }
        func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
    }

    /// Asks and leaves after `bytes` bytes of the answer, or before the first of them.
    private func leave(_ rig: ProxyRig, _ answers: DialectAnswers, isStreaming: Bool, after bytes: Int) async throws {
        let request = rig.request(.post, answers.path, .seconds(20), answers.request(isStreaming: isStreaming))
        guard bytes > 0 else {
            let task = rig.loop.spawn { _ = try? await rig.client.open(request) }  // ok: cancelled at once
            try await rig.loop.sleep(for: .microseconds(Int.random(in: 0...3000)))
            task.cancel()
            return await task.value
        }
        let stream = try await rig.client.open(request)
        var seen = 0
        while seen < bytes, let piece = try await stream.next() { seen += piece.count }
        stream.cancel()
    }

    @Test func nothingStaysBehindAndEveryCallIsAccountedFor() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: log) }  // ok: a temporary file
        let open = Counted()
        let patient = ProxyRig.Options {
            $0.usageLog = log
            $0.callsAtOnce = 16
            $0.waiting = 400
        }
        let counter = Counted()
        try await ProxyRig.run(patient) { _, request, body in
            let isStreaming = String(decoding: body, as: UTF8.self).contains(#""stream":true"#)
            let answers = DialectAnswers.all[request.path.contains("messages") ? 2 : 0]
            return Self.slow(answers, isStreaming, open)
        } _: { rig in
            var random = SystemRandomNumberGenerator()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    let answers = DialectAnswers.all[number % DialectAnswers.all.count]
                    let bytes = Bool.random(using: &random) ? Int.random(in: 1...2000, using: &random) : 0
                    let isStreaming = !number.isMultiple(of: 3)
                    group.addTask {
                        counter.enter()
                        try await leave(rig, answers, isStreaming: isStreaming, after: bytes)
                    }
                }
                try await group.waitForAll()
            }
            #expect(counter.current == 400)
            let settled = await becomesTrue(on: rig.loop) {
                open.current == 0 && rig.parts.states.all.allSatisfy { $0.running == 0 }
                    && rig.metric(#"scorable_http_requests_in_progress{listener="test"}"#) == "0"
            }
            #expect(settled, "\(open.current) at providers, \(rig.parts.states.all.map(\.running)) running")
            try account(rig, log)
            // The places are free again: as many calls as there are places run at once.
            for _ in 0..<16 {
                let answer = try await rig.ask()
                #expect(answer.status == 200)
            }
        }
    }

    /// Every call that reached the proxy has its line, and the lines add up to what is counted.
    private func account(_ rig: ProxyRig, _ log: String) throws {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        let counted = ["answered", "failed", "abandoned"].map { ending in
            Int(rig.metric(#"scorable_llm_calls_total{ending="\#(ending)"}"#) ?? "0") ?? 0
        }
        #expect(lines.count == counted.reduce(0, +))
        #expect(lines.count > 100)
        #expect(counted[1] == 0, "\(lines.filter { $0["ending"]?.stringValue == "failed" })")
        let cost = lines.reduce(0) { $0 + ($1["cost_nanodollars"]?.integerValue ?? 0) }
        #expect(rig.metric("scorable_llm_cost_nanodollars_total") == String(cost))
        let abandoned = lines.filter { $0["ending"]?.stringValue == "abandoned" && $0["provider"] != nil }
        #expect(!abandoned.isEmpty)
        #expect(abandoned.allSatisfy { ($0["cost_nanodollars"]?.integerValue ?? 0) > 0 })
        let tokens = lines.reduce(0) { $0 + ($1["completion_tokens"]?.integerValue ?? 0) }
        #expect(rig.metric("scorable_llm_completion_tokens_total") == String(tokens))
    }

    @Test func whoLeavesAStreamIsBookedByWhatHasBeenPassedOn() async throws {
        let budget = Budget(
            id: BudgetID(uuid: UUID()), organizationID: GatewayFileTests.payer.organization, scope: .organization,
            period: .total, limit: Money(nanoDollars: 1_000_000_000), createdAt: Date())
        let options = ProxyRig.Options {
            $0.budgets = [budget]
            $0.callers = .everybody(Caller(payer: GatewayFileTests.payer))
        }
        try await ProxyRig.run(options) { _, _, _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for _ in 0..<1000 {
                        try await writer.write(Array(Answer.chunk.utf8))
                        try await Loop.current?.sleep(for: .milliseconds(2))
                    }
                })
        } _: { rig in
            let stream = try await rig.open()
            var chunks = 0
            while chunks < 5, let piece = try await stream.next() {
                chunks += String(decoding: piece, as: UTF8.self).split(separator: "\n").count
            }
            stream.cancel()
            let isOver = await becomesTrue(on: rig.loop) {
                rig.metric(#"scorable_llm_calls_total{ending="abandoned"}"#) == "1"
            }
            #expect(isOver)
            let tokens = Int(rig.metric("scorable_llm_completion_tokens_total") ?? "") ?? 0
            #expect(tokens >= 5 && tokens < 100, "\(tokens)")
            let prompt = Int(rig.metric("scorable_llm_prompt_tokens_total") ?? "") ?? 0
            #expect(prompt > 10)
            let spent = rig.parts.budgets.standings(of: budget.organizationID).first?.spent.nanoDollars
            #expect(spent == Int64(prompt * 1000 + tokens * 2000), "\(String(describing: spent))")
        }
    }

    /// Whether `condition` holds within a while.
    private func becomesTrue(on loop: Loop, _ condition: () -> Bool) async -> Bool {
        let patience = Deadline.after(.seconds(20))
        while !condition() {
            guard !patience.hasPassed else { return false }
            do {
                try await loop.sleep(for: .milliseconds(5))
            } catch {
                return false
            }
        }
        return true
    }
}
