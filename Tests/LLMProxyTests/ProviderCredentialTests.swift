import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Scoring
import Spending
import Stores
import Tenancy
import Testing

@testable import LLMProxy
@testable import Providers

/// With which of several keys a provider is called, and how keys become tokens.
@Suite struct ProviderCredentialTests {
    private static let provider = ProviderID(uuid: UUID(high: 9, low: 1))

    /// The models `m` and `n` of one provider that has these keys.
    private static func options(_ keys: [String]) -> ProxyRig.Options {
        ProxyRig.Options { options in
            options.settings.retries.attempts = 1
            options.providerKeys = { _ in
                keys.enumerated().map { index, text in
                    SealedProviderKey(
                        key: StoredProviderKey(
                            id: ProviderKeyID(uuid: UUID(high: 9, low: UInt64(index) + 10)), providerID: provider,
                            name: "key \(index)", createdAt: Date(timeIntervalSince1970: Double(index))),
                        box: Array(text.utf8))
                }
            }
            options.routes = { name, port in
                CallRoute(
                    Deployment(
                        server: .provider(
                            Providers.Provider(
                                .openAICompatible, name: "acme", baseURL: "http://127.0.0.1:\(port)/v1"), model: name),
                        keys: .pool(provider), place: "acme", providerID: provider))
            }
        }
    }

    private func keys(_ rig: ProxyRig) -> [String] { rig.calls.all.map { $0.headers["authorization"] ?? "none" } }

    @Test func keyThatIsNotAcceptedGivesWayToTheNext() async throws {
        try await ProxyRig.run(Self.options(["sk-old", "sk-new"])) { _, request, _ in
            request.headers["authorization"] == "Bearer sk-old"
                ? Answer.text(401, "{}") : Answer.text(200, Answer.completion)
        } _: { rig in
            for _ in 0..<6 {
                let response = try await rig.ask("m")
                #expect(response.status == 200)
            }
            #expect(keys(rig).count { $0 == "Bearer sk-old" } <= 1)
            #expect(keys(rig).count { $0 == "Bearer sk-new" } == 6)
        }
    }

    @Test func withoutAKeyThatWorksTheFailureSaysSo() async throws {
        try await ProxyRig.run(Self.options(["sk-a", "sk-b"])) { _, _, _ in
            Answer.text(401, "{}")
        } _: { rig in
            for _ in 0..<2 {
                let response = try await rig.ask("m")
                #expect(response.status == 502 && response.errorCode == "authentication")
            }
            #expect(Set(keys(rig)) == ["Bearer sk-a", "Bearer sk-b"] && rig.calls.count == 2)
        }
    }

