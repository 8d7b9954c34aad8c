package import EventLoop
internal import Tenancy

/// The routes that one loop has looked up lately.
///
/// A route is good for two seconds, then it is looked up again by the first call that wants it, and the others wait for
/// that. When the source cannot be asked, or is slow, the route that was last known stays: calls go on without a
/// database.
package final class RouteCache: Sendable {
    /// How long a route is used without asking again.
    private static let lifetime: Duration = .seconds(2)
    /// How long a call waits for the source.
    private static let patience: Duration = .seconds(1)
    /// How many routes are kept.
    private static let limit = 10_000

    private final class Entry {
        /// `nil` while nothing is known, a known absence otherwise being `.some(nil)`.
        let route: PreparedRoute??
        /// Until when it is not looked up again.
        var freshUntil: Moment
        /// Whether the source could not be asked the last time: then nobody waits for it.
        let isOrphaned: Bool
        /// The look-up that is on its way. The entry owns it; it ends by itself after `patience`.
        var loading: Task<Void, Never>?

        init(route: PreparedRoute?? = nil, freshUntil: Moment = .now, isOrphaned: Bool = false) {
            self.route = route
            self.freshUntil = freshUntil
            self.isOrphaned = isOrphaned
        }
    }

    private let loop: Loop
    private let source: RouteSource
    private let preparation: RoutePreparation
    private let lastKnown: LastKnownRoutes
    private let entries: LoopConfined<[RouteName: Entry]>

    /// A cache of `loop` that shares `lastKnown` with those of the other loops.
    package init(loop: Loop, source: RouteSource, preparation: RoutePreparation, lastKnown: LastKnownRoutes) {
        self.loop = loop
        self.source = source
        self.preparation = preparation
        self.lastKnown = lastKnown
        entries = LoopConfined([:], on: loop)
    }

    /// The route of a model name, `nil` when nobody serves it.
    /// - Throws: `RoutesUnavailable` when it is not known and cannot be looked up now.
    func route(_ organization: OrganizationID, _ model: String) async throws(RoutesUnavailable) -> PreparedRoute? {
        let name = RouteName(organization: organization, model: model)
        if let route = known(name) { return route }
        let loading = entries.withState { $0[name]?.loading } ?? startLoading(name)
        await loading.value
        guard let route = entries.withState({ $0[name]?.route }) else { throw RoutesUnavailable() }
        return route
    }

    /// The route of a model name as far as it is known and good, a known absence being `.some(nil)`; `nil` when somebody has
    /// to look it up.
    func known(_ organization: OrganizationID, _ model: String) -> PreparedRoute?? {
        known(RouteName(organization: organization, model: model))
    }

    private func known(_ name: RouteName) -> PreparedRoute?? {
        guard let entry = entries.withState({ $0[name] }), let route = entry.route else { return nil }
        let isFresh = entry.freshUntil > .turn
        if !isFresh, entry.isOrphaned, entry.loading == nil { _ = startLoading(name) }
        return isFresh || entry.isOrphaned ? .some(route) : nil
    }

    /// Looks every route up again before its next use; from any thread.
    package func invalidate() {
        loop.submit { [self] in
            entries.withState { for entry in $0.values { entry.freshUntil = .now } }
        }
    }

    private func startLoading(_ name: RouteName) -> Task<Void, Never> {
        // Not a child of the call that happens to be first: others wait for it, too, when that one is given up.
        let task = loop.spawn { [self] in await load(name) }
        entries.withState { entries in
            if entries.count >= Self.limit { Self.makeRoom(in: &entries) }
            let entry = entries[name] ?? Entry()
            entry.loading = task
            entries[name] = entry
        }
        return task
    }

    private func load(_ name: RouteName) async {
        let source = source
        let freshUntil = Moment.now + Self.lifetime
        var isOrphaned = false
        do {
            let route = try await withDeadline(.after(Self.patience)) {
                try await source.route(name.organization, name.model)
            }
            lastKnown.remember(route, name)
        } catch {
            // Whoever watches the database tells that it is away; here it only means that nothing new is learned.
            isOrphaned = true
        }
        var entry: Entry?
        do {
            let route = lastKnown.recall(name)
            let prepared = try await prepared(route, name)
            if route != nil || !isOrphaned {
                entry = Entry(route: .some(prepared), freshUntil: freshUntil, isOrphaned: isOrphaned)
            }
        } catch {
            // Nothing is known then, and the next call that wants the route looks it up again.
        }
        entries.withState { $0[name] = entry }
    }

    private func prepared(_ route: CallRoute?, _ name: RouteName) async throws -> PreparedRoute? {
        guard let route else { return nil }
        return try await preparation.prepare(route, for: name.organization)
    }

    /// Forgets what nobody has asked for lately; all of it if that is not enough.
    private static func makeRoom(in entries: inout [RouteName: Entry]) {
        let now = Moment.now
        entries = entries.filter { $0.value.loading != nil || $0.value.freshUntil > now }
        if entries.count >= limit { entries = entries.filter { $0.value.loading != nil } }
    }
}

/// The route of a model is not known, and the place where it is stored cannot be asked.
package struct RoutesUnavailable: Error, Hashable, CustomStringConvertible {
    package var description: String { "the route of the model is not known and cannot be looked up now" }
}

/// What a route is looked up by.
struct RouteName: Hashable {
    let organization: OrganizationID
    let model: String
}
