internal import EventLoop
internal import JSON
internal import Logging
internal import Observability
internal import Redis

extension Governor {
    /// Takes turns until the task is cancelled.
    func keep() async {
        if let redis {
            do {
                try await redis.loadFunctions(GovernorLibrary.code, deadline: .after(settings.patience))
            } catch {
                // It is loaded by the first call that reaches the server.
                logger.debug("the governor's functions could not be loaded yet", metadata: ["reason": "\(error)"])
            }
        }
        while !Task.isCancelled {
            let turns = withState { $0.beginTurns(limit: Self.placesPerCall, at: .now) }
            guard turns.isEmpty else {
                await take(turns)
                continue
            }
            await keeper.rest { withState { $0.findNextTurn() } }
        }
    }

    /// Gives back all that is held here.
    func leave() async {
        guard let redis else { return }
        let names = withState { $0.accounts.filter { $0.lastTurn != nil }.map(\.place.name) }
        guard !names.isEmpty else { return }
        do {
            _ = try await redis.call(
                function: GovernorLibrary.leave, keys: names.map { RedisArgument(GovernorLibrary.key($0)) },
                arguments: [RedisArgument(me)],
                deadline: .after(settings.patience))
        } catch {
            // What is not given back expires.
            logger.debug("shares of limits were left to expire", metadata: ["reason": "\(error)"])
        }
    }

    private func take(_ turns: [TurnRequest]) async {
        let replies = await sharedReplies(to: turns)
        let now = Moment.now
        let proxies = max(settings.expectedProxies, turns.map(\.knownProxies).max() ?? 1)
        let part = redis == nil ? 1 : min(1, settings.cautiousShare / Double(proxies))
        let begun = withState { state in
            let answers = replies ?? turns.map { state.ownReply(to: $0, part: part, at: now) }
            return state.endTurns(turns, answers, isShared: replies != nil, at: now)
        }
        for call in begun { call.resume() }
    }

    /// What the common account answers; `nil` when it cannot be asked now.
    private func sharedReplies(to turns: [TurnRequest]) async -> [TurnReply]? {
        guard let redis, connection.isWorthAsking(at: .now) else { return nil }
        metrics.turns.increment(by: UInt64(turns.count))
        do {
            let reply = try await redis.call(
                function: GovernorLibrary.turn, keys: turns.map { RedisArgument(GovernorLibrary.key($0.place.name)) },
                arguments: [RedisArgument(me), RedisArgument(settings.leaseLifetime.wholeMilliseconds)]
                    + turns.map { RedisArgument($0.text) },
                deadline: .after(settings.patience))
            let replies = try TurnReply.list(reply, count: turns.count)
            if connection.worked(at: .now) {
                logger.info("the limits of providers are shared with the other proxies again")
            }
            metrics.isSharing.set(1)
            return replies
        } catch {
            metrics.turnFailures.increment()
            metrics.isSharing.set(0)
            if connection.failed(at: .now) {
                logger.warning(
                    "the limits of providers cannot be shared with the other proxies now; this one keeps to a part",
                    metadata: ["reason": "\(error)"])
            }
            return nil
        }
    }

    private static let placesPerCall = 64
}
