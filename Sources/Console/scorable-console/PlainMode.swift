internal import JSON
internal import Screens
internal import Settings
internal import Terminal
internal import WireAPI

/// The console without a screen: the newest executions as lines, once.
struct PlainMode {
    private let connection: Connection
    private let filter: String
    private let limit: Int

    init(_ connection: Connection, filter: String, limit: Int) {
        self.connection = connection
        self.filter = filter
        self.limit = limit
    }

    /// Prints a table.
    /// - Returns: the exit status.
    func printTable(_ charset: Charset) -> Int32 {
        output { rows, _ in PlainTable.lines(rows, charset).flatMap { Array("\($0)\n".utf8) } }
    }

    /// Prints one JSON document.
    /// - Returns: the exit status.
    func printJSON() -> Int32 {
        output { rows, next in
            JSONCodec.encode(OperatorExecutionPage(results: rows, next: next, eventsThrough: nil)) + [0x0A]
        }
    }

    private func output(_ encode: ([OperatorExecutionRow], String?) -> [UInt8]) -> Int32 {
        guard !connection.email.isEmpty else {
            return fail("who signs in? Give --email or SCORABLE_CONSOLE_EMAIL", status: 2)
        }
        guard let password = connection.password?.reveal() ?? StandardStreams.askSecret("Password: ") else {
            return fail("no password: set SCORABLE_CONSOLE_PASSWORD", status: 2)
        }
        let inbox = Inbox<Answer>(limit: 16)
        let tasks = ServerTasks(connection, inbox)
        defer { tasks.signOut(within: .seconds(1)) }
        do {
            tasks.signIn(OperatorSignIn(email: connection.email, password: password))
            try signedIn(inbox)
            let (rows, next) = try read(tasks, inbox, FilterQuery.parse(filter))
            StandardStreams.write(encode(rows, next))
            return 0
        } catch let failure as ServerFailure {
            return fail(failure.message, status: 1)
        } catch {
            return fail("\(error)", status: 1)
        }
    }

    private func signedIn(_ inbox: Inbox<Answer>) throws {
        for case .signedIn(let result) in inbox.take(within: .seconds(70)) {
            _ = try result.get()
            return
        }
        throw ServerFailure(.timedOut, "\(connection.server) did not answer in time")
    }

    /// Reads as many pages as the limit asks for.
    private func read(
        _ tasks: ServerTasks, _ inbox: Inbox<Answer>, _ filter: OperatorExecutionFilter
    ) throws -> ([OperatorExecutionRow], String?) {
        var rows: [OperatorExecutionRow] = []
        var cursor: String?
        repeat {
            let request = PageRequest(number: rows.count, filter: filter, cursor: cursor)
            tasks.loadPage(request, delay: .zero)
            guard case .page(_, let result) = inbox.take(within: .seconds(70)).first else {
                throw ServerFailure(.timedOut, "\(connection.server) did not answer in time")
            }
            let page = try result.get()
            rows += page.results
            cursor = page.next
        } while cursor != nil && rows.count < limit
        // Behind a page that was cut, its cursor would skip what was cut off.
        return (Array(rows.prefix(limit)), rows.count > limit ? nil : cursor)
    }

    private func fail(_ message: String, status: Int32) -> Int32 {
        StandardStreams.complain("scorable-console: \(message)")
        return status
    }
}
