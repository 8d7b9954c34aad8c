internal import ByteStreams
internal import Cryptography
internal import EventLoop
internal import Logging
internal import Observability
internal import Records
internal import Stores
internal import Tenancy

/// Sends to one receiver: from where it has everything on, again and again until it has, with pauses that grow while it
/// cannot be reached. Every now and then it ends the connection in an orderly way, so that the receiver says that it has read
/// everything; what it has not said so of is sent again on the next one.
struct AuditShipment {
    private let target: AuditTarget
    private let surroundings: AuditForwarder.Surroundings
    private let form: AuditForm
    private let isWanted: @Sendable () -> Bool

    private static let (shortestPause, longestPause) = (Duration.seconds(1), Duration.seconds(60))
    private static let connecting = Duration.seconds(10)
    private static let stopping = Duration.seconds(3)
    /// A connection on which there was nothing to send counts as well when it has lasted so long.
    private static let settling = Duration.seconds(10)
    private static let entriesAtOnce = 200
    private static let bytesAtOnce = 256 << 10

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
        var budget = DeliveryBudget()
        while isWanted(), !Task.isCancelled {
            do {
                try await deliver(&budget)
                pause = Self.shortestPause
            } catch {
                // Whoever comes next begins where this one has said something of.
                guard isWanted() else { return }
                await note(failure: "\(error)")
                await wait(pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// One connection, until the receiver has said that it has read everything.
    private func deliver(_ budget: inout DeliveryBudget) async throws {
        guard let loop = Loop.current else { return }
        let stream = try await ByteStream.connect(
            to: target.host, port: target.port, tls: try context(), names: surroundings.names,
            within: target.organizationID == nil ? .anywhere : surroundings.reach, on: loop,
            until: .after(Self.connecting))
        defer { stream.close() }
        var delivery = Delivery(stream: stream)
        do {
            while isWanted(), !Task.isCancelled {
                let isFull = delivery.window.isFull(budget)
                let hasSent = isFull ? false : try await send(&delivery, budget)
                if isFull || delivery.window.isDue(at: .now, after: surroundings.pace.confirming) {
                    try await confirm(&delivery, patience: surroundings.pace.patience)
                    if isFull { budget.grow() }
                    return
                }
                if !delivery.isWell, delivery.window.isEmpty, delivery.began.duration(to: .now) >= Self.settling {
                    delivery.isWell = true
                    await note(failure: nil)
                }
                if !hasSent { try await stream.watch(until: .after(surroundings.pace.watching)) }
            }
            if !delivery.window.isEmpty { try await confirm(&delivery, patience: Self.stopping) }
        } catch ByteStreamError.timedOut {
            budget.shrink()
            throw ByteStreamError.ended(
                "the receiver takes what it is sent too slowly, or does not say that it has read it by ending the stream"
            )
        }
    }

    /// Lets the receiver say that it has read everything, and keeps that.
    private func confirm(_ delivery: inout Delivery, patience: Duration) async throws {
        try await delivery.stream.finish(patience: patience)
        guard try await keep(delivery.window.settle()) else { return }
        await note(failure: nil)
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
    private func send(_ delivery: inout Delivery, _ budget: DeliveryBudget) async throws -> Bool {
        var hasSent = false
        for (chain, arrived) in try await surroundings.targets.cursors(of: target) {
            let entries = try await surroundings.chains.entries(
                of: chain, behind: max(delivery.sent[chain] ?? 0, arrived), limit: Self.entriesAtOnce)
            var bytes: [UInt8] = []
            for entry in entries {
                guard !delivery.window.isFull(budget) else { break }
                let form = form.bytes(of: entry)
                bytes += form
                delivery.sent[chain] = entry.place.position
                delivery.window.add(chain, at: entry.place.position, bytes: form.count, on: .now)
                surroundings.sent.increment()
                guard bytes.count >= Self.bytesAtOnce else { continue }
                try await delivery.stream.send(bytes, patience: surroundings.pace.patience)
                bytes = []
            }
            try await delivery.stream.send(bytes, patience: surroundings.pace.patience)
            hasSent = hasSent || !entries.isEmpty
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
