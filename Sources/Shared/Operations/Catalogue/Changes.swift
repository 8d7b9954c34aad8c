package import Redis
internal import Synchronization
package import Tenancy

/// Tells every daemon that something they may remember has changed.
package struct Changes: Sendable {
    /// The Redis channel; the message says what changed.
    package static let channel = "scorable:invalidate"

    /// What changed, coarsely: who remembers any of it forgets all of it.
    package enum Subject: String, Sendable, CaseIterable {
        case evaluators
        case judges
        case models
        case access
        case projects
        case keys
        case limits
        case prices
        case budgets
        case drains
    }

    private let redis: RedisClient
    private let news: CatalogueNews?
    private let forget: @Sendable (Subject) -> Void
    /// Where announcements wait that are not to be made yet.
    private let held: Held?

    private final class Held: Sendable {
        let changes = Mutex<[(change: CatalogueChange, principal: Principal)]>([])
    }

    /// `news` tells who watches; without, nobody is told. `forget` is what this process does about a change; called at
    /// once for its own.
    package init(
        redis: RedisClient, news: CatalogueNews? = nil, forget: @escaping @Sendable (Subject) -> Void
    ) {
        self.redis = redis
        self.news = news
        self.forget = forget
        held = nil
    }

    private init(_ changes: Changes, holding held: Held) {
        redis = changes.redis
        news = changes.news
        forget = changes.forget
        self.held = held
    }

    /// Lets `body` change things in a transaction, and announces what it did when that is committed: whoever asked sooner
    /// would find, and remember, how things were before.
    func announcing<Result: Sendable>(_ body: (Changes) async throws -> Result) async throws -> Result {
        let held = Held()
        let result = try await body(Changes(self, holding: held))
        for (change, principal) in held.changes.withLock({ $0 }) { await announce(change, by: principal) }
        return result
    }

    /// Announces what somebody did to a thing of the catalogue, and tells who watches.
    ///
    /// What was done is done: when the news cannot be stored, that is no failure of it.
    package func announce(_ change: CatalogueChange, by principal: Principal) async {
        if let held { return held.changes.withLock { $0.append((change, principal)) } }
        for subject in change.subjects { await announce(subject) }
        do {
            try await news?.tell(change, by: principal)
        } catch {
            return
        }
    }

    /// Makes this process forget at once and the others within a moment. When Redis is away they notice when what they
    /// remember expires, so that is no error.
    package func announce(_ subject: Subject) async {
        forget(subject)
        do {
            _ = try await redis.command(["PUBLISH", .init(Self.channel), .init(subject.rawValue)])
        } catch {
            return
        }
    }

    /// Hears what others announce, until cancelled. After an interruption everything is forgotten: something may have
    /// been missed.
    package func follow() async throws {
        for try await message in redis.subscribe(to: [Self.channel]) {
            switch message {
            case .message(_, let payload):
                guard let subject = Subject(rawValue: String(decoding: payload, as: UTF8.self)) else { continue }
                forget(subject)
            case .resumed:
                Subject.allCases.forEach(forget)
            }
        }
        try Task.checkCancellation()
    }
}
