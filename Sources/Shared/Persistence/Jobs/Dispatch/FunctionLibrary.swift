/// The functions that Redis runs for the queue.
///
/// Their names begin with the version of the library, which is raised whenever what a function takes, returns or means
/// changes: servers keep the libraries of all versions, so that daemons of two releases can work side by side. The keys
/// have no version; a release that changes them has to go on understanding those of the one before.
enum FunctionLibrary {
    /// One function of the library.
    enum Function: String, Sendable {
        case enqueue
        case exchange
        case rouse
        case beat
        case adopt
        case leave
        case cancel
        case cancelBatch = "cancel_batch"
        case reviveBatch = "revive_batch"
        case forget
        case runNow = "run_now"
        case control
        case block
        case beginEpoch = "begin_epoch"
        case markSeeded = "mark_seeded"
        case queues
        case tenants
        case limits
        case job
        case known
        case workers
        case minutes
        case leased

        /// Its name at the server.
        var name: String { "evq4_\(rawValue)" }
        /// Whether doing it again, after an answer was lost, does no harm. What was leased by an exchange whose answer
        /// was lost is nobody's until the lease expires.
        var isRepeatable: Bool { self != .exchange }
    }

    /// The whole library, as it is loaded.
    static let code: String = {
        let parts = [
            PackageResources.library_lua, PackageResources.exchange_lua, PackageResources.enqueue_lua,
            PackageResources.beat_lua, PackageResources.control_lua, PackageResources.readings_lua,
        ]
        return String(decoding: parts.joined(), as: UTF8.self)
    }()
}
