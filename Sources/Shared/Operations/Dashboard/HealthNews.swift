internal import Logging
internal import Records
internal import Redis

/// Notes when a part of the installation stops or begins to be well. Of several API servers that see it, one does.
final class HealthNews: Sendable {
    private let notices: Notices
    private let news: StateNews
    private let logger: Logger

    init(notices: Notices, redis: RedisClient, logger: Logger) {
        self.notices = notices
        news = StateNews(redis: redis, prefix: "scorable:health", usual: PartHealth.State.up.rawValue)
        self.logger = logger
    }

    /// Tells what is different from the last times.
    func tell(_ parts: [PartHealth]) async {
        for part in parts where part.state != .unknown {
            do {
                try await news.see(Self.key(part), part.state.rawValue) { try await post(part) }
            } catch {
                // Redis or the database is away, which may be the news itself: it is told when they are back.
                logger.debug("a notice could not be stored", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func post(_ part: PartHealth) async throws {
        let place = part.instance.map { " at \($0)" } ?? ""
        let (severity, what): (Notice.Severity, String) =
            switch part.state {
            case .up, .unknown: (.info, "is well again")
            case .degraded: (.warning, "is not well")
            case .down: (.critical, "does not answer")
            }
        try await notices.post(
            severity, "\(part.name)\(place) \(what).",
            about: Notice.Subject(kind: .daemon, id: Self.key(part), name: part.name), to: nil)
    }

    private static func key(_ part: PartHealth) -> String {
        part.instance.map { "\(part.name)@\($0)" } ?? part.name
    }
}
