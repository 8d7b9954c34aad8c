import EventLoop
import Glibc
import Postgres

/// Runs prepared statements over the pool of one loop and prints `requests/s` and CPU microseconds a request.
///
/// Arguments: a connection string, `select` or `insert`, the number of tasks and connections, the seconds to run.
@main
enum PostgresBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let tasks = Int(arguments[3]), let seconds = Int(arguments[4]) else {
            return say("usage: postgres-benchmark CONNECTION select|insert TASKS SECONDS\n")
        }
        let group = LoopGroup(count: 1, name: "benchmark")
        var settings = PostgresSettings(connection: arguments[1])
        settings.poolSize = tasks
        let client = PostgresClient(loops: group, settings: settings)
        let isInsert = arguments[2] == "insert"
        let line = try await group.loops[0].run {
            // Opens and prepares, so that only the steady state is measured.
            _ = try await run(client, isInsert: isInsert, tasks: tasks, for: .milliseconds(500))
            let cpu = processTime()
            let began = ContinuousClock.now
            let count = try await run(client, isInsert: isInsert, tasks: tasks, for: .seconds(seconds))
            let wall = (ContinuousClock.now - began) / Duration.seconds(1)
            return "\(Int(Double(count) / wall)) \((processTime() - cpu) * 1_000_000 / Double(count))\n"
        }
        await client.close()
        await group.shutdown()
        say(line)
    }

    private static func run(_ client: PostgresClient, isInsert: Bool, tasks: Int, for duration: Duration) async throws
        -> Int
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            let end = ContinuousClock.now + duration
            for task in 0..<tasks {
                group.addTask {
                    var random = UInt32(truncatingIfNeeded: task &* 7919 &+ 1)
                    var count = 0
                    while ContinuousClock.now < end {
                        random = random &* 1_664_525 &+ 1_013_904_223
                        let account = Int32(random % 100_000) + 1
                        if isInsert {
                            try await client.execute(
                                """
                                INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)
                                VALUES (1, 1, \(account), \(Int32(task)), CURRENT_TIMESTAMP)
                                """)
                        } else {
                            let rows = try await client.query(
                                "SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
                            guard let row = rows.first else { continue }
                            _ = try row.decode(0, as: Int32.self)
                        }
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// The processor time of this process in seconds.
    private static func processTime() -> Double {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
    }

    private static func say(_ line: String) {
        let bytes = Array(line.utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }
}
