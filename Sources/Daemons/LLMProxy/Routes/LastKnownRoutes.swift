internal import EventLoop
internal import Synchronization
internal import Tenancy

/// The routes that any loop has ever found, for when they cannot be looked up any more. It is read only then.
package final class LastKnownRoutes: Sendable {
    /// How long a route outlives a source that cannot be asked.
    private static let lifetime: Duration = .seconds(3600)
    /// How many routes are kept.
    private static let limit = 10_000

    private struct Entry {
        let route: CallRoute
        let since: Moment
    }

    private let entries = Mutex<[RouteName: Entry]>([:])

    package init() {}

    func remember(_ route: CallRoute?, _ name: RouteName) {
        let now = Moment.now
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = entries.filter { $0.value.since + Self.lifetime > now } }
            if entries.count >= Self.limit { entries.removeAll() }
            entries[name] = route.map { Entry(route: $0, since: now) }
        }
    }

    func recall(_ name: RouteName) -> CallRoute? {
        let oldest = Moment.now - Self.lifetime
        return entries.withLock { $0[name] }.flatMap { $0.since > oldest ? $0.route : nil }
    }
}
