import EventLoop
import Postgres
import Synchronization
import TestSupport

/// Databases of this process by the name of the suite that uses them.
private actor Databases {
    static let shared = Databases()
    private var made: [String: Task<String, any Error>] = [:]

    func connection(for suite: String) async throws -> String {
        let task =
            made[suite] ?? Task { try await PrivatePostgres.shared().freshDatabase() }
        made[suite] = task
        return try await task.value
    }
}

/// Runs `body` on a loop with a client of the suite's database, and closes both afterwards.
func withClient<R: Sendable>(
    suite: String = #fileID, loops: Int = 1, configure: (inout PostgresSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (PostgresClient) async throws -> R
) async throws -> R {
    var settings = PostgresSettings(connection: try await Databases.shared.connection(for: suite))
    settings.poolSize = 4
    configure(&settings)
    return try await withClient(settings: settings, loops: loops, body)
}

/// Runs `body` on a loop with a client of these settings, and closes both afterwards.
func withClient<R: Sendable>(
    settings: PostgresSettings, loops: Int = 1, _ body: @escaping @Sendable (PostgresClient) async throws -> R
) async throws -> R {
    try await withLoops(loops) { group in
        let client = PostgresClient(loops: group, settings: settings)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return try result.get()
    }
}

/// Runs `body` on a loop of a group that ends with it.
func withLoops<R: Sendable>(_ count: Int = 1, _ body: @escaping @Sendable (LoopGroup) async throws -> R) async throws
    -> R
{
    let group = LoopGroup(count: count, name: "test")
    let result: Result<R, any Error>
    do {
        result = .success(try await group.next().run { try await body(group) })
    } catch {
        result = .failure(error)
    }
    await group.shutdown()
    return try result.get()
}

/// Runs `body` and returns the error it throws, `nil` when it throws none or another kind.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Waits until `condition` holds; `false` when it does not within `limit`.
func eventually(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        if let loop = Loop.current {
            try await loop.sleep(for: .milliseconds(10))
        } else {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
    return false
}

/// A value that tasks share.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<R: Sendable>(_ body: (inout Value) -> R) -> R {
        value.withLock { body(&$0) }
    }
}
