import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Lists in pages, with cursors in every form in which clients hand them back.
    @Suite struct PagingTests {
        @Test func pagesLeadThroughTheWholeListAndBack() async throws {
            let api = try await PrivateInstallation.demonstration().api
            var seen: [String] = []
            var path = "/v1/evaluators/?page_size=7"
            var pages = 0
            while true {
                let page = try await api.get(path)
                #expect(page.status == 200, "\(page.text)")
                seen += page.results.map { $0.string("id") }
                pages += 1
                guard let next = page["next"]?.stringValue else { break }
                #expect(next.hasPrefix(api.base), "absolute, from the address that was called: \(next)")
                path = String(next.dropFirst(api.base.count))
            }
            #expect(pages > 4)
            #expect(seen.count >= 34 && seen.count == Set(seen).count)

            let last = try await api.get(path)
            let previous = try #require(last["previous"]?.stringValue)
            let before = try await api.get(String(previous.dropFirst(api.base.count)))
            #expect(before.results.count == 7)
            #expect(before.results.last?.string("id") == seen[seen.count - last.results.count - 1])
        }

        @Test func theNewestComeFirst() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.makeEvaluator()
            let page = try await api.get("/v1/evaluators/?page_size=30")
            #expect(page.results.first?.string("id") == made.string("id"))
            let times = page.results.map { $0.string("created_at") }
            #expect(times == times.sorted(by: >))
            #expect(page["previous"] == .null)
        }

        @Test func aCursorIsUnderstoodInEveryForm() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let first = try await api.get("/v1/evaluators/?page_size=3&search=e")
            let next = try #require(first["next"]?.stringValue)
            // Clients cut the token off behind "cursor=", so it is the last parameter.
            let token = try #require(next.components(separatedBy: "cursor=").last)
            #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            let expected = try await api.get("/v1/evaluators/?page_size=3&search=e&cursor=\(token)").results
            #expect(expected.count == 3)
            #expect(Set(expected).isDisjoint(with: first.results))

            let encoded = token.utf8.map { "%" + String($0, radix: 16) }.joined()
            for form in [
                encoded, Self.escape("\(token)&page_size=3"), Self.escape(next), Self.escape(Self.escape(next)),
            ] {
                let page = try await api.get("/v1/evaluators/?page_size=3&search=e&cursor=\(form)")
                #expect(page.results == expected, "\(form): \(page.text)")
            }
        }

        @Test func theOtherParametersStayInTheLinks() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let first = try await api.get("/v1/evaluators/?search=e&page_size=2&include_public=False")
            let next = try #require(first["next"]?.stringValue)
            #expect(next.contains("search=e") && next.contains("page_size=2") && next.contains("include_public=False"))
        }

        /// Starting over would make clients read the first page for ever.
        @Test(arguments: ["nonsense", "AAAA", "cursor%3D", "https%3A%2F%2Fx%2F%3Fpage%3D2"])
        func aCursorThatIsNoneIsRefused(cursor: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(
                try await api.get("/v1/evaluators/?cursor=\(cursor)"), 400, "invalid", field: "cursor")
        }

        @Test func thePageSizeIsMovedIntoItsBounds() async throws {
            let api = try await PrivateInstallation.demonstration().api
            try await withThrowingTaskGroup { group in
                for number in 0..<101 { group.addTask { _ = try await api.makeObjective("Number \(number)") } }
                try await group.waitForAll()
            }
            for (size, expected) in [
                ("1000", 100), ("99999999999999999999", 100), ("0", 1), ("-5", 1), ("1", 1), ("", 20),
            ] {
                let page = try await api.get("/v1/objectives/?page_size=\(size)")
                #expect(page.status == 200, "\(size): \(page.text)")
                #expect(page.results.count == expected, "page_size=\(size)")
            }
            #expect(try await api.get("/v1/objectives/").results.count == 20)
        }

        @Test(arguments: ["evaluators", "judges", "objectives", "models", "projects", "execution-logs"])
        func everyListIsAPage(collection: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let page = try await api.get("/v1/\(collection)/")
            #expect(page.status == 200, "\(page.text)")
            #expect(page.json?.objectValue.map { Set($0.keys) } == ["next", "previous", "results"])
        }

        private static func escape(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        }
    }
}
