import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Tenancy

/// A list, a search or figures that are read again and again, each time with another value where there are several.
struct MeasuredList: Sendable {
    let name: String
    /// Says how many were found.
    let read: @Sendable (_ number: Int) async throws -> Int

    /// Everything that `GET /v1/execution-logs/` takes, alone and in pairs, both orders, and what operators see.
    static func all(_ database: PostgresClient, _ organization: OrganizationID) async throws -> [MeasuredList] {
        let logs = ExecutionLogStore(database: database)
        let seeded = try await Seeded(database)
        let filters = filters(seeded)
        let own = filters + pairs(seeded)
        let newest = own.map { name, edit in
            list(name, logs, organization, .newestFirst, edit)
        }
        let oldest = filters.map { name, edit in
            list("\(name), oldest first", logs, organization, .oldestFirst, edit)
        }
        return newest + oldest + others(logs, organization) + operators(database, organization)
    }

    typealias Edit = @Sendable (inout ExecutionLogFilter, Int) -> Void

    private static func list(
        _ name: String, _ logs: ExecutionLogStore, _ organization: OrganizationID, _ order: PageRequest.Order,
        _ edit: @escaping Edit
    ) -> MeasuredList {
        MeasuredList(name: name) { number in
            var filter = ExecutionLogFilter()
            edit(&filter, number)
            return try await logs.list(in: organization, filter, page: PageRequest(limit: 50, order: order)).items.count
        }
    }

    private static func filters(_ seeded: Seeded) -> [(String, Edit)] {
        [
            ("all", { _, _ in }),
            ("project_id", { $0.projectID = seeded.projects[$1 % 12] }),
            ("project_id of nobody", { ($0.projectID, _) = (ProjectID(uuid: UUID()), $1) }),
            ("execution_type, frequent", { $0.type = $1 % 2 == 0 ? .evaluator : .judge }),
            ("execution_type, rare", { $0.type = [.proxy, .experiment, .test, .internal][$1 % 4] }),
            ("executed_item_id", { $0.executedItemID = seeded.items[$1 * 7 % 460] }),
            ("judge_id", { $0.judgeID = JudgeID(uuid: seeded.items[400 + $1 % 60]) }),
            ("parent_execution_log_id of nobody", { ($0.parentID, _) = (ExecutionLogID(uuid: UUID()), $1) }),
            ("batch_execution_id", { $0.batchID = BatchID(uuid: seeded.batches[$1 * 131 % 2000]) }),
            ("search, a part of many names", { $0.search = ["relev", "faith", "clarity", "tone"][$1 % 4] }),
            ("search, one name", { $0.search = "Relevance Relevance \($1 % 2 * 256)" }),
            ("search, no name", { $0.search = "nothing is called \($1)" }),
            ("tags, frequent", { ($0.tags, _) = (["env:prod"], $1) }),
            ("tags, some", { ($0.tags, _) = (["env:staging"], $1) }),
            ("tags, of an old month", { ($0.tags, _) = (["release-2026-08"], $1) }),
            ("tags, 1 in 2,000", { ($0.tags, _) = (["weekly"], $1) }),
            ("tags, 1 in 500,000", { $0.tags = ["customer-\($1 * 17 % 5000)"] }),
            ("tags, never", { $0.tags = ["never \($1)"] }),
            ("tags, two", { ($0.tags, _) = (["env:prod", "release-2026-09"], $1) }),
            ("tags, two that no log has both of", { ($0.tags, _) = (["release-2026-08", "release-2026-09"], $1) }),
            ("model, frequent", { ($0.model, _) = ("gpt-5", $1) }),
            ("model, rare", { ($0.model, _) = ("llama-rare", $1) }),
            ("model, none", { $0.model = "none \($1)" }),
            ("owner_email", { $0.ownerEmail = "user\($1 % 39)@organisation0.example" }),
            ("owner_email, rare", { ($0.ownerEmail, _) = ("user39@organisation0.example", $1) }),
            ("session_id", { $0.sessionID = "session-\($1 * 977 % 200_000)" }),
            ("user_id", { $0.userID = "user-\($1 * 397 % 50_000)" }),
            ("has_session_id=true", { ($0.hasSessionID, _) = (true, $1) }),
            ("has_session_id=false", { ($0.hasSessionID, _) = (false, $1) }),
            ("min_score, frequent", { $0.minimumScore = 0.5 + Double($1 % 10) / 100 }),
            ("max_score, some", { $0.maximumScore = 0.1 + Double($1 % 10) / 500 }),
            ("max_score, rare", { $0.maximumScore = 0.0005 + Double($1 % 10) / 100_000 }),
            ("min_score, none", { $0.minimumScore = 1.5 + Double($1) }),
            ("min_cost, rare", { $0.minimumCost = Money(nanoDollars: 300_000_000 + Int64($1)) }),
            ("max_cost, some", { $0.maximumCost = Money(nanoDollars: 20_000 + Int64($1)) }),
            ("min_cost, none", { $0.minimumCost = Money(nanoDollars: 900_000_000_000 + Int64($1)) }),
            ("date_from, a day", { $0.from = Date(timeIntervalSinceNow: -86_400 + Double($1)) }),
            ("date_to, a month ago", { $0.to = Date(timeIntervalSinceNow: -30 * 86_400 + Double($1)) }),
            ("unique_evaluators", { ($0.newestPerItem, _) = (true, $1) }),
        ]
    }

