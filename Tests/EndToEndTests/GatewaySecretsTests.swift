import EventLoop
import Foundation
import Glibc
import HTTPMessages
import HTTPTransfer
import Synchronization
import Testing

extension EndToEnd {
    /// The keys of providers and callers: seen nowhere, exchanged without a gap.
    @Suite struct GatewaySecretsTests {
        private static func file(_ provider: ModelProvider, keys: [String], more: String = "") -> String {
            let list = keys.enumerated().map { "{name: key-\($0.offset), key: \($0.element)}" }
            return """
                service_token: service-token-4711-4711-4711-4711
                llmproxyd:
                  public: {listen: "127.0.0.1:0"}
                  internal: {listen: "127.0.0.1:0"}
                gateway:
                  providers:
                    - {name: openai, kind: openai_compatible, base_url: "http://127.0.0.1:\(provider.port)/v1", keys: [\(list.joined(separator: ", "))]}
                    - {name: astray, kind: anthropic, base_url: "http://127.0.0.1:\(provider.port)", key: sk-wrong-9876}
                    - {name: aws, kind: bedrock, base_url: "http://127.0.0.1:\(provider.port)", region: us-east-1, key: "AKIAWRONGWRONG:secret-of-aws-55"}
                  models:
                    - {name: gpt, provider: openai, unpriced: true}
                    - {name: refused, provider: astray, model: claude-x, unpriced: true}
                    - {name: unsigned, provider: aws, model: nova, unpriced: true}
                \(more)
                  keys:
                    - {name: main, key: \(Gateway.key)}
                """
        }

        @Test func keysAreSeenNowhere() async throws {
            let provider = try await ModelProvider.start()
            let gateway = try await Gateway.start(
                Self.file(provider, keys: [ModelProvider.key]), environment: ["SCORABLE_LOG_LEVEL": "trace"])
            var seen = ""
            for model in ["gpt", "refused", "unsigned", "nobody"] {
                for isStreaming in [false, true] {
                    seen += try await gateway.answer(of: model, isStreaming: isStreaming)
                }
            }
            #expect(seen.contains("authentication") && seen.contains("redacted"), "\(seen)")
            let token = "authorization: Bearer service-token-4711-4711-4711-4711"
            for path in ["metrics", "operations/deployments", "operations/limits", "readyz"] {
                let outcome = try await ChildProgram.run([
                    "/usr/bin/env", "curl", "-s", "-H", token, "http://127.0.0.1:\(gateway.internalPort)/\(path)",
                ])
                #expect(outcome.output.count > 10, "\(path): \(outcome.output)")
                seen += outcome.output
            }
            let settings = try await gateway.checkedSettings()
            #expect(settings.contains("llmproxyd.attempts"), "\(settings)")
            seen += settings
            // A mistake in the file, beside a key.
            try gateway.write(Self.file(provider, keys: [ModelProvider.key], more: "    - {name: x}"))
            kill(gateway.program.pid, SIGHUP)
            try await eventually("the mistake is told: \(gateway.program.written)") {
                gateway.program.written.contains("the old settings stay in force")
            }
            seen += gateway.program.written
            for secret in [
                ModelProvider.key, "sk-wrong-9876", "secret-of-aws-55", "AKIAWRONGWRONG", Gateway.key,
                "service-token-4711",
            ] {
                let place = seen.range(of: secret).map { seen[..<$0.upperBound].suffix(200) }
                #expect(place == nil)
            }
            kill(gateway.program.pid, SIGTERM)
            #expect(try await gateway.program.end(within: .seconds(20)).code == 0)
        }

        /// The new key goes in beside the old one, then the old one goes out, and then the provider takes it back.
        @Test func keysAreExchangedWithoutAGap() async throws {
            let provider = try await ModelProvider.start()
            let (old, new) = (ModelProvider.key, "sk-new-0815")
            try await provider.accept([old, new])
            let gateway = try await Gateway.start(Self.file(provider, keys: [old]))
            let load = Load(gateway)
            try await load.run {
                for (step, keys) in [[old, new], [new]].enumerated() {
                    let name = "step-\(step)"
                    try gateway.write(
                        Self.file(provider, keys: keys, more: "    - {name: \(name), provider: openai, unpriced: true}")
                    )
                    kill(gateway.program.pid, SIGHUP)
                    try await eventually("the new file counts: \(gateway.program.written)") {
                        try await gateway.status(of: name) == 200
                    }
                    try await load.goesOn()
                }
                try await provider.accept([new])
                try await load.goesOn()
            }
            #expect(load.failures.isEmpty, "\(load.failures.prefix(3)) of \(load.answers)")
            #expect(load.answers > 100)
            // The old one is of no use any more: what goes on does so with the new one.
            try gateway.write(Self.file(provider, keys: [old]))
            kill(gateway.program.pid, SIGHUP)
            try await eventually("the old key is refused") { try await gateway.status(of: "gpt") == 502 }
            kill(gateway.program.pid, SIGTERM)
            #expect(try await gateway.program.end(within: .seconds(20)).code == 0)
        }
    }
}

/// Eight callers who ask without a break.
private final class Load: Sendable {
    private let gateway: Gateway
    private let state = Mutex((answers: 0, failures: [String](), isOver: false))

    init(_ gateway: Gateway) { self.gateway = gateway }

    var answers: Int { state.withLock { $0.answers } }
    var failures: [String] { state.withLock { $0.failures } }

    func run(_ body: () async throws -> Void) async throws {
        let loops = LoopGroup(count: 1, name: "load")
        let client = HTTPClient(loops: loops)
        let callers = (0..<8).map { _ in loops.loops[0].spawn { [self] in await ask(client) } }
        let outcome: Result<Void, any Error>
        do {
            try await goesOn()
            try await body()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        state.withLock { $0.isOver = true }
        for caller in callers { await caller.value }
        await client.close()
        try outcome.get()
    }

    /// Returns when fifty more answers have come.
    func goesOn() async throws {
        let wanted = answers + 50
        try await eventually("the load goes on") { answers >= wanted }
    }

    private func ask(_ client: HTTPClient) async {
        let request = OutboundRequest(
            method: .post, url: "\(gateway.url)/v1/chat/completions",
            headers: ["authorization": "Bearer \(Gateway.key)"],
            body: .bytes(Array(#"{"model":"gpt","messages":[{"role":"user","content":"hi"}]}"#.utf8)))
        while !state.withLock({ $0.isOver }) {
            do {
                let response = try await client.send(request, bodyLimit: 1 << 20)
                let failure = response.status == 200 ? nil : String(decoding: response.body, as: UTF8.self)
                note(failure)
            } catch {
                note("\(error)")
            }
        }
    }

    private func note(_ failure: String?) {
        state.withLock { state in
            state.answers += 1
            if let failure { state.failures.append(failure) }
        }
    }
}
