import FoundationEssentials
import Providers
import Scoring
import Settings
import Spending
import Testing
import YAML

@testable import LLMProxy

/// What a gateway's file says, and what is said of mistakes in it.
@Suite struct GatewayFileTests {
    /// Somebody on whom calls are booked.
    static let payer = Payer(organization: Gateway.organization)

    private func file(_ text: String) throws -> GatewayFile {
        try GatewayFile(YAMLReader.parse(Array(text.utf8)), path: "/etc/gateway.yaml")
    }

    private static let whole = """
        providers:
          - name: openai
            kind: openai
            key: sk-1
            limits: {requests_per_minute: 500, concurrency: 64}
          - name: bedrock
            kind: bedrock
            region: eu-west-1
            keys:
              - {name: a, key: "AKIA1:secret", weight: 2}
              - {name: b, key: "AKIA2:secret"}
          - name: local
            kind: vllm
            base_url: http://127.0.0.1:8000/v1
        models:
          - name: best
            aliases: [root]
            choice: weighted
            deployments:
              - {provider: openai, model: gpt-5, weight: 3, limits: {tokens_per_minute: 1000}}
              - {provider: bedrock, model: "claude-v1:0"}
            fallbacks: [cheap]
            max_output_tokens: 2000
            timeouts: {first_byte: 30s, idle: 5s}
          - {name: cheap, provider: local, unpriced: true}
        prices:
          - {model: "gpt-5*", input: 1.25, output: 10, cached_input: 0.125, from: 2026-01-01, until: 2027-01-01}
        keys:
          - name: team
            key: sk-team-12345
            models: [best]
            lane: batch
            project: search
            limits: {requests_per_minute: 60}
            budget: {limit: 50, period: day, warn_at: 40}
          - {name: hashed, key_sha256: "\(String(repeating: "ab", count: 32))"}
        budget: {limit: 1000}
        demonstration: true
        """

    @Test func everythingIsReadAndFindsItsPlace() throws {
        let file = try file(Self.whole)
        #expect(file.providers.map(\.name) == ["openai", "bedrock", "local"])
        #expect(file.providers[0].provider.baseURL == "https://api.openai.com/v1")
        #expect(file.providers[0].limits == CallLimits(requestsPerMinute: 500, concurrency: 64))
        #expect(file.providers[1].keys.map(\.weight) == [2, 1])
        #expect(file.providers[1].provider.settings.region == "eu-west-1")
        let best = file.models[0]
        #expect(best.choice == .weighted && best.fallbacks == ["cheap"] && best.aliases == ["root"])
        #expect(best.servers.map(\.model) == ["gpt-5", "claude-v1:0"])
        #expect(best.servers[0].limits.tokensPerMinute == 1000)
        #expect(best.terms.maximumOutputTokens == 2000 && best.terms.idleTimeout == .seconds(5))
        #expect(!best.terms.isUnpricedAllowed && file.models[1].terms.isUnpricedAllowed)
        let price = try #require(file.prices.first)
        #expect(price.tariff.cachedInput == Money(dollars: 0.125))
        #expect(price.isValid(at: Date(timeIntervalSince1970: 1_767_225_600)))
        #expect(!price.isValid(at: Date(timeIntervalSince1970: 1_767_225_599)))
        let team = file.keys[0]
        #expect(team.models == ["best"] && team.lane == .batch && team.limits.requestsPerMinute == 60)
        #expect(team.digest == CallerKeys.Digest(of: "sk-team-12345"))
        #expect(file.budgets.map(\.limit) == [Money(dollars: 1000), Money(dollars: 50)])
        #expect(file.budgets[1].period == .day && file.budgets[1].scope.covers(team.payer))
        #expect(!file.isOpen && file.hasDemonstration)
    }

    @Test func whatIsCountedForAKeyGoesOnWhenTheFileIsReadAgain() throws {
        #expect(try file(Self.whole).keys.map(\.payer) == (try file(Self.whole).keys.map(\.payer)))
        #expect(try file(Self.whole).budgets.map(\.id) == (try file(Self.whole).budgets.map(\.id)))
    }

    @Test(arguments: [
        ("providers: [{kind: openai}]\nopen: true", "gateway.providers[1].name"),
        ("providers: [{name: a, kind: opnai}]\nopen: true", "expected one of openai, azure_openai"),
        ("providers: [{name: a, kind: vllm}]\nopen: true", "gateway.providers[1].base_url"),
        ("providers: [{name: a, kind: openai, kye: x}]\nopen: true", "Did you mean key?"),
        ("providers: [{name: a, kind: openai}, {name: a, kind: groq}]\nopen: true", "two called a"),
        ("providers: [{name: a, kind: openai, key: x, key_file: /x}]\nopen: true", "not both"),
        ("models: [{name: m, provider: nobody}]\nopen: true", "m names nobody"),
        ("models: [{name: m}]\nopen: true", "a provider, or deployments"),
        ("models: {name: m}\nopen: true", "expected a list"),
        ("models: []", "at least one key, or open: true"),
        ("keys: [{name: k, key: short}]", "8 bytes or more"),
        ("keys: [{name: k, key: long-enough, models: [m]}]", "k names m"),
        ("keys: [{name: k, key: long-enough, budget: {limit: much}}]", "an amount in dollars"),
        ("prices: [{model: m, input: 1}]\nopen: true", "input and output in dollars"),
        ("prices: [{model: m, input: 1, output: 1, from: soon}]\nopen: true", "a day such as 2026-01-31"),
        ("open: maybe", "expected true or false"), ("[]", "names with values"),
    ])
    func mistakesAreNamedWithWhatWouldBeRight(text: String, complaint: String) {
        let error = #expect(throws: SettingsError.self) { try file(text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(complaint), "\(message)")
        #expect(message.contains("/etc/gateway.yaml:"), "\(message)")
    }

    @Test func secretsAreReadFromFilesWithoutTheirLineBreak() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "gateway-\(UUID()).key").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data("sk-from-file\n".utf8)))
        defer { try? FileManager.default.removeItem(atPath: path) }  // ok: a temporary file
        let file = try file("providers: [{name: a, kind: openai, key_file: \(path)}]\nopen: true")
        #expect(file.providers[0].keys.map(\.secret) == ["sk-from-file"])
        #expect(throws: SettingsError.self) {
            try self.file("providers: [{name: a, kind: openai, key_file: /nonexistent}]\nopen: true")
        }
    }
}