    @Test func modelThatHasHadEnoughDoesNotTakeTheKeyFromOthers() async throws {
        try await ProxyRig.run(Self.options(["sk-only"])) { _, _, body in
            String(decoding: body, as: UTF8.self).contains(#""model":"m""#)
                ? Answer.text(429, "{}", ["retry-after": "30"]) : Answer.text(200, Answer.completion)
        } _: { rig in
            let first = try await rig.ask("m")
            #expect(first.status == 429 && first.headers["retry-after"] == "30")
            let other = try await rig.ask("n")
            #expect(other.status == 200)
            let second = try await rig.ask("m")
            #expect(second.status == 429 && second.errorCode == "rate_limited")
            #expect(Int(second.headers["retry-after"] ?? "") ?? 0 > 25)
            #expect(rig.calls.count == 2, "within the pause that the provider asked for it is left alone")
        }
    }

    @Test func keyThatHasHadEnoughForAMomentIsWaitedFor() async throws {
        var options = Self.options(["sk-only"])
        options.settings.retries.attempts = 3
        // A provider that says no time to wait is left alone for a second.
        try await ProxyRig.run(options) { call, _, _ in
            call == 1 ? Answer.text(429, "{}") : Answer.text(200, Answer.completion)
        } _: { rig in
            let governor = rig.parts.equipment.governor
            governor.start()
            async let second = rig.ask("m", deadline: .seconds(20))
            let first = try await rig.ask("m", deadline: .seconds(20))
            #expect(first.status == 200, "\(first.text)")
            #expect(try await second.status == 200)
            #expect(rig.calls.count == 3)
            await governor.stop()
        }
    }

    @Test func providerWithTooMuchToDoIsNotTheKeysFault() async throws {
        try await ProxyRig.run(Self.options(["sk-only"])) { call, _, _ in
            call == 1 ? Answer.text(503, "{}") : Answer.text(200, Answer.completion)
        } _: { rig in
            let governor = rig.parts.equipment.governor
            governor.start()
            let first = try await rig.ask("m")
            #expect(first.status == 503 && first.errorCode == "overloaded")
            // Everybody leaves the provider alone for a moment; the key is as good as before.
            let second = try await rig.ask("m", deadline: .seconds(20))
            #expect(second.status == 200, "\(second.text)")
            await governor.stop()
        }
    }

    // MARK: Tokens

    /// A service account of Google whose tokens come from this server.
    private static func account(_ port: Int) -> ProviderKey {
        ProviderKey(
            """
            {"type":"service_account","project_id":"p","private_key_id":"k","client_email":"a@p.example",
            "private_key":"\(AccountKey.pem.replacing("\n", with: "\\n"))",
            "token_uri":"http://127.0.0.1:\(port)/token"}
            """)
    }

    private static func issuer(_ port: Int) throws -> TokenIssuer {
        guard case .tokens(let issuer) = ProviderKind.vertexAI.access(by: account(port)) else {
            throw HTTPClientGone()
        }
        return issuer
    }

    private static func token(_ call: Int, seconds: Int) -> HTTPResponse {
        Answer.text(200, #"{"access_token":"token-\#(call)","expires_in":\#(seconds),"token_type":"Bearer"}"#)
    }

    @Test func oneTokenServesAllCallsUntilShortlyBeforeItsEnd() async throws {
        try await ProxyRig.run { call, _, _ in
            Self.token(call, seconds: 3600)
        } _: { rig in
            let clock = Note(Date(timeIntervalSince1970: 2_000_000_000))
            let tokens = AccessTokens(client: rig.client, loops: TestLoops.group, now: { clock.value })
            let issuer = try Self.issuer(rig.providerPort)
            @Sendable func token() async throws -> String {
                try await tokens.token(of: issuer, for: "vertex").text
            }
            let all = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await token() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(all == Array(repeating: "token-1", count: 20) && rig.calls.count == 1)
            clock.update { $0.addTimeInterval(3200) }
            #expect(try await token() == "token-1")
            // Still good for a call, and time to get the next one, which nobody waits for.
            clock.update { $0.addTimeInterval(200) }
            #expect(try await token() == "token-1")
            let isRenewed = try await becomesTrue { try await token() == "token-2" }
            #expect(isRenewed && rig.calls.count == 2)
            clock.update { $0.addTimeInterval(3590) }
            #expect(try await token() == "token-3", "the old one is over")
        }
    }

    @Test func clockThatIsSetBackKeepsNoTokenAlive() async throws {
        try await ProxyRig.run { call, _, _ in
            // Good for a second, because the last half a minute is not used.
            Self.token(call, seconds: 31)
        } _: { rig in
            let clock = Note(Date(timeIntervalSince1970: 2_000_000_000))
            let tokens = AccessTokens(client: rig.client, loops: TestLoops.group, now: { clock.value })
            let issuer = try Self.issuer(rig.providerPort)
            #expect(try await tokens.token(of: issuer, for: "vertex").text == "token-1")
            clock.update { $0.addTimeInterval(-86_400) }
            let isRenewed = try await becomesTrue {
                try await tokens.token(of: issuer, for: "vertex").text == "token-2"
            }
            #expect(isRenewed && rig.calls.count == 2)
        }
    }

    @Test func tokenThatIsRevokedGivesWayToANewOne() async throws {
        let clock = Note(Date(timeIntervalSince1970: 2_000_000_000))
        let revoked = Note<Set<String>>([])
        let given = Note(0)
        let options = ProxyRig.Options { options in
            options.now = { clock.value }
            options.settings.retries.attempts = 1
            options.routes = { _, port in
                CallRoute(
                    Deployment(
                        server: .provider(
                            Providers.Provider(.vertexAI, name: "vertex", baseURL: "http://127.0.0.1:\(port)/v1"),
                            model: "gemini"), keys: .fixed(Self.account(port)), place: "vertex"))
            }
        }
        try await ProxyRig.run(options) { _, request, _ in
            guard request.path != "/token" else {
                given.update { $0 += 1 }
                return Self.token(given.value, seconds: 3600)
            }
            let token = request.headers["authorization"]?.dropFirst("Bearer ".count) ?? ""
            guard !revoked.value.contains(String(token)) else {
                return Answer.text(401, #"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"expired"}}"#)
            }
            return Answer.text(
                200,
                #"{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP"}],"#
                    + #""usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}"#)
        } _: { rig in
            let first = try await rig.ask("m")
            #expect(first.status == 200, "\(first.text)")
            revoked.update { $0 = ["token-1"] }
            clock.update { $0.addTimeInterval(120) }
            // Of calls that were on their way with the old one each goes on with the new one.
            async let other = rig.ask("m")
            let second = try await rig.ask("m")
            #expect(second.status == 200, "\(second.text)")
            #expect(try await other.status == 200 && given.value == 2)
            // A new one would be no better than one that is as good as new, and its issuer is left alone.
            revoked.update { $0 = ["token-1", "token-2"] }
            let third = try await rig.ask("m")
            #expect(third.status == 502 && third.errorCode == "authentication" && given.value == 2, "\(third.text)")
        }
    }

    @Test func issuerThatRefusesFailsTheCallAndIsAskedAgainAtTheNext() async throws {
        try await ProxyRig.run { call, _, _ in
            switch call {
            case 1: Answer.text(503, "busy")
            case 2: Answer.text(400, #"{"error":"invalid_grant","error_description":"unknown account"}"#)
            default: Self.token(call, seconds: 3600)
            }
        } _: { rig in
            let tokens = AccessTokens(client: rig.client, loops: TestLoops.group, now: { Date() })
            let issuer = try Self.issuer(rig.providerPort)
            // One that cannot do its work says nothing against the key.
            let outage = await #expect(throws: AttemptFailure.self) {
                try await tokens.token(of: issuer, for: "vertex")
            }
            #expect(outage?.failure.code == .providerError)
            let failure = await #expect(throws: AttemptFailure.self) {
                try await tokens.token(of: issuer, for: "vertex")
            }
            #expect(failure?.failure.code == .authentication)
            #expect(failure?.failure.message.contains("unknown account") == true)
            #expect(try await tokens.token(of: issuer, for: "vertex").text == "token-3")
        }
    }
}

/// A key that is nobody's.
private enum AccountKey {
    static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALx72wQOkSOusu9F
        d8VLKwrJvjAVSHP1Concba+ViwgGYFoHo4O/33owo0OFCDRMoJv5uLf6SQFiYKA3
        Ye6mshRdyDo86s48HIs2Kc2AcQmhG3E/Dl7ZO006aqnMfu56cLQgV9Cit2GXBqCb
        z2WJKanl9vDsNNg5BKo7fp07yUCpAgMBAAECgYAHinUCvop0AQNLq13VWOKJ9fRT
        /CX/7afUSCtjQPplAcxNDc0u8jhArT168BGZ9g7e7qjDQ5I0Kflvr4eNgsHRGRyz
        HU9EW5oVGdRpkehaEKMFkEjvVaX4GJlsaIGrA0EAHj2JtSyPzzjT/tqhQZzZzqtY
        vt/LhryYaEX3DLS+AQJBAPMQkQ4+Reg+48imGwEbsjRZBj3fX2RoBCPJkb0J0hAo
        hEybyUh4aRhnUF8iup4cqLG/cPwkUbqjRNwwuxKwsiECQQDGg7Jb8ITsVE9ehq9X
        gXmyK3RAAxle0+Vx3h2I6JAe5/rJnS5WUHLzVP3dIEHWu3AqJTOQuDlPTu3IINeM
        5k2JAkBnOFbRXKKlUOe8ksWO/+r6jf+3kL9azU1MwVHRnHUHhZ1BRzsAOpou0djw
        vbfQY01ERo89lFLc1m7srwkSk9ThAkEAiXbM3YmSIizHwUc2yDuqT8xzdZgvy1Ck
        Q9NxVErm8d/l9BLZ8X9H+mRSXvtlXBLzutuD96T6WobndXv4h2M7MQJBAOd0plU/
        mf8qsxc2+sPp66hj5DDDnFzhc/79s/U5oSMxB/Vxb+Y0eqj9+hanXDqQM+ITd+Yf
        cIEiJS/MzlBNjdE=
        -----END PRIVATE KEY-----
        """
}
