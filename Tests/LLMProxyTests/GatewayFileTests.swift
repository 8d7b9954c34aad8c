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

    private func file(_ text: String, environment: [String: String] = [:]) throws -> GatewayFile {
        try GatewayFile(YAMLReader.parse(Array(text.utf8)), path: "/etc/gateway.yaml") { environment[$0] }
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
        ("providers: [{name: a, kind: openai}]\nopen: true", "OpenAI serves nobody without one"),
        ("providers: [{name: a, base_url: 'http://a'}, {name: a, base_url: 'http://b'}]\nopen: true", "two called a"),
        ("providers: [{name: a, base_url: '10.0.0.7:8000/v1'}]\nopen: true", "an address such as http://127.0.0.1"),
        ("providers: [{name: a, base_url: 'ftp://a'}]\nopen: true", "neither http:// nor https://"),
        ("providers: [{name: a, base_url: 'http://a:99999'}]\nopen: true", "an address such as http://127.0.0.1"),
        ("providers: [{name: a, kind: openai, key: k, region: eu}]\nopen: true", "kind openai have no such setting"),
        ("providers: [{name: a, kind: vertex_ai, key: k, location: us}]\nopen: true", "gateway.providers[1].project"),
        (
            "providers: [{name: a, kind: vertex_ai, key: '{}', project: p, location: us}]\nopen: true",
            "none of its kind"
        ),
        ("providers: [{name: a, kind: groq, key: ''}]\nopen: true", "it is empty"),
        ("providers: [{name: a, kind: groq, key: 'a b'}]\nopen: true", "without spaces"),
        ("providers: [{name: a, kind: groq, key: os.environ/KEY}]\nopen: true", "key_env names a variable"),
        ("providers: [{name: a, kind: groq, key_env: UNSET}]\nopen: true", "“UNSET” (file /etc/gateway.yaml:1)"),
        ("providers: [{name: a, kind: groq, keys: [{name: b, key: x}, {name: b, key: y}]}]\nopen: true", "name once"),
        ("providers: [{name: a, kind: openai, key: x, key_file: /x}]\nopen: true", "not both"),
        ("models: [{name: m, provider: nobody}]\nopen: true", "m names nobody"),
        ("models: [{name: m}]\nopen: true", "a provider, or deployments"),
        ("models: [{name: m, provider: p, deployments: [{provider: p}]}]\nopen: true", "not both"),
        (
            "providers: [{name: p, base_url: 'http://p'}]\nmodels:\n- {name: m, provider: p}\n"
                + "- {name: n, provider: p, aliases: [m]}\nopen: true",
            "gateway.yaml:4) cannot be used: expected every name"
        ),
        (
            "providers: [{name: p, base_url: 'http://p'}]\nmodels: [{name: m, provider: p, aliases: [n], fallbacks: [n]}]"
                + "\nopen: true", "other models that are listed, but m names n"
        ),
        ("models: {name: m}\nopen: true", "expected a list"),
        ("models: []", "at least one key, or open: true"),
        ("keys: [{name: k, key: short}]", "8 bytes or more"),
        ("keys: [{name: k, key: long-enough, models: [m]}]", "k names m"),
        ("keys: [{name: k, key: long-enough, budget: {limit: much}}]", "an amount in dollars"),
        ("keys: [{name: k, key: long-enough, budget: {limit: 5, warn_at: 6}}]", "not above the limit"),
        ("keys: [{name: k, key: long-enough}, {name: l, key: long-enough}]", "l has the same one as k"),
        ("prices: [{model: m, input: 1}]\nopen: true", "input and output in dollars"),
        ("prices: [{model: m, input: 1, output: 1, from: soon}]\nopen: true", "a day such as 2026-01-31"),
        ("prices: [{model: m, input: 1, output: 1, from: 2026-02-01, until: 2026-01-01}]\nopen: true", "a day after"),
        ("prices: [{model: m, provider: opneai, input: 1, output: 1}]\nopen: true", "“opneai”"),
        ("prices: [{model: m, input: 1, output: 1}, {model: m, input: 2, output: 1}]\nopen: true", "one price"),
        ("open: maybe", "expected true or false"), ("[]", "names with values"),
    ])
    func mistakesAreNamedWithWhatWouldBeRight(text: String, complaint: String) {
        let error = #expect(throws: SettingsError.self) { try file(text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(complaint), "\(message)")
        #expect(message.contains("/etc/gateway.yaml:"), "\(message)")
    }

    @Test(arguments: [
        "keys: [{name: k, key: hushed}]", "keys: [{name: k, key_sha256: hushed-hushed}]", "keys: [hushed-hushed]",
        "providers: [{name: a, kind: vertex_ai, project: p, location: l, key: '{hushed'}]\nopen: true",
        "providers: [{name: a, base_url: 'http://me:hushed@host:x'}]\nopen: true",
    ])
    func noMessageRepeatsASecret(text: String) {
        let error = #expect(throws: SettingsError.self) { try file(text) }
        #expect(error.map { !"\($0)".contains("hushed") } == true)
    }

    @Test func keysStandInTheEnvironment() throws {
        let text = """
            providers: [{name: a, kind: groq, key_env: GROQ}]
            keys: [{name: k, key_env: MINE}]
            """
        let file = try file(text, environment: ["GROQ": "gsk-1", "MINE": "sk-mine-123"])
        #expect(file.providers[0].keys.map(\.secret) == ["gsk-1"])
        #expect(file.keys[0].digest == CallerKeys.Digest(of: "sk-mine-123"))
    }

    @Test func exampleOfThePackageIsTheManualsAndCanBeUsed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let example = try String(contentsOf: root.appending(path: "packaging/examples/gateway.yaml"), encoding: .utf8)
        let settings = example.split(separator: "\n").drop { $0.hasPrefix("#") }.joined(separator: "\n")
        let manual = try String(contentsOf: root.appending(path: "man/scorable-llmproxyd.8"), encoding: .utf8)
        #expect(manual.contains(settings))
        let node = try YAMLReader.parse(
            Array(settings.replacing(#/key_file: \/etc\/scorable\/(\w+)\.key/#) { "key_env: \($0.1)" }.utf8))
        guard case .mapping(let sections) = node.value else { throw CocoaError(.fileReadCorruptFile) }
        let gateway = try #require(sections.first { $0.key == "gateway" }?.node)
        let file = try GatewayFile(gateway, path: "gateway.yaml") { "sk-of-\($0)" }
        #expect(file.keys.map(\.name) == ["ada", "nightly"] && file.models.count == 3)
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
