package import EventLoop
package import Tenancy

/// The routes that one loop has looked up lately.
///
/// A route is good for two seconds, then it is looked up again by the first call that wants it, and the others wait for
/// that. When the source cannot be asked, or is slow, the route that was known stays: calls go on without a database.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
package final class RouteCache: @unchecked Sendable {
    /// How long a route is used without asking again.
    private static let lifetime: Duration = .seconds(2)
    /// How long a route outlives a source that cannot be asked.
    private static let emergencyLifetime: Duration = .seconds(3600)
    /// How long a call waits for the source.
    private static let patience: Duration = .seconds(1)
    /// How many routes are kept.
    private static let limit = 10_000

    private struct Name: Hashable {
        let organization: OrganizationID
        let model: String
    }

    private struct Entry {
        /// `nil` while nothing is known, a known absence otherwise being `.some(nil)`.
        var route: CallRoute??
        /// When the route was looked up.
        var since = ContinuousClock.now
        /// Until when it is not looked up again.
        var freshUntil = ContinuousClock.now
        /// Whether the source could not be asked the last time: then nobody waits for it.
        var isOrphaned = false
        /// The look-up that is on its way. The entry owns it; it ends by itself after `patience`.
        var loading: Task<Void, Never>?
    }

    private let loop: Loop
    private let source: RouteSource
    private var entries: [Name: Entry] = [:]

    package init(loop: Loop, source: RouteSource) {
        self.loop = loop
        self.source = source
    }

    /// The route of a model name, `nil` when nobody serves it.
    /// - Throws: `RoutesUnavailable` when it is not known and cannot be looked up now.
    package func route(_ organization: OrganizationID, _ model: String) async throws(RoutesUnavailable) -> CallRoute? {
        loop.preconditionCurrent()
        let name = Name(organization: organization, model: model)
        let known = entries[name]
        if let known, let route = known.route, known.isOrphaned || known.freshUntil > .now {
            if known.freshUntil <= .now, known.loading == nil { _ = startLoading(name) }
            return route
        }
        let loading = known?.loading ?? startLoading(name)
        await loading.value
        guard let route = entries[name]?.route else { throw RoutesUnavailable() }
        return route
    }

    /// Looks every route up again before its next use; from any thread.
    package func invalidate() {
        loop.submit { [self] in
            for name in entries.keys { entries[name]?.freshUntil = .now }
        }
    }

    private func startLoading(_ name: Name) -> Task<Void, Never> {
        if entries.count >= Self.limit { makeRoom() }
        // Not a child of the call that happens to be first: others wait for it, too, when that one is given up.
        let task = loop.spawn { [self] in await load(name) }
        entries[name, default: Entry()].loading = task
        return task
    }

    private func load(_ name: Name) async {
        let source = source
        do {
            let route = try await withDeadline(.after(Self.patience)) {
                try await source.route(name.organization, name.model)
            }
            entries[name] = Entry(route: .some(route), freshUntil: .now + Self.lifetime)
        } catch {
            // Whoever watches the database tells that it is away; here it only means that nothing new is learned.
            guard var entry = entries[name], entry.route != nil,
                entry.since.duration(to: .now) < Self.emergencyLifetime
            else {
                entries[name] = nil
                return
            }
            entry.freshUntil = .now + Self.lifetime
            entry.isOrphaned = true
            entry.loading = nil
            entries[name] = entry
        }
    }

    /// Forgets what nobody has asked for lately; all of it if that is not enough.
    private func makeRoom() {
        let now = ContinuousClock.now
        entries = entries.filter { $0.value.loading != nil || $0.value.freshUntil > now }
        if entries.count >= Self.limit { entries = entries.filter { $0.value.loading != nil } }
    }
}

/// The route of a model is not known, and the place where it is stored cannot be asked.
package struct RoutesUnavailable: Error, Hashable, CustomStringConvertible {
    package var description: String { "the route of the model is not known and cannot be looked up now" }
}
