import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import Scoring
import Spending
import Stores
import Synchronization
import Tenancy
import TestSupport
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
            let settled = try await becomesTrue(within: .seconds(20)) {
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
            let isOver = try await becomesTrue(within: .seconds(20)) {
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

    // MARK: Very many who leave at any byte

    /// How many leave; `SCORABLE_DISCONNECTS` says otherwise.
    private static let leavers =
        ProcessInfo.processInfo.environment["SCORABLE_DISCONNECTS"].flatMap { Int($0) } ?? 10_000
    /// What decides about chance; `SCORABLE_SEED` repeats a run.
    private static let seed = ProcessInfo.processInfo.environment["SCORABLE_SEED"].flatMap { UInt64($0) } ?? 4711

    private static let acme = ProviderID(uuid: UUID(high: 9, low: 1))

    /// Providers of both dialects whose only key may have sixteen calls at once, and a budget for everything.
    private static func governed(_ log: String, _ budget: Budget) -> ProxyRig.Options {
        ProxyRig.Options { options in
            options.usageLog = log
            options.waiting = 400
            options.budgets = [budget]
            options.callers = .everybody(Caller(payer: GatewayFileTests.payer))
            options.providerKeys = { _ in
                [
                    SealedProviderKey(
                        key: StoredProviderKey(
                            id: ProviderKeyID(uuid: UUID(high: 9, low: 2)), providerID: acme, name: "only",
                            createdAt: Date(timeIntervalSince1970: 0)), box: Array("sk-only".utf8))
                ]
            }
            options.routes = { name, port in
                let isClaude = name == "claude"
                let provider = Providers.Provider(
                    isClaude ? .anthropic : .openAICompatible, name: name, baseURL: "http://127.0.0.1:\(port)/v1")
                return CallRoute(
                    Deployment(
                        server: .provider(provider, model: isClaude ? "claude-sonnet-5" : "gpt"), keys: .pool(acme),
                        place: "acme", providerID: acme))
            }
        }
    }

    /// Sends a request up to a byte, or reads its answer up to one, and goes: politely or not.
    private func leaveAtAnyByte(
        _ rig: ProxyRig, _ answers: DialectAnswers, isStreaming: Bool, _ random: inout some RandomNumberGenerator
    ) async throws {
        let body = answers.request(isStreaming: isStreaming)
        let request = Array(
            ("POST \(answers.path) HTTP/1.1\r\nhost: proxy\r\nconnection: close\r\nauthorization: Bearer token\r\n"
                + "content-length: \(body.utf8.count)\r\n\r\n" + body).utf8)
        // A few leave a request behind, some before the answer, and most in the middle of it.
        let place = Int.random(in: -request.count...2500, using: &random)
        let connection = try ScriptedConnection.connect(to: rig.port, on: rig.loop)
        defer { connection.close() }
        do {
            try await connection.send(place < 0 ? Array(request[..<(request.count + place)]) : request)
            var rest = place
            while rest > 0 { rest -= try await connection.some() }
            if Bool.random(using: &random) { connection.reset() }
        } catch is ScriptedConnection.Closed {
            // The answer was shorter.
        }
    }

    @Test(.timeLimit(.minutes(5))) func tenThousandWhoLeaveAtAnyByteLeaveNothingBehind() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: log) }  // ok: a temporary file
        let budget = Budget(
            id: BudgetID(uuid: UUID()), organizationID: GatewayFileTests.payer.organization, scope: .organization,
            period: .total, limit: Money(nanoDollars: 1_000_000_000_000), createdAt: Date())
        let open = Counted()
        try await ProxyRig.run(Self.governed(log, budget)) { _, request, body in
            let isStreaming = String(decoding: body, as: UTF8.self).contains(#""stream":true"#)
            return Self.slow(DialectAnswers.all[request.path.contains("messages") ? 2 : 0], isStreaming, open)
        } _: { rig in
            try await leaveAtOnce(min(2000, Self.leavers / 5), Self.seed, rig)
            try await settle(rig, open)
            let before = ProcessCensus()
            try await leaveAtOnce(Self.leavers - min(2000, Self.leavers / 5), Self.seed &+ 1, rig)
            try await settle(rig, open)
            let after = ProcessCensus()
            #expect(after.descriptors <= before.descriptors + 20)
            #expect(after.residentBytes < before.residentBytes + (12 << 20))
            let governor = rig.parts.equipment.governor.status
            #expect(governor.waiting == 0 && governor.places.allSatisfy { $0.running == 0 && $0.waiting == 0 })
            try addUp(rig, log, budget)
        }
    }

    /// So many callers, up to sixty-four at a time.
    private func leaveAtOnce(_ count: Int, _ seed: UInt64, _ rig: ProxyRig) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<64 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &* 64 &+ UInt64(lane))
                    for number in stride(from: lane, to: count, by: 64) {
                        let answers = DialectAnswers.all[number % DialectAnswers.all.count]
                        let isStreaming = Int.random(in: 0..<3, using: &random) > 0
                        try await leaveAtAnyByte(rig, answers, isStreaming: isStreaming, &random)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func settle(_ rig: ProxyRig, _ open: Counted) async throws {
        let isOver = try await becomesTrue(within: .seconds(20)) {
            open.current == 0 && rig.parts.states.all.allSatisfy { $0.running == 0 }
                && rig.metric(#"scorable_http_requests_in_progress{listener="test"}"#) == "0"
        }
        #expect(isOver, "\(open.current) at providers, \(rig.parts.states.all.map(\.running)) running")
    }

    /// Every call is written down once, for what the provider did for it, and the budget has been charged for just that.
    private func addUp(_ rig: ProxyRig, _ log: String, _ budget: Budget) throws {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        #expect(Set(lines.compactMap { $0["request_id"]?.stringValue }).count == lines.count)
        let counted = ["answered", "failed", "abandoned"].map { ending in
            Int(rig.metric(#"scorable_llm_calls_total{ending="\#(ending)"}"#) ?? "0") ?? 0
        }
        #expect(lines.count == counted.reduce(0, +))
        #expect(counted[1] == 0, "\(lines.first { $0["ending"]?.stringValue == "failed" } ?? nil)")
        #expect(counted[0] > 0 && counted[2] > 0)
        // Nobody was asked without its being written down.
        let attempts = lines.reduce(0) { $0 + Int($1["attempts"]?.integerValue ?? 0) }
        // One that went out again because a kept connection turned out to be closed is one attempt for two requests.
        #expect(attempts + Self.leavers / 100 >= rig.calls.count, "\(attempts) attempts, \(rig.calls.count) calls")
        #expect(rig.calls.count > Self.leavers / 2)
        for line in lines {
            let answered = line["ending"]?.stringValue == "answered"
            guard answered || line["attempts"]?.integerValue ?? 0 > 0 else { continue }
            #expect(line["cost_nanodollars"]?.integerValue ?? 0 > 0, "\(line)")
            if answered { #expect(line["cost_nanodollars"]?.integerValue == 11_000, "\(line)") }
        }
        let cost = lines.reduce(0) { $0 + ($1["cost_nanodollars"]?.integerValue ?? 0) }
        let standing = rig.parts.budgets.standings(of: budget.organizationID).first
        #expect(standing?.spent.nanoDollars == cost)
        #expect(standing?.leased == .zero)
        #expect(rig.metric("scorable_llm_cost_nanodollars_total") == String(cost))
    }

    @Test func whoLeavesAClaudePaysForWhatHasBeenPassedOnAndNotForItsFirstWord() async throws {
        // Anthropic states a count before the answer, which is one token then.
        let answers = DialectAnswers.all[2]
        try await ProxyRig.run { _, _, _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for piece in answers.beginning { try await writer.write(Array(piece.utf8)) }
                    for _ in 0..<1000 {
                        try await writer.write(Array((answers.beginning.last ?? "").utf8))
                        try await Loop.current?.sleep(for: .milliseconds(2))
                    }
                })
        } _: { rig in
            for model in [answers, DialectAnswers.all[1]] {
                let stream = try await rig.client.open(
                    rig.request(.post, model.path, .seconds(20), model.request(isStreaming: true)))
                var words = 0
                while words < 8, let piece = try await stream.next() {
                    words += String(decoding: piece, as: UTF8.self).components(separatedBy: "hi").count - 1
                }
                stream.cancel()
            }
            let isOver = try await becomesTrue { rig.metric(#"scorable_llm_calls_total{ending="abandoned"}"#) == "2" }
            #expect(isOver)
            let tokens = Int(rig.metric("scorable_llm_completion_tokens_total") ?? "") ?? 0
            #expect(tokens >= 10 && tokens < 200, "\(tokens)")
        }
    }

    @Test func whoLeavesPaysForEveryEventOfWhatCameAtOnce() async throws {
        try await ProxyRig.run { _, request, _ in
            let answers = DialectAnswers.all[request.path.contains("messages") ? 2 : 0]
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    let word = answers.beginning.last ?? ""
                    try await writer.write(
                        Array((answers.beginning.joined() + String(repeating: word, count: 300)).utf8))
                    try await Loop.current?.sleep(for: .seconds(60))
                })
        } _: { rig in
            for model in DialectAnswers.all[..<3] {
                let before = Int(rig.metric("scorable_llm_completion_tokens_total") ?? "") ?? 0
                let stream = try await rig.client.open(
                    rig.request(.post, model.path, .seconds(30), model.request(isStreaming: true)))
                var text = ""
                while text.components(separatedBy: "\"hi\"").count <= 301, let piece = try await stream.next() {
                    text += String(decoding: piece, as: UTF8.self)
                }
                stream.cancel()
                let isBooked = try await becomesTrue {
                    (Int(rig.metric("scorable_llm_completion_tokens_total") ?? "") ?? 0) > before
                }
                #expect(isBooked)
                let tokens = (Int(rig.metric("scorable_llm_completion_tokens_total") ?? "") ?? 0) - before
                #expect((301...310).contains(tokens), "\(model.path): \(tokens)")
            }
        }
    }

    @Test func whoLeavesBeforeTheAnswerPaysForTheQuestion() async throws {
        let asked = Counted()
        try await ProxyRig.run { _, _, _ in
            asked.enter()
            try await Loop.current?.sleep(for: .seconds(30))
            return Answer.text(200, Answer.completion)
        } _: { rig in
            for isStreaming in [false, true] {
                let answers = DialectAnswers.all[0]
                let task = rig.loop.spawn {
                    let request = rig.request(
                        .post, answers.path, .seconds(20), answers.request(isStreaming: isStreaming))
                    _ = try? await rig.client.open(request)  // ok: cancelled
                }
                let count = asked.current
                let isAsked = try await becomesTrue { asked.current > count }
                #expect(isAsked)
                task.cancel()
                await task.value
            }
            let isOver = try await becomesTrue { rig.metric(#"scorable_llm_calls_total{ending="abandoned"}"#) == "2" }
            #expect(isOver)
            let prompt = Int(rig.metric("scorable_llm_prompt_tokens_total") ?? "") ?? 0
            #expect(prompt > 10)
            #expect(Int(rig.metric("scorable_llm_cost_nanodollars_total") ?? "") ?? 0 >= prompt * 1000)
        }
    }
}