    private static func pairs(_ seeded: Seeded) -> [(String, Edit)] {
        [
            (
                "project_id + execution_type",
                { ($0.projectID, $0.type) = (seeded.projects[$1 % 12], .judge) }
            ),
            (
                "project_id + tags, rare",
                { ($0.projectID, $0.tags) = (seeded.projects[$1 % 12], ["weekly"]) }
            ),
            (
                "project_id + max_score, rare",
                { ($0.projectID, $0.maximumScore) = (seeded.projects[$1 % 12], 0.001) }
            ),
            (
                "project_id + model",
                { ($0.projectID, $0.model) = (seeded.projects[$1 % 12], "mistral-large") }
            ),
            (
                "project_id + date_to",
                {
                    $0.projectID = seeded.projects[$1 % 12]
                    $0.to = Date(timeIntervalSinceNow: -60 * 86_400)
                }
            ),
            (
                "executed_item_id + max_score",
                { ($0.executedItemID, $0.maximumScore) = (seeded.items[$1 % 400], 0.12) }
            ),
            ("executed_item_id + tags", { ($0.executedItemID, $0.tags) = (seeded.items[$1 % 400], ["env:staging"]) }),
            (
                "executed_item_id + execution_type, never",
                { ($0.executedItemID, $0.type) = (seeded.items[$1 % 400], .judge) }
            ),
            (
                "judge_id + session",
                { ($0.judgeID, $0.hasSessionID) = (JudgeID(uuid: seeded.items[400 + $1 % 60]), true) }
            ),
            (
                "judge_id + executed_item_id",
                {
                    $0.judgeID = JudgeID(uuid: seeded.items[400 + $1 % 60])
                    $0.executedItemID = seeded.items[$1 * 7 % 400]
                }
            ),
            (
                "execution_type, rare + min_score",
                { ($0.type, $0.minimumScore) = ($1 % 2 == 0 ? .proxy : .experiment, 0.5) }
            ),
            (
                "execution_type + min_cost, rare",
                { ($0.type, $0.minimumCost, _) = (.judge, Money(nanoDollars: 200_000_000), $1) }
            ),
            ("model, rare + tags", { ($0.model, $0.tags, _) = ("llama-rare", ["env:prod"], $1) }),
            ("model + max_score, rare", { ($0.model, $0.maximumScore, _) = ("gemini-3", 0.001, $1) }),
            ("tags + max_score", { ($0.tags, $0.maximumScore, _) = (["env:prod"], 0.11, $1) }),
            ("tags, rare + has_session_id=false", { ($0.tags, $0.hasSessionID, _) = (["weekly"], false, $1) }),
            ("session_id + user_id", { ($0.sessionID, $0.userID) = ("session-\($1)", "user-\($1)") }),
            (
                "owner_email + model",
                { ($0.ownerEmail, $0.model) = ("user\($1 % 39)@organisation0.example", "mistral-large") }
            ),
            ("min_score + max_score, narrow", { ($0.minimumScore, $0.maximumScore, _) = (0.3, 0.3001, $1) }),
            (
                "min_cost + max_score, rare",
                { ($0.minimumCost, $0.maximumScore, _) = (Money(nanoDollars: 50_000_000), 0.12, $1) }
            ),
            (
                "search + max_score", { ($0.search, $0.maximumScore) = (["relev", "faith"][$1 % 2], 0.12) }
            ),
            ("search + tags, rare", { ($0.search, $0.tags, _) = ("tone", ["weekly"], $1) }),
            (
                "unique_evaluators + execution_type",
                { ($0.newestPerItem, $0.type) = (true, $1 % 2 == 0 ? .judge : .evaluator) }
            ),
            (
                "unique_evaluators + project_id",
                { ($0.newestPerItem, $0.projectID) = (true, seeded.projects[$1 % 12]) }
            ),
            ("unique_evaluators + tags, rare", { ($0.newestPerItem, $0.tags, _) = (true, ["weekly"], $1) }),
            ("unique_evaluators + tags, some", { ($0.newestPerItem, $0.tags, _) = (true, ["env:staging"], $1) }),
            ("unique_evaluators + search", { ($0.newestPerItem, $0.search, _) = (true, "clarity", $1) }),
        ]
    }

