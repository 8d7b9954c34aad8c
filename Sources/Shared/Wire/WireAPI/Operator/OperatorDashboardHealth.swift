package import FoundationEssentials

extension OperatorDashboard {
    /// A part of the installation and how it is, as the API server that answers sees it.
    package struct Daemon: Codable, Sendable, Hashable {
        /// `apid`, `evald`, `llmproxyd`, `workerd`, `postgresql` or `redis`.
        package let name: String
        /// Which one, where there are several or it is elsewhere: an address; `nil` for the answering server itself.
        package let instance: String?
        package let state: State
        /// Why it is not well, in one sentence.
        package let reason: String?
        /// Since when it is in this state, as far as this server has seen.
        package let since: Date?
        /// When it was asked.
        package let checkedAt: Date?
        /// How long its answer took.
        package let probeMilliseconds: Double?
        package let version: String?
        package let memoryBytes: Int64?
        package let uptimeSeconds: Double?

        package init(
            name: String, instance: String?, state: State, reason: String?, since: Date?, checkedAt: Date?,
            probeMilliseconds: Double?, version: String?, memoryBytes: Int64?, uptimeSeconds: Double?
        ) {
            self.name = name
            self.instance = instance
            self.state = state
            self.reason = reason
            self.since = since
            self.checkedAt = checkedAt
            self.probeMilliseconds = probeMilliseconds
            self.version = version
            self.memoryBytes = memoryBytes
            self.uptimeSeconds = uptimeSeconds
        }

        /// How a part of the installation is.
        package enum State: String, Codable, Sendable, Hashable, CaseIterable {
            case up
            /// It answers, and says itself that something is wrong.
            case degraded
            /// It does not answer.
            case down
            /// It has not been asked yet.
            case unknown
        }
    }

    /// Something that waits for its turn, or may have to.
    package struct Queue: Codable, Sendable, Hashable {
        /// A stable name, such as `evald.calls`.
        package let name: String
        /// What waits there and for what, in one sentence.
        package let summary: String
        /// How many wait.
        package let waiting: Int
        /// How many have their turn at the moment; `nil` where nobody counts.
        package let running: Int?
        /// How many may wait; beyond, they are refused. `nil` for no limit.
        package let limit: Int?
        /// How long the oldest has waited; `nil` when nothing waits or nobody knows.
        package let oldestSeconds: Double?

        package init(
            name: String, summary: String, waiting: Int, running: Int?, limit: Int?, oldestSeconds: Double?
        ) {
            self.name = name
            self.summary = summary
            self.waiting = waiting
            self.running = running
            self.limit = limit
            self.oldestSeconds = oldestSeconds
        }
    }
}
