import HTTPMessages
import HTTPServing
import JSON
import OpenAPI
import Testing

@testable import PublicAPI

/// The description is of this API: every route of it, and nothing else.
@Suite struct DescriptionTests {
    private static let description = PublicDescription.of(release: "test")

    private static var described: Set<String> {
        Set(description.groups.flatMap(\.operations).map { "\($0.method.rawValue) \($0.path)" })
    }

    @Test func everyRouteIsDescribed() async throws {
        try await PublicServer.run { server in
            let served = Set(server.router.routes.map { "\($0.method.rawValue) \($0.pattern)" })
            let missing = served.subtracting(Self.described).sorted()
            #expect(
                missing.isEmpty,
                """
                These routes have no description; give each an Operation in a group of \
                Sources/Daemons/PublicAPI/Documentation, and new groups a place in PublicDescription.groups: \(missing)
                """)
            let gone = Self.described.subtracting(served).sorted()
            #expect(gone.isEmpty, "These descriptions have no route; take them out or register the route: \(gone)")
        }
    }

    @Test func everyNoteIsAboutAMemberThatThereIs() {
        #expect(Self.description.mistakes == [])
    }

    @Test func operationsHaveNamesOfTheirOwnAndSayWhatTheyDo() {
        let operations = Self.description.groups.flatMap(\.operations)
        #expect(Set(operations.map(\.id)).count == operations.count)
        for operation in operations {
            #expect(!operation.summary.isEmpty && !operation.summary.hasSuffix("."), "\(operation.id)")
        }
    }

    @Test func everyReferenceHasItsShape() throws {
        let document = JSONWriter.bytes(of: Self.description.document)
        let text = String(decoding: document, as: UTF8.self)
        let names = Set(text.matches(of: #/#\/components\/schemas\/(\w+)/#).map { String($0.1) })
        let known = Set(Self.description.components.keys).union(["Problem"])
        #expect(names.subtracting(known).isEmpty)
    }

    @Test func itIsServedToWhoeverAsks() async throws {
        try await PublicServer.run { server in
            for path in ["/openapi.json", "/docs/download/", "/docs/download"] {
                let answer = try await server.send(.get, path, nil, [:], replica: 0)
                #expect(answer.status == 200 && answer["openapi"] == "3.1.0", "\(path)")
                #expect(answer.headers["content-type"] == "application/json")
            }
            let page = try await server.send(.get, "/docs", nil, [:], replica: 0)
            #expect(page.status == 200 && page.text.hasPrefix("<!doctype html>"))
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        }
    }
}
