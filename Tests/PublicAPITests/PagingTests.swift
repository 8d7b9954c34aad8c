import EventLoop
import Foundation
import HTTPMessages
import JSON
import Synchronization
import Testing

/// Pages lead through a list so that what is there throughout comes exactly once, whatever others add and take away.
@Suite(.serialized) struct PagingTests {
    /// A list, how something is made for it, and how that goes again.
    struct List: Sendable, CustomTestStringConvertible {
        let path: String
        /// Makes one, and says what it is in the list.
        let make: @Sendable (Caller, Int) async throws -> String
        /// What of an item says which it is.
        var key = "id"
        /// Whether one can be deleted at `path` and its identifier.
        var isDeletable = true
        var orderings = [""]

        var testDescription: String { path }
    }

    private static func simple(
        _ path: String, _ body: @escaping @Sendable (Int) -> JSONValue
    ) -> List {
        List(path: path, make: { caller, number in try await caller.make(path, body(number)) })
    }

    static let lists: [List] = [
        simple("/v1/objectives/") { ["intent": .string("Number \($0)")] },
        simple("/v1/score-configs/") { ["name": .string("Number \($0)"), "type": "continuous"] },
        simple("/v1/datasets/") { ["name": .string("Number \($0)")] },
        simple("/v1/projects/") { ["name": .string("Number \($0)")] },
        simple("/v1/models/") { ["name": .string("number-\($0)"), "model": "openai/x"] },
        simple("/v1/evaluators/") {
            [
                "name": .string("Number \($0)"), "scoring_criteria": "Rate {{response}}",
                "objective": ["intent": "To count"],
            ]
        },
        simple("/v1/judges/") { ["name": .string("Number \($0)"), "intent": "To count", "evaluator_references": []] },
        List(
            path: "/v1/execution-logs/",
            make: { caller, number in
                let answer = try await caller.send(
                    .post, "/v1/evaluators/execute/by-name/?name=Clarity", ["response": .string("Number \(number)")])
                return answer["execution_log_id"].stringValue ?? ""
            }, isDeletable: false, orderings: ["", "&ordering=created_at", "&ordering=-created_at"]),
        List(
            path: "/v1/judges/batch-executions/",
            make: { caller, number in
                let found = try await caller.get("/v1/evaluators/?name=Clarity")
                let answer = try await caller.send(
                    .post, "/v1/batch-executions/",
                    [
                        "evaluator_ids": [found.results[0]["id"] ?? .null],
                        "inputs": [["response": .string("Number \(number)")]],
                    ])
                return answer["batch_execution_id"].stringValue ?? ""
            }, key: "batch_execution_id", isDeletable: false),
        List(
            path: "/v1/otel/traces/",
            make: { caller, number in
                let trace = UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
                let now = UInt64(Date().timeIntervalSince1970)
                _ = try await caller.send(
                    .post, "/otel/v1/traces",
                    [
                        "resourceSpans": [
                            [
                                "scopeSpans": [
                                    [
                                        "spans": [
                                            [
                                                "traceId": .string(trace), "spanId": "b7ad6b7169203331",
                                                "name": .string("Number \(number)"), "kind": 1,
                                                "startTimeUnixNano": .string("\(now)000000000"),
                                                "endTimeUnixNano": .string("\(now)500000000"),
                                            ]
                                        ]
                                    ]
                                ]
                            ]
                        ]
                    ])
                return trace
            }, key: "trace_id", isDeletable: false),
    ]

    @Test(arguments: lists)
    func whatIsThereThroughoutComesExactlyOnce(list: List) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            for ordering in list.orderings {
                try await Self.walk(list, ordering, caller)
            }
        }
    }

    private static func walk(_ list: List, _ ordering: String, _ caller: Caller) async throws {
        var staying: [String] = []
        var leaving: [String] = []
        for number in 0..<24 {
            let id = try await list.make(caller, Int.random(in: 0...1_000_000_000))
            #expect(!id.isEmpty)
            if number.isMultiple(of: 3), list.isDeletable { leaving.append(id) } else { staying.append(id) }
        }
        let (seen, gone) = try await Self.pagesWhileOthersWrite(list, ordering, leaving, caller)
        #expect(seen.count == Set(seen).count, "nothing twice: \(list.path)\(ordering)")
        #expect(Set(staying).isSubset(of: seen), "\(list.path)\(ordering) lost \(Set(staying).subtracting(seen))")
        #expect(gone == leaving.count)
    }

    /// What all pages have, while one task adds, and one deletes what is to leave.
    private static func pagesWhileOthersWrite(
        _ list: List, _ ordering: String, _ leaving: [String], _ caller: Caller
    ) async throws -> (seen: [String], gone: Int) {
        let walk = Walk()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var count = 0
                while walk.isOn.load(ordering: .relaxed), count < 200 {
                    _ = try await list.make(caller, Int.random(in: 0...1_000_000_000))
                    count += 1
                }
                return 0
            }
            group.addTask {
                var gone = 0
                for id in leaving {
                    gone += try await caller.send(.delete, "\(list.path)\(id)/").status == 204 ? 1 : 0
                }
                return gone
            }
            var seen: [String] = []
            var path: String? = "\(list.path)?page_size=3\(ordering)"
            // The oldest first, new ones come for ever.
            while let next = path, seen.count < 150 {
                let page = try await caller.get(next)
                #expect(page.status == 200, "\(page.text)")
                seen += page.results.compactMap { $0[list.key]?.stringValue }
                path = page["next"].stringValue.map { String($0.drop { $0 != "?" }) }.map { list.path + $0 }
            }
            walk.isOn.store(false, ordering: .relaxed)
            return (seen, try await group.reduce(0, +))
        }
    }

    @Test(arguments: lists)
    func backwardsThePagesAreTheSame(list: List) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            for number in 0..<7 { _ = try await list.make(caller, number) }
            var pages: [[String]] = []
            var last = "\(list.path)?page_size=2"
            while pages.count < 4 {
                let page = try await caller.get(last)
                pages.append(page.results.compactMap { $0[list.key]?.stringValue })
                guard pages.count < 4, let next = page["next"].stringValue else { break }
                last = list.path + next.drop { $0 != "?" }
            }
            for expected in pages.dropLast().reversed() {
                let previous = try #require(try await caller.get(last)["previous"].stringValue)
                last = list.path + previous.drop { $0 != "?" }
                let page = try await caller.get(last)
                #expect(page.results.compactMap { $0[list.key]?.stringValue } == expected)
            }
        }
    }

    @Test(arguments: lists.map(\.path) + ["/v1/annotations/", "/v1/calibration-runs/"])
    func aCursorThatIsNoneIsRefused(path: String) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            for cursor in ["nonsense", "AAAA", "https%3A%2F%2Fx%2F%3Fpage%3D2"] {
                let answer = try await caller.get("\(path)?cursor=\(cursor)")
                #expect(answer.status == 400 && answer["cursor"] != .null, "\(path) \(cursor): \(answer.text)")
            }
        }
    }
}

/// Whether somebody still goes through the pages.
private final class Walk: Sendable {
    let isOn = Atomic<Bool>(true)
}
