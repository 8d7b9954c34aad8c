package import ByteStreams
internal import Cryptography
internal import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
package import Records
package import Stores
internal import Synchronization
package import SystemCalls
internal import Tenancy

/// Sends the audit to its receivers. Of several processes that could, one sends to a receiver at a time: it holds the
/// receiver for a while, and says so again and again.
package final class AuditForwarder: Sendable {
    private let surroundings: Surroundings
    private let state = Mutex(State())

    private static let round = Duration.seconds(2)

    /// What sending needs.
    package struct Surroundings: Sendable {
        let targets: AuditTargetStore
        let chains: AuditChainStore
        let holder: UUID
        let host: String
        let version: String
        let names: NameResolver
        let reach: StreamReach
        let pace: Pace
        let open: @Sendable (_ sealedKey: [UInt8], _ target: AuditTargetID) throws -> String
        let sent: Counter
        let logger: Logger

        /// `holder` is what this process is told apart by, `host` what messages call the deployment; `open` unseals the key of
        /// a receiver. Receivers of organisations are within `reach`; the installation's own may be anywhere.
        package init(
            targets: AuditTargetStore, chains: AuditChainStore, holder: UUID, host: String, version: String,
            names: NameResolver, reach: StreamReach, pace: Pace = Pace(), metrics: Metrics, logger: Logger,
            open: @escaping @Sendable (_ sealedKey: [UInt8], _ target: AuditTargetID) throws -> String
        ) {
            self.targets = targets
            self.chains = chains
            self.holder = holder
            self.host = host
            self.version = version
            self.names = names
            self.reach = reach
            self.pace = pace
            self.open = open
            self.logger = logger
            sent = metrics.counter(
                "scorable_audit_forwarded_total",
                "Entries of the audit that were sent to receivers, again ones included.")
        }
    }

    /// Where receivers of organisations may be.
    package typealias Reach = StreamReach

    /// When receivers have to say what.
    package struct Pace: Sendable {
        /// So long after the first entry was sent a receiver has to say that it has read everything.
        package var confirming = Duration.seconds(15)
        /// So long it may take nothing, or say nothing.
        package var patience = Duration.seconds(60)
        /// How often it is looked whether there is something to send.
        package var watching = Duration.seconds(1)

        package init() {}
    }

    private struct State {
        /// The receivers that are held, as they are now.
        var held: [AuditTargetID: AuditTargetStore.Standing] = [:]
        /// Those that are sent to, whatever revision of them.
        var running: Set<AuditTargetID> = []
    }

    package init(_ surroundings: Surroundings, metrics: Metrics) {
        self.surroundings = surroundings
        metrics.gauges(
            "scorable_siem_lag_events",
            "Entries of the audit that a receiver has not acknowledged; told by the proxy that sends to it."
        ) { [self] in standings { Double($0.waiting) } }
        metrics.gauges(
            "scorable_siem_failing", "1 for a receiver of the audit that cannot be sent to at the moment."
        ) { [self] in standings { $0.failingSince == nil ? 0 : 1 } }
        metrics.gauges(
            "scorable_siem_lag_seconds",
            "How long the oldest entry of the audit has waited that a receiver has not acknowledged."
        ) { [self] in standings { Double($0.waitingSeconds ?? 0) } }
    }

    private func standings(_ value: (AuditTargetStore.Standing) -> Double) -> [LabelledValue] {
        state.withLock { Array($0.held.values) }.map {
            LabelledValue(["receiver": $0.target.id.description], value($0))
        }
    }

    /// Sends until `isWanted` is false, which is asked every second; on a loop.
    package func run(while isWanted: @escaping @Sendable () -> Bool) async {
        await withDiscardingTaskGroup { group in
            while isWanted(), !Task.isCancelled {
                for target in await hold() {
                    group.addTask { await self.ship(to: target) }
                }
                await Self.pause(Self.round)
            }
            state.withLock { $0.held = [:] }
        }
        do {
            try await surroundings.targets.letGo(by: surroundings.holder)
        } catch {
            surroundings.logger.warning(
                "the receivers of the audit could not be left to others", metadata: ["reason": "\(error)"])
        }
    }

    /// Those that sending is to begin to.
    private func hold() async -> [AuditTarget] {
        do {
            let found = try await surroundings.targets.hold(by: surroundings.holder)
            return state.withLock { state in
                state.held = Dictionary(found.map { ($0.target.id, $0) }) { first, _ in first }
                let new = found.map(\.target).filter { !state.running.contains($0.id) }
                state.running.formUnion(new.map(\.id))
                return new
            }
        } catch {
            surroundings.logger.warning(
                "the receivers of the audit are not known at the moment", metadata: ["reason": "\(error)"])
            return []
        }
    }

    private func ship(to target: AuditTarget) async {
        let shipment = AuditShipment(target, surroundings) { [self] in
            // One that was changed is begun with anew.
            state.withLock { $0.held[target.id]?.target.revision == target.revision }
        }
        await shipment.run()
        state.withLock { _ = $0.running.remove(target.id) }
    }

    /// A pause that ends early when nobody waits any more.
    static func pause(_ time: Duration) async {
        do {
            try await Loop.current?.sleep(for: time)
        } catch {
            // Cancelled: whoever loops around it sees that.
        }
    }
}
