import EventLoop
import FoundationEssentials
import Glibc
import Logging
import Postgres
import Records
import Schema
import Scoring
import Stores
import Tenancy

/// How long lists of millions of execution logs take, through the stores that the daemons use.
///
/// - `prepare DATABASE`: makes the tables.
/// - `sum DATABASE`: makes the sums that dashboards read, as the worker does.
/// - `measure DATABASE ORGANIZATION REPETITIONS [WORDS]`: prints a table with a line for each list, or for those with such
///   words in their names.
/// - `insert DATABASE ORGANIZATION SECONDS`: inserts logs by the hundred, and prints how many a second.
@main
enum LogsBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count > 1 else { return say("usage: logs-benchmark prepare|sum|measure|insert DATABASE …\n") }
        let loops = LoopGroup(count: 1, name: "benchmark")
        // One connection: its server process tells what it has read.
        var settings = PostgresSettings(connection: arguments[1])
        settings.poolSize = 1
        let database = PostgresClient(loops: loops, settings: settings)
        try await loops.next().run {
            switch (arguments[0], arguments.count) {
            case ("prepare", 2):
                _ = try await SchemaMigrator(client: database, logger: Logger(label: "benchmark")).migrate()
            case ("sum", 2):
                let sums = ExecutionSumStore(database: database)
                while try await sums.sumUp(now: Date(), atMost: 86_400).isBehind {}
            case ("measure", 4), ("measure", 5):
                guard let organization = OrganizationID(arguments[2]), let count = Int(arguments[3]) else { return }
                try await Measurement(database: database, organization: organization, repetitions: count)
                    .run(arguments.count > 4 ? arguments[4] : "")
            case ("insert", 4):
                guard let organization = OrganizationID(arguments[2]), let seconds = Int(arguments[3]) else { return }
                try await Insertion(database: database, organization: organization).run(for: .seconds(seconds))
            default: say("What is wanted is not clear; see LogsBenchmark.swift.\n")
            }
        }
        await database.close()
        await loops.shutdown()
    }

    static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }
}

/// Measures lists one after the other.
struct Measurement: Sendable {
    let database: PostgresClient
    let organization: OrganizationID
    let repetitions: Int

    /// Those with `words` in their names.
    func run(_ words: String) async throws {
        LogsBenchmark.say(
            """
            | list | p50 ms | p99 ms | p99 ms, first time | found | read by (entries a page) |
            |---|---|---|---|---|---|

            """)
        for list in try await MeasuredList.all(database, organization)
        where words.isEmpty || list.name.contains(words) {
            _ = try await list.read(0)
            let first = try await times(of: list)
            let before = try await readings()
            let again = try await times(of: list)
            let reads = try await difference(from: before).map { name, entries in
                "\(name.replacing("execution_logs_", with: "")) (\(entries / repetitions))"
            }
            LogsBenchmark.say(
                """
                | \(list.name) | \(rounded(again.median)) | \(rounded(again.slowest)) | \(rounded(first.slowest)) \
                | \(again.found) | \(reads.joined(separator: ", ")) |

                """)
        }
    }

    /// How long the list takes with each of its values, in milliseconds, and how many logs the fullest page has.
    private func times(of list: MeasuredList) async throws -> (median: Double, slowest: Double, found: Int) {
        var times: [Double] = []
        var found = 0
        for number in 1...repetitions {
            let start = ContinuousClock.now
            found = max(found, try await list.read(number))
            let time = start.duration(to: .now)
            times.append(time / .milliseconds(1))
            // Who has a real-time priority and never rests is held by the kernel for 50 ms of each second.
            try await Task.sleep(for: time / 5)
        }
        times.sort()
        return (times[repetitions / 2], times[min(repetitions - 1, repetitions * 99 / 100)], found)
    }

    private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private func difference(from before: [String: Int]) async throws -> [(String, Int)] {
        try await readings().map { ($0, $1 - (before[$0] ?? 0)) }.filter { $1 > 0 }.sorted { $0.1 > $1.1 }
    }

    /// How many entries have been read of each index.
    private func readings() async throws -> [String: Int] {
        try await database.execute("SELECT pg_stat_force_next_flush()")
        let rows = try await database.query(
            """
            SELECT coalesce(p.relname, s.indexrelname)::text, sum(s.idx_tup_read)::bigint FROM pg_stat_user_indexes s
            LEFT JOIN pg_inherits i ON i.inhrelid = s.indexrelid LEFT JOIN pg_class p ON p.oid = i.inhparent
            WHERE s.relname LIKE 'execut%' GROUP BY 1
            """)
        return Dictionary(try rows.map { (try $0.decode(0), try $0.decode(1)) }) { first, _ in first }
    }
}

/// Inserts logs as the daemons do.
struct Insertion: Sendable {
    let database: PostgresClient
    let organization: OrganizationID
    private static let piece = 100

    func run(for length: Duration) async throws {
        let identifiers = IdentifierSource { Date() }
        let items = (0..<50).map { ExecutedItem(id: UUID(), versionID: UUID(), name: "Benchmark \($0)") }
        let (project, owner) = (ProjectID(uuid: UUID()), UserID(uuid: UUID()))
        let end = ContinuousClock.now + length
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now < end {
            let logs = try (0..<Self.piece).map { number in
                let (id, date) = identifiers.nextDated(ExecutionLog.self)
                return ExecutionLog(
                    id: id, organizationID: organization, projectID: project, type: .evaluator,
                    item: items[(count + number) % items.count], ownerID: owner, parentID: nil, judgeID: nil,
                    input: EvaluationInput(request: "How do I reset it?", response: "Press the button."),
                    labels: ExecutionLabels(
                        tags: number % 4 == 0 ? ["env:bench"] : [], sessionID: number % 3 == 0 ? "s\(count)" : nil),
                    outcome: ExecutionOutcome(
                        score: try Score(Double(number) / 100), model: "gpt-5", cost: Money(nanoDollars: 1000)),
                    requestID: "benchmark", createdAt: date)
            }
            try await database.execute(ExecutionLogStore.insertion(of: logs))
            count += logs.count
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        LogsBenchmark.say(
            "\(Int(Double(count) / seconds)) logs/s, \(Int(seconds * 1_000_000 / Double(count))) µs a log\n")
    }
}
