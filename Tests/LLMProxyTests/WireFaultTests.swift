import ChatModel
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import TestSupport
import Testing

@testable import LLMProxy

/// What goes wrong on the wire to a provider: for providers of every language, callers of every dialect, whole and as a
/// stream. Every caller gets an error of its dialect in time, and nothing stays behind.
@Suite struct WireFaultTests {
    /// A way in which a provider fails.
    enum Fault: CaseIterable {
        /// Before the answer.
        case refused, noTLS, noHandshake, reset, closed, silence, slowHeaders, endlessHeaders, noHTTP
        /// In place of the answer.
        case moved, teapot, nothing, webPage, compressed, garbage, endless
        /// In the middle of it.
        case cutBody, cutChunk, stalled
        /// In its last event, where nothing but the end of the connection would tell the end.
        case cutLast
    }

    /// What becomes of a fault: the code, and for a stream that has begun the one in its error event.
    private func expected(_ fault: Fault, _ question: Question) -> String {
        let isStreaming = question.isStreaming
        // Whose streams are no text, so that half a frame is seen to be one.
        let isBinary = isStreaming && question.language.kind == .bedrock
        return switch fault {
        case .noHandshake: "timeout"
        case .refused, .noTLS, .reset, .closed: "provider_error"
        case .silence, .slowHeaders: "timeout"
        case .endlessHeaders, .noHTTP: "invalid_response"
        case .moved: "provider_error"
        case .teapot: "invalid_request"
        case .compressed: isBinary ? "provider_error" : "invalid_response"
        case .nothing, .webPage, .garbage: "invalid_response"
        case .endless: isStreaming && !isBinary ? "timeout" : "invalid_response"
        case .cutBody, .cutChunk: isStreaming ? "stream_interrupted" : "provider_error"
        case .cutLast: isStreaming ? "stream_interrupted" : "invalid_response"
        case .stalled: "timeout"
        }
    }

    // MARK: The provider