    private static func others(_ logs: ExecutionLogStore, _ organization: OrganizationID) -> [MeasuredList] {
        [
            MeasuredList(name: "second page of all") { _ in
                let first = try await logs.list(in: organization, ExecutionLogFilter(), page: PageRequest(limit: 50))
                let place = first.next.map(PageRequest.Position.after) ?? .start
                return try await logs.list(
                    in: organization, ExecutionLogFilter(), page: PageRequest(limit: 50, position: place)
                ).items.count
            },
            MeasuredList(name: "include=llm_output,variables,evaluation_context") { _ in
                try await logs.list(
                    in: organization, ExecutionLogFilter(), including: [.llmOutput, .variables, .evaluationContext],
                    page: PageRequest(limit: 50)
                ).items.count
            },
            MeasuredList(name: "export=csv, a step") { _ in
                try await logs.listDetails(in: organization, ExecutionLogFilter(), page: PageRequest(limit: 100))
                    .items.count
            },
            MeasuredList(name: "session-ids") {
                try await logs.sessionIDs(startingWith: "session-\($0 % 90 + 10)", in: organization, limit: 30).count
            },
            MeasuredList(name: "user-ids") {
                try await logs.userIDs(startingWith: "user-\($0 % 90 + 10)", in: organization, limit: 30).count
            },
        ]
    }

    private typealias Search = @Sendable (inout ExecutionSearch, Int) -> Void

    private static let searches: [(String, Search)] = [
        ("all", { ($0.leavesOutParts, _) = (true, $1) }),
        ("failed", { ($0.failed, _) = (true, $1) }),
        ("failure code", { $0.failureCodes = [$1 % 2 == 0 ? .timeout : .providerError] }),
        ("name", { $0.nameParts = [["relev", "tone"][$1 % 2], "256"] }),
        ("no name", { $0.nameParts = ["nothing \($1)"] }),
        ("model", { $0.modelPart = ["RARE", "sonnet", "none"][$1 % 3] }),
        ("project name", { $0.projectNamePart = "Project \($1 % 12)" }),
        ("tag, rare", { ($0.tags, _) = (["weekly"], $1) }),
        ("not a tag", { ($0.excludedTags, _) = (["env:prod"], $1) }),
        ("max score, rare", { ($0.maximumScore, _) = (0.0005, $1) }),
        ("slow", { ($0.minimumLatency, _) = (.seconds(60), $1) }),
        ("type and score", { ($0.types, $0.minimumScore, _) = ([.proxy], 0.5, $1) }),
    ]

    private static func operators(_ database: PostgresClient, _ organization: OrganizationID) -> [MeasuredList] {
        let store = ExecutionSearchStore(database: database)
        let found = searches.map { name, edit in
            MeasuredList(name: "console: \(name)") { number in
                var search = ExecutionSearch()
                edit(&search, number)
                return try await store.find(search, in: organization, .newestFirst, behind: nil, limit: 100).items.count
            }
        }
        let ranks: [(String, ExecutionRank)] = [("slowest", .slowest), ("lowest score", .lowestScore)]
        let ranked = ranks.map { name, rank in
            MeasuredList(name: "console: \(name)") { _ in
                try await store.rank(ExecutionSearch(), in: organization, by: rank, limit: 100).items.count
            }
        }
        let counted = searches.map { name, edit in
            MeasuredList(name: "console: a step of the count of \(name)") { number in
                var search = ExecutionSearch()
                edit(&search, number)
                return try await store.count(search, in: organization, behind: nil).count
            }
        }
        let sums = ExecutionSumStore(database: database)
        let windows: [(String, Double, Duration)] = [
            ("an hour", 3600, .seconds(60)), ("a day", 86_400, .seconds(1800)), ("a week", 604_800, .seconds(14_400)),
        ]
        let dashboards = windows.map { name, length, bucket in
            MeasuredList(name: "dashboard of \(name)") { _ in
                let progress = try await sums.progress()
                let to = progress.minutesThrough ?? Date()
                let start = (to.timeIntervalSince1970 - length) / 3600
                return try await sums.spans(
                    of: .executions(organization, nil), from: Date(timeIntervalSince1970: start.rounded(.down) * 3600),
                    to: to, every: bucket, progress
                ).count
            }
        }
        return found + ranked + counted + dashboards
    }
}

/// The identifiers of the organisation that seed.sql fills most.
struct Seeded: Sendable {
    let projects: [ProjectID]
    let items: [UUID]
    let batches: [UUID]

    init(_ database: PostgresClient) async throws {
        func identifiers(_ kind: String, _ count: Int) async throws -> [UUID] {
            let rows = try await database.query(
                """
                SELECT md5(\(kind) || ' 0 ' || number)::uuid FROM generate_series(0, \(count - 1)) AS number
                ORDER BY number
                """)
            return try rows.map { try $0.decode(0) }
        }
        projects = try await identifiers("project", 12).map(ProjectID.init(uuid:))
        items = try await identifiers("item", 460)
        batches = try await identifiers("batch", 2000)
    }
}
