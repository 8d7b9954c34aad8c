package import EventLoop
internal import FoundationEssentials
package import Logging
internal import Operations
internal import StoreConnections

/// Makes the backups of a private installation when they are due, and restores the newest now and then to see whether it can
/// be. A round that fails is tried again.
package struct BackupSchedule: Sendable {
    private let installation: Installation
    private let loops: LoopGroup
    private let logger: Logger

    /// How often is looked whether something is due.
    private static let interval = Duration.seconds(30)
    private static let pauseAfterFailure = Duration.seconds(300)

    package init(_ installation: Installation, on loops: LoopGroup, logger: Logger) {
        self.installation = installation
        self.loops = loops
        self.logger = logger
    }

    /// Does so until the program is ended.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("backups are scheduled on a loop") }
        let place = try BackupPlace(of: installation)
        let administration = BackupAdministration(installation, on: loops)
        var drilled = ContinuousClock.now
        while true {
            do {
                let newest = try await place.toList().backups().last
                let age = newest.map { Date().timeIntervalSince($0.consistentAt) } ?? .infinity
                if age >= Double(place.settings.every.components.seconds) {
                    _ = try await administration.create(pruning: true)
                    logger.info("backup made")
                }
                if place.settings.keyFile != nil || place.settings.recipients.isEmpty,
                    drilled.duration(to: .now) >= place.settings.drillEvery
                {
                    drilled = .now
                    let drill = try await administration.drill(nil, keyFile: nil, in: "/var/tmp")
                    logger.info("restore drill done", metadata: ["succeeded": "\(drill.isGood)"])
                }
                try await loop.sleep(for: Self.interval)
            } catch let error where !(error is CancellationError) {
                logger.error("no backup could be made", metadata: ["reason": "\(error)"])
                try await loop.sleep(for: Self.pauseAfterFailure)
            }
        }
    }
}
