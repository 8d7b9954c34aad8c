import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Execution logs: lists, tables, tags, identifiers.
    @Suite struct ExecutionLogTests {
        private let path = "/v1/execution-logs/"

        /// A built-in evaluator executed; the identifier of its log.
        private func execute(
            _ api: APIClient, session: String, response: String = "It opens at nine.", user: String = "u"
        ) async throws -> String {
            let reply = try await api.post(
                "/v1/evaluators/execute/\(rootEvaluator)/",
                [
                    "request": "When does it open?", "response": .string(response), "session_id": .string(session),
                    "user_id": .string(user), "tags": ["first"],
                ])
            #expect(reply.status == 200, "\(reply.text)")
            return reply.string("execution_log_id")
        }

        private func session() -> String { "session-\(UUID().uuidString)" }

        @Test func listsAreInEitherOrderOfTimeAndGoOn() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let session = session()
            var logs: [String] = []
            for _ in 0..<3 { logs.append(try await execute(api, session: session)) }
            let oldest = try await api.get("\(path)?session_id=\(session)&ordering=created_at&page_size=2")
            #expect(oldest.results.map { $0.string("id") } == Array(logs.prefix(2)))
            let next = try #require(oldest["next"]?.stringValue)
            let rest = try await api.get(String(next.dropFirst(api.base.count)))
            #expect(rest.results.map { $0.string("id") } == [logs[2]] && rest["next"] == .null)
            let previous = try #require(rest["previous"]?.stringValue)
            let back = try await api.get(String(previous.dropFirst(api.base.count)))
            #expect(back.results.map { $0.string("id") } == Array(logs.prefix(2)))
            let newest = try await api.get("\(path)?session_id=\(session)&ordering=-created_at")
            #expect(newest.results.map { $0.string("id") } == logs.reversed())
        }

        @Test func aPageIsATableOnRequest() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let session = session()
            let long = "=1+1 \(String(repeating: "word ", count: 8000))"
            let log = try await execute(api, session: session, response: long)
            let cut = try await api.get("\(path)?session_id=\(session)&export=csv")
            #expect(cut.status == 200 && cut.headers["content-type"] == "text/csv; charset=utf-8")
            #expect(cut.headers["content-disposition"]?.contains("attachment") == true)
            let lines = cut.text.split(separator: "\r\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("id,created_at,"), "\(lines.count)")
            #expect(lines[0].contains(",request_truncated,") && lines[0].contains(",response_truncated,"))
            #expect(lines[0].hasSuffix(",log_url") && lines[1].hasSuffix("\(api.base)/v1/execution-logs/\(log)/"))
            #expect(lines[1].contains(",'=1+1 word") && lines[1].contains(",true,"))
            #expect(lines[1].utf8.count < 34_000)
            let whole = try await api.get("\(path)?session_id=\(session)&export=csv&export_full_text=true")
            #expect(whole.text.contains(long) && !whole.text.contains(",true,"))
            expectProblem(try await api.get("\(path)?export=xlsx"), 400, "invalid", field: "export")
        }

        @Test func aLongTableIsWhole() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let session = session()
            for _ in 0..<5 { _ = try await execute(api, session: session) }
            let table = try await api.get("\(path)?session_id=\(session)&export=csv&page_size=4&ordering=created_at")
            #expect(table.text.split(separator: "\r\n").count == 5, "the page and its header")
        }

        @Test func tagsAreReplaced() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let log = try await execute(api, session: session())
            let reply = try await api.post(
                "\(path)set-tags/", ["log_ids": [.string(log), .string(unknownID)], "tags": ["b", "a", "b"]])
            #expect(reply.status == 204 && reply.bytes.isEmpty, "\(reply.text)")
            #expect(try await api.get("\(path)\(log)/")["tags"] == ["b", "a"])
            #expect(try await api.post("\(path)set-tags/", ["log_ids": [.string(log)], "tags": []]).status == 204)
            #expect(try await api.get("\(path)\(log)/")["tags"] == [])
        }

        @Test func whatCannotBeTaggedIsRefused() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let log = JSONValue.string(try await execute(api, session: session()))
            let many = JSONValue.array((0..<16).map { .string("t\($0)") })
            expectProblem(
                try await api.post("\(path)set-tags/", ["log_ids": [log], "tags": many]), 400, "invalid", field: "tags")
            expectProblem(
                try await api.post("\(path)set-tags/", ["log_ids": [], "tags": ["a"]]), 400, "invalid",
                field: "log_ids")
            expectProblem(
                try await api.post("\(path)set-tags/", ["log_ids": [log], "tags": [""]]), 400, "invalid", field: "tags")
            expectProblem(
                try await api.post(
                    "\(path)set-tags/", ["log_ids": .array(Array(repeating: log, count: 501)), "tags": []]), 400,
                "invalid", field: "log_ids")
        }

        @Test func sessionsAndUsersAreFoundByTheirBeginning() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let (session, user) = (session(), "user-\(UUID().uuidString)")
            _ = try await execute(api, session: "\(session)-b", user: user)
            _ = try await execute(api, session: "\(session)-a", user: user)
            #expect(
                try await api.get("\(path)session-ids/?starts_with=\(session)").json
                    == [.string("\(session)-a"), .string("\(session)-b")])
            #expect(try await api.get("\(path)user-ids/?starts_with=\(user)").json == [.string(user)])
            #expect(try await api.get("\(path)user-ids/?starts_with=nobody-has-this").json == [])
            #expect(try await api.get("\(path)session-ids/").json?.arrayValue.map { $0.count <= 30 } == true)
        }
    }
}
