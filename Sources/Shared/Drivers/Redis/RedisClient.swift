package import EventLoop
import Synchronization
import SystemCalls

/// Redis on the loops: on each one multiplexed connection for commands, and connections of their own for what blocks.
///
/// Calls run on the caller's loop; a caller without one is served by the first loop. `close` it before the loops end.
package final class RedisClient: Sendable {
    private let settings: RedisSettings
    private let resolver = NameResolver(name: "redis-names")
    private let lanes: LoopLocal<CommandLane>
    private let shelves: LoopLocal<ConnectionShelf>
    private let libraries = Mutex<[String]>([])

    /// Connects with the first command.
    package init(loops: LoopGroup, settings: RedisSettings) {
        self.settings = settings
        let dialer = Dialer(settings, resolver)
        lanes = LoopLocal(loops) { CommandLane(dialer, on: $0) }
        shelves = LoopLocal(loops) { ConnectionShelf(dialer, on: $0) }
    }

    /// Fails what waits and ends all connections. Later calls fail with `.closed`.
    package func close() async {
        for (lane, shelf) in zip(lanes.all, shelves.all) {
            await lane.loop.run {
                shelf.close()
                await lane.close()
            }
        }
        resolver.shutdown()
    }

    // MARK: Commands

    /// Sends one command and returns its reply; an error reply is thrown.
    ///
    /// Commands share a connection, so none may change its state or wait: no `SELECT`, `MULTI`, `SUBSCRIBE`, `BLPOP`.
    package func command(_ arguments: [RedisArgument], deadline: Deadline? = nil) async throws(RedisError) -> RedisValue
    {
        let replies = try await execute([arguments], deadline)
        guard let reply = replies.first else { throw RedisError(.protocolViolation, "no reply") }
        if case .error(let text) = reply { throw .server(text) }
        return reply
    }

    /// Sends commands as one block, with nothing from others in between, and returns their replies. All are executed,
    /// whatever becomes of the others; the first error reply is then thrown.
    @discardableResult
    package func pipeline(_ commands: [[RedisArgument]], deadline: Deadline? = nil) async throws(RedisError)
        -> [RedisValue]
    {
        let replies = try await execute(commands, deadline)
        for case .error(let text) in replies { throw .server(text) }
        return replies
    }

    /// Runs a command that waits at the server, at most for `wait` (as the command itself says), on a connection of
    /// its own: `BLPOP`, `BZPOPMIN`, `WAIT`.
    package func blockingCommand(_ arguments: [RedisArgument], wait: Duration) async throws(RedisError) -> RedisValue {
        try await lastReply(to: [arguments], wait: wait)
    }

    /// Sends commands as one block on a connection of its own, of which the first waits at the server. Returns the reply
    /// to the last one, which is executed whatever came of the others.
    private func lastReply(to commands: [[RedisArgument]], wait: Duration) async throws(RedisError) -> RedisValue {
        let limit = wait + settings.commandTimeout
        let result = await onShelf { [settings] shelf -> Result<[RedisValue], RedisError> in
            do throws(RedisError) {
                return .success(
                    try await shelf.with { connection throws(RedisError) in
                        let replies = try await connection.ask(commands, until: .after(limit))
                        for case .error(let text) in replies where text.hasPrefix("READONLY") && settings.mayMove {
                            throw .noLongerMaster
                        }
                        return replies
                    })
            } catch {
                return .failure(error)
            }
        }
        guard let reply = try result.get().last else { throw RedisError(.protocolViolation, "no reply") }
        if case .error(let text) = reply { throw .server(text) }
        return reply
    }

    private func execute(_ commands: [[RedisArgument]], _ deadline: Deadline?) async throws(RedisError) -> [RedisValue]
    {
        let deadline = deadline ?? .after(settings.commandTimeout)
        if let loop = Loop.current, let lane = lanes.all.first(where: { $0.loop === loop }) {
            return try await lane.execute(commands, until: deadline)
        }
        let lane = lanes.all[0]
        let result = await lane.loop.run { () -> Result<[RedisValue], RedisError> in
            do throws(RedisError) {
                return .success(try await lane.execute(commands, until: deadline))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func onShelf<R: Sendable>(_ body: @escaping @Sendable (ConnectionShelf) async -> R) async -> R {
        if let loop = Loop.current, let shelf = shelves.all.first(where: { $0.loop === loop }) {
            return await body(shelf)
        }
        let shelf = shelves.all[0]
        return await shelf.loop.run { await body(shelf) }
    }

    // MARK: Functions

    /// Loads a library of functions (its code begins with `#!lua name=…`), in place of an older one of that name, and
    /// remembers it: a server that has lost it is given it again by `call`.
    package func loadFunctions(_ code: String, deadline: Deadline? = nil) async throws(RedisError) {
        libraries.withLock { libraries in
            if !libraries.contains(code) { libraries.append(code) }
        }
        _ = try await command(["FUNCTION", "LOAD", "REPLACE", .init(code)], deadline: deadline)
    }

    /// Calls a function of a loaded library.
    package func call(
        function: String, keys: [RedisArgument], arguments: [RedisArgument] = [], deadline: Deadline? = nil
    ) async throws(RedisError) -> RedisValue {
        let call = Self.call(function, keys, arguments)
        do {
            return try await command(call, deadline: deadline)
        } catch {
            // The server was restarted, flushed, or another one took over; the call was not executed.
            let known = libraries.withLock { $0 }
            guard error.kind == .server(code: "ERR"), error.description.contains("Function not found"), !known.isEmpty
            else { throw error }
            // As one block with the call, so that many callers at once cost a few repeated loads and no more.
            var commands = known.map { ["FUNCTION", "LOAD", "REPLACE", RedisArgument($0)] }
            commands.append(call)
            let replies = try await pipeline(commands, deadline: deadline)
            guard let reply = replies.last else { throw error }
            return reply
        }
    }

    /// Calls a function of a library that the server has as soon as `waiting`, a command that waits at the server, at most
    /// for `wait`, is through, however that ends: both are sent together, on a connection of their own.
    package func call(
        function: String, keys: [RedisArgument], arguments: [RedisArgument], behind waiting: [RedisArgument],
        blockingFor wait: Duration
    ) async throws(RedisError) -> RedisValue {
        try await lastReply(to: [waiting, Self.call(function, keys, arguments)], wait: wait)
    }

    private static func call(
        _ function: String, _ keys: [RedisArgument], _ arguments: [RedisArgument]
    ) -> [RedisArgument] {
        ["FCALL", RedisArgument(function), RedisArgument(keys.count)] + keys + arguments
    }

    // MARK: Subscriptions

    /// What is published on `channels`, and on those that match `patterns`, from the first `next` on, until the task that
    /// iterates is cancelled or the client closed. It survives the loss of its connection and says so.
    package func subscribe(to channels: [String], matching patterns: [String] = []) -> RedisSubscription {
        RedisSubscription(shelves: shelves, channels: channels, patterns: patterns)
    }

    // MARK: Streams

    /// The entries of a stream behind `id` (`0-0` for all, `$` for none so far), in order; waits up to `block` for one,
    /// on a connection of its own. Empty when none came. Go on with the last entry's id, also after an error.
    package func readStream(_ key: String, after id: String, block: Duration, count: Int) async throws(RedisError)
        -> [RedisStreamEntry]
    {
        let (seconds, attoseconds) = block.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        // Zero would mean for ever.
        let waiting: [RedisArgument] = milliseconds > 0 ? ["BLOCK", .init(milliseconds)] : []
        let command = ["XREAD", "COUNT", RedisArgument(count)] + waiting + ["STREAMS", .init(key), .init(id)]
        let reply = try await blockingCommand(command, wait: block)
        guard let streams = reply.array else { return [] }
        var entries: [RedisStreamEntry] = []
        for stream in streams {
            guard let parts = stream.array, parts.count == 2 else { throw RedisStreamEntry.malformed }
            entries += try RedisStreamEntry.list(parts[1])
        }
        return entries
    }

    /// Entries that are there already: from `from` to `to` in the syntax of `XRANGE` (`-`, `+`, `(id`), or the other way
    /// round with the newest first.
    package func range(
        of key: String, from: String, to: String, count: Int, newestFirst: Bool = false
    ) async throws(RedisError) -> [RedisStreamEntry] {
        let name: RedisArgument = newestFirst ? "XREVRANGE" : "XRANGE"
        return try RedisStreamEntry.list(
            try await command([name, .init(key), .init(from), .init(to), "COUNT", .init(count)]))
    }
}
