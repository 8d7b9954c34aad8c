internal import ByteStreams
internal import Cryptography
internal import EventLoop
internal import Logging
internal import Observability
internal import Records
internal import Stores
internal import Tenancy

/// Sends to one receiver: from where it has everything on, again and again until it has, with pauses that grow while it
/// cannot be reached. What may not have arrived when a connection ends is sent again.
struct AuditShipment {
    private let target: AuditTarget
    private let surroundings: AuditForwarder.Surroundings
    private let form: AuditForm
    private let isWanted: @Sendable () -> Bool

    private static let (shortestPause, longestPause) = (Duration.seconds(1), Duration.seconds(60))
    private static let connecting = Duration.seconds(10)
    private static let sending = Duration.seconds(30)
    private static let finishing = Duration.seconds(3)
    private static let entriesAtOnce = 200

    init(
        _ target: AuditTarget, _ surroundings: AuditForwarder.Surroundings,
        while isWanted: @escaping @Sendable () -> Bool
    ) {
        self.target = target
        self.surroundings = surroundings
        self.isWanted = isWanted
        form = AuditForm(target.format, host: surroundings.host, version: surroundings.version)
    }

    /// Sends for as long as that is wanted; on a loop.
    func run() async {
        var pause = Self.shortestPause
        while isWanted(), !Task.isCancelled {
            let began = Moment.now
            do {
                try await deliver()
            } catch {
                await note(failure: "\(error)")
                let hasLasted = began.duration(to: .now) > Self.longestPause
                pause = hasLasted ? Self.shortestPause : min(pause * 2, Self.longestPause)
                await wait(pause)
            }
        }
    }

    /// One connection, as long as it lasts.
    private func deliver() async throws {
        guard let loop = Loop.current else { return }
        let stream = try await ByteStream.connect(
            to: target.host, port: target.port, tls: try context(), names: surroundings.names, on: loop,
            until: .after(Self.connecting))
        defer { stream.close() }
        var delivery = Delivery(stream: stream)
        while isWanted(), !Task.isCancelled {
            let hasSent = delivery.window.isFull ? false : try await send(&delivery)
            let settled = delivery.window.settle(acknowledged: stream.acknowledged, at: .now)
            guard try await keep(settled) else { return }
            if !delivery.isWell, delivery.began.duration(to: .now) >= DeliveryWindow.settling {
                delivery.isWell = true
                await note(failure: nil)
            }
            if !hasSent { try await stream.watch(until: .after(.seconds(1))) }
        }
        // Whoever comes next need not send again what the receiver says it has read.
        try await stream.finish(until: .after(Self.finishing))
        _ = try await keep(delivery.window.settleAll())
    }

    /// What is known of a connection.
    private struct Delivery {
        let stream: ByteStream
        let began = Moment.now
        var window = DeliveryWindow()
        /// Through where chains were sent on it.
        var sent: [AuditChain: Int64] = [:]
        /// Whether it has lasted long enough to count.
        var isWell = false
    }

    /// Sends some of what there is; whether there was something.
    private func send(_ delivery: inout Delivery) async throws -> Bool {
        var hasSent = false
        for (chain, arrived) in try await surroundings.targets.cursors(of: target) {
            let entries = try await surroundings.chains.entries(
                of: chain, behind: max(delivery.sent[chain] ?? 0, arrived), limit: Self.entriesAtOnce)
            guard let last = entries.last?.place.position else { continue }
            try await delivery.stream.send(entries.flatMap(form.bytes), until: .after(Self.sending))
            delivery.sent[chain] = last
            delivery.window.add(chain, through: last, entries: entries.count, end: delivery.stream.sent)
            surroundings.sent.increment(by: UInt64(entries.count))
            hasSent = true
        }
        return hasSent
    }

    /// Keeps what has arrived; false when somebody else sends by now.
    private func keep(_ settled: [AuditChain: Int64]) async throws -> Bool {
        for (chain, position) in settled {
            guard
                try await surroundings.targets.advance(target, chain, through: position, by: surroundings.holder)
            else { return false }
        }
        return true
    }

    private func context() throws -> TLSClientContext? {
        switch target.transport {
        case .tcp: return nil
        case .tls:
            var credentials: TLSCredentials?
            if let certificate = target.clientCertificate, let box = target.sealedClientKey {
                credentials = TLSCredentials(
                    certificatePEM: certificate, privateKeyPEM: try surroundings.open(box, target.id))
            }
            return try TLSClientContext(rootsPEM: target.certificateAuthority, credentials: credentials)
        }
    }

    private func note(failure: String?) async {
        if let failure {
            surroundings.logger.warning(
                "the audit cannot be sent to a receiver",
                metadata: ["receiver": "\(target.name)", "reason": "\(failure)"])
        }
        do {
            try await surroundings.targets.note(failure: failure, of: target, by: surroundings.holder)
        } catch {
            surroundings.logger.warning(
                "how a receiver of the audit does could not be stored", metadata: ["reason": "\(error)"])
        }
    }

    /// A pause that ends a second after it is not wanted any more.
    private func wait(_ time: Duration) async {
        let end = Moment.now + time
        while isWanted(), !Task.isCancelled, Moment.now < end { await AuditForwarder.pause(.seconds(1)) }
    }
}
