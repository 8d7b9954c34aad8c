package import EventLoop
package import Redis

/// Forgets routes when somebody changes models or providers. When Redis is away the routes' own lifetime does it.
package struct RouteChanges: Sendable {
    /// Where changes are announced; the message says of what.
    private static let channel = "scorable:invalidate"
    private static let subject = "models"

    private let redis: RedisClient
    private let routes: LoopLocal<RouteCache>

    package init(redis: RedisClient, routes: LoopLocal<RouteCache>) {
        self.redis = redis
        self.routes = routes
    }

    /// Follows the announcements until the task is cancelled.
    package func follow() async throws {
        for try await event in redis.subscribe(to: [Self.channel]) {
            switch event {
            case .message(_, let payload):
                if payload.elementsEqual(Self.subject.utf8) { forget() }
            case .resumed:
                // What was announced meanwhile is not known.
                forget()
            }
        }
        try Task.checkCancellation()
    }

    private func forget() {
        for cache in routes.all { cache.invalidate() }
    }
}