    /// Answers a request by what a fault does.
    private static func fail(
        _ fault: Fault, _ language: ProviderLanguage, isStreaming: Bool, _ connection: ScriptedConnection
    ) async throws {
        let ok = "HTTP/1.1 200 OK\r\n"
        func answer(_ head: String, _ body: [UInt8]) async throws {
            try await connection.send("\(head)content-length: \(body.count)\r\n\r\n")
            try await connection.send(body)
        }
        let json = ok + "content-type: application/json\r\n"
        switch fault {
        case .refused, .noTLS, .noHandshake, .closed: return
        case .reset: connection.reset()
        case .silence: try await connection.waitUntilClosed()
        case .slowHeaders:
            try await connection.send(ok)
            try await repeated("x", every: .milliseconds(20), on: connection)
        case .endlessHeaders:
            try await connection.send(ok)
            try await repeated("x-filler: \(String(repeating: "x", count: 8000))\r\n", every: .zero, on: connection)
        case .noHTTP: try await connection.send("220 mail.example.org ESMTP\r\n\r\n")
        case .moved: try await answer("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\n", [])
        case .teapot: try await answer("HTTP/1.1 418 I'm a teapot\r\n", Array("short and stout".utf8))
        case .nothing: try await answer(json, [])
        case .webPage: try await answer(ok + "content-type: text/html\r\n", Array("<html>Welcome</html>".utf8))
        case .compressed: try await answer(json + "content-encoding: gzip\r\n", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
        case .garbage: try await answer(json, Array("{\"choices\": [{\"mess".utf8))
        case .endless:
            try await connection.send(
                ok + "content-type: \(isStreaming ? language.contentType : "application/json")\r\n\r\n")
            // A stream of comments, or of frames that tell nothing; an answer of spaces.
            try await repeated(
                isStreaming ? ": go on\n\n" : String(repeating: " ", count: 8192),
                every: isStreaming ? .milliseconds(20) : .zero, on: connection)
        case .cutBody, .stalled:
            let body = isStreaming ? language.beginning : Array(language.whole.dropLast(5))
            try await connection.send(ok + "content-type: x\r\ncontent-length: \(body.count + 100)\r\n\r\n")
            try await connection.send(body)
            if fault == .stalled { return try await connection.waitUntilClosed() }
            // So that the beginning arrives before the end of the connection does.
            try await Loop.current?.sleep(for: .milliseconds(20))
        case .cutLast:
            let body = isStreaming ? language.beginning + language.ending : language.whole
            try await connection.send(ok + "content-type: x\r\n\r\n")
            try await connection.send(Array(body.dropLast(5)))
        case .cutChunk:
            let body = isStreaming ? language.beginning : language.whole
            try await connection.send(ok + "transfer-encoding: chunked\r\n\r\n")
            try await connection.send(String(body.count, radix: 16) + "\r\n")
            try await connection.send(body)
            try await connection.send("\r\nff\r\n{\"half")
            try await Loop.current?.sleep(for: .milliseconds(20))
        }
    }

    private static func repeated(_ text: String, every pause: Duration, on connection: ScriptedConnection) async throws
    {
        while true {
            try await connection.send(text)
            if pause > .zero { try await Loop.current?.sleep(for: pause) }
        }
    }

    /// Who is asked, by the name of the model: the language, and whether the caller wants a stream.
    private static func script(_ fault: Fault?) -> ScriptedServer.Script {
        { connection in
            if fault == .noTLS || fault == .noHandshake {
                _ = try await connection.some()
                if fault == .noHandshake { return try await connection.waitUntilClosed() }
                return try await connection.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            }
            while let request = try await connection.request() {
                let text = request.line + request.text
                guard let language = ProviderLanguage.all.first(where: { text.contains($0.model.prefix(8)) }) else {
                    return
                }
                let isStreaming = ["\"stream\":true", "streamGenerateContent", "converse-stream"].contains {
                    text.contains($0)
                }
                if let fault {
                    return try await fail(fault, language, isStreaming: isStreaming, connection)
                }
                let body = isStreaming ? language.beginning + language.ending : language.whole
                let type = isStreaming ? language.contentType : "application/json"
                try await connection.send(
                    "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ncontent-length: \(body.count)\r\n\r\n")
                try await connection.send(body)
            }
        }
    }

    /// A deployment of each language at `server`, as models of the languages' names.
    private static func options(_ fault: Fault?, at server: ScriptedServer) -> ProxyRig.Options {
        ProxyRig.Options {
            $0.settings.retries.attempts = 1
            $0.settings.patience.idle = .milliseconds(200)
            $0.settings.patience.firstByte = .milliseconds(400)
            $0.settings.responseBytes = 1 << 16
            // Each fault is met by every caller.
            $0.settings.breaker.consecutiveFailures = .max
            $0.settings.breaker.failureShare = 2
            $0.routes = { name, _ in
                guard let language = ProviderLanguage.all.first(where: { $0.kind.rawValue == name }) else { return nil }
                let isSecure = fault == .noTLS || fault == .noHandshake
                let base = isSecure ? "https://127.0.0.1:\(server.port)" : "http://127.0.0.1:\(server.port)"
                let provider = Providers.Provider(
                    language.kind, name: name, baseURL: fault == .refused ? "http://127.0.0.1:1" : base)
                return CallRoute(
                    Deployment(
                        server: .provider(provider, model: language.model), keys: .fixed(ProviderKey("sk-provider")),
                        place: name))
            }
        }
    }

    // MARK: The callers

    /// One question of one caller.
    private struct Question: Sendable, CustomStringConvertible {
        let dialect: ChatDialect
        let language: ProviderLanguage
        let isStreaming: Bool

        static let all = ChatDialect.allCases.flatMap { dialect in
            ProviderLanguage.all.flatMap { language in
                [false, true].map { Question(dialect: dialect, language: language, isStreaming: $0) }
            }
        }

        var description: String { "\(dialect.rawValue) at \(language.kind)\(isStreaming ? ", as a stream" : "")" }

        var answers: DialectAnswers {
            DialectAnswers(caller: dialect, model: language.kind.rawValue, provider: .chatCompletions)
        }
    }

    private func ask(
        _ question: Question, _ rig: ProxyRig, within limit: Duration = .seconds(2)
    ) async throws -> (status: Int, text: String) {
        let request = rig.request(
            .post, question.answers.path, limit, question.answers.request(isStreaming: question.isStreaming))
        let (status, text, _) = try await ProxyRig.read(try await rig.client.open(request))
        return (status, text)
    }

    @Test func everyLanguageAnswersEveryDialect() async throws {
        let server = try ScriptedServer(on: TestLoops.group.loops[0], script: Self.script(nil))
        try await ProxyRig.run(Self.options(nil, at: server)) { _, _, _ in
            HTTPResponse(status: 500)
        } _: { rig in
            for question in Question.all {
                let (status, text) = try await ask(question, rig)
                #expect(status == 200 && text.contains("hi"), "\(question): \(text)")
                #expect(!question.isStreaming || text.contains(question.answers.properEnd), "\(question): \(text)")
            }
            let count = Question.all.count
            #expect(rig.metric(#"scorable_llm_calls_total{ending="answered"}"#) == String(count))
            #expect(rig.metric("scorable_llm_cost_nanodollars_total") == String(11000 * count))
        }
        await server.stop()
    }

    @Test(arguments: Fault.allCases)
    func everyFaultIsAnErrorOfTheCallersDialectInTime(fault: Fault) async throws {
        let server = try ScriptedServer(on: TestLoops.group.loops[0], script: Self.script(fault))
        try await ProxyRig.run(Self.options(fault, at: server)) { _, _, _ in
            HTTPResponse(status: 500)
        } _: { rig in
            let began = Moment.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for question in Question.all {
                    group.addTask { try await expectFailure(question, fault, rig) }
                }
                try await group.waitForAll()
            }
            #expect(began.duration(to: .now) < .seconds(20))
            let failed = rig.metric(#"scorable_llm_calls_total{ending="failed"}"#)
            #expect(failed == String(Question.all.count))
            let isOver = try await becomesTrue {
                rig.parts.states.all.allSatisfy { $0.running == 0 }
                    && rig.metric(#"scorable_http_requests_in_progress{listener="test"}"#) == "0"
            }
            #expect(isOver)
        }
        await server.stop()
    }

    @Test func aProviderThatAcceptsAndNeverAnswersOccupiesOnlyItsOwnPlaces() async throws {
        let narrow = ProxyRig.Options {
            $0.callsAtOnce = 16
            $0.waiting = 16
        }
        let held = Crowd()
        try await ProxyRig.run(narrow) { _, _, body in
            if String(decoding: body, as: UTF8.self).contains("upstream-acme") {
                held.enter()
                try await Loop.current?.sleep(for: .seconds(60))
            }
            return Answer.text(200, Answer.completion)
        } _: { rig in
            func slowest() async throws -> Duration {
                var slowest = Duration.zero
                for _ in 0..<50 {
                    let began = Moment.now
                    let answer = try await rig.ask("other")
                    #expect(answer.status == 200)
                    slowest = max(slowest, began.duration(to: .now))
                }
                return slowest
            }
            let alone = try await slowest()
            let statuses = Note([Int: Int]())
            let stuck = (0..<200).map { _ in
                rig.loop.spawn {
                    // ok: whoever gets no answer at all is counted as such
                    let status = (try? await rig.ask("gpt", deadline: .seconds(6)))?.status ?? 0
                    statuses.update { $0[status, default: 0] += 1 }
                }
            }
            let isFull = try await becomesTrue { held.total == 16 }
            #expect(isFull)
            let beside = try await slowest()
            #expect(beside < alone * 4 + .milliseconds(200), "\(alone) alone, \(beside) beside")
            for call in stuck { await call.value }
            let told = statuses.value
            // Those that had a place or waited for one ran out of time; the rest were told at once.
            #expect(told[429, default: 0] >= 160 && told[504, default: 0] >= 16, "\(told)")
            #expect(held.most <= 32)
        }
    }

    private func expectFailure(_ question: Question, _ fault: Fault, _ rig: ProxyRig) async throws {
        // Connections with TLS are dear to make, and all are made at once.
        let (status, text) = try await ask(question, rig, within: fault == .noTLS ? .seconds(20) : .seconds(2))
        let code = expected(fault, question)
        let what = Comment(rawValue: "\(fault), \(question): \(status) \(text.debugDescription)")
        #expect(!text.contains(question.answers.properEnd) && !text.contains("sk-provider"), what)
        guard status == 200 else {
            let error = try JSONParser.parse(text)["error"]
            #expect(error?["code"]?.stringValue == code, what)
            return
        }
        // Only a stream that had begun may have been called good.
        #expect(question.isStreaming && text.contains("hi") && text.contains("\"\(code)\""), what)
    }
}
