import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServing
import Observability
import Scoring
import Spending
import Stores
import Testing
import YAML

@testable import LLMProxy

/// What a proxy that serves alone makes of its file, and of another one that takes its place.
@Suite struct GatewayContentTests {
    private static let provider = "providers: [{name: local, base_url: 'http://127.0.0.1:1/v1'}]\n"

    private func file(_ text: String) throws -> GatewayFile {
        try GatewayFile(YAMLReader.parse(Array(text.utf8)), path: "/etc/gateway.yaml")
    }

    private func gateway(_ text: String) throws -> Gateway {
        Gateway(try file(text), governor: .test(on: TestLoops.group.loops[0], Metrics()))
    }

    private func names(_ gateway: Gateway) async throws -> [String] {
        try await gateway.routes.models(Gateway.organization).map(\.name)
    }

    @Test func modelIsListedAndMayBeAskedForByEachOfItsNames() async throws {
        let gateway = try gateway(
            Self.provider + """
                models: [{name: big, provider: local, aliases: [root, best]}, {name: small, provider: local}]
                keys: [{name: one, key: sk-one-123, models: [best]}]
                """)
        let names = try await names(gateway)
        #expect(names == ["big", "root", "best", "small"])
        let caller = try gateway.keys.caller(["x-api-key": "sk-one-123"])
        #expect(["big", "root", "best"].allSatisfy(caller.mayUse) && !caller.mayUse("small"))
    }

    @Test func demonstrationAnswersForOthersOnlyWhereThereAreNone() async throws {
        let alone = try gateway("open: true\ndemonstration: true")
        #expect(try await alone.routes.route(Gateway.organization, "gpt-4o") != nil)
        let beside = try gateway(Self.provider + "open: true\ndemonstration: true")
        #expect(try await beside.routes.route(Gateway.organization, "gpt-4o") == nil)
        #expect(try await names(beside) == ["demo/heuristic"])
    }

    @Test func keyGoesToNoOtherServerThanItsOwnWhenBothChange() async throws {
        func text(_ port: Int, _ key: String, _ other: String) -> String {
            """
            providers: [{name: p, base_url: 'http://127.0.0.1:\(port)', keys: [{name: a, key: \(key)}, {name: b, key: \(other)}]}]
            models: [{name: m, provider: p}]
            open: true
            """
        }
        let gateway = try gateway(text(1, "k-1", "k-2"))
        func server() async throws -> ProviderID {
            try #require(try await gateway.routes.route(Gateway.organization, "m")?.stages[0].deployments[0].providerID)
        }
        func keys(_ id: ProviderID) -> [String] {
            gateway.providerKeys(of: [id]).map { String(decoding: $0.box, as: UTF8.self) }
        }
        let first = try await server()
        let ids = gateway.providerKeys(of: [first]).map(\.key.id)
        gateway.replace(with: try file(text(1, "k-1", "k-3")))
        let unmoved = try await server()
        #expect(unmoved == first && keys(first) == ["k-1", "k-3"])
        let renewed = gateway.providerKeys(of: [first]).map(\.key.id)
        #expect(renewed[0] == ids[0] && renewed[1] != ids[1])
        gateway.replace(with: try file(text(2, "k-4", "k-5")))
        let second = try await server()
        #expect(second != first && keys(second) == ["k-4", "k-5"] && keys(first) == ["k-1", "k-3"])
    }

    @Test func operatorsNameWhatIsThere() throws {
        let gateway = try gateway(Self.provider + "models: [{name: m, provider: local, model: n}]\nopen: true")
        try gateway.requireServed(nil, by: "local")
        try gateway.requireServed("n", by: "local")
        for (model, provider) in [(nil, "locale"), ("m", "local")] as [(String?, String)] {
            let problem = #expect(throws: APIProblem.self) { try gateway.requireServed(model, by: provider) }
            #expect(problem?.status == 404)
        }
    }

    @Test func modelsThatCannotBeCalledAreToldOf() throws {
        let file = try file(
            """
            providers: [{name: local, kind: groq, key: gsk-1}]
            models: [{name: dear, provider: local}, {name: free, provider: local, unpriced: true}]
            prices: [{model: dear, input: 1, output: 1, until: 2026-01-01}]
            open: true
            """)
        #expect(file.remarks(at: Date(timeIntervalSince1970: 1_767_225_599)).isEmpty)
        let remarks = file.remarks(at: Date(timeIntervalSince1970: 1_767_225_600))
        #expect(remarks.count == 1 && remarks[0].contains("calls of dear will be refused"), "\(remarks)")
    }
}
