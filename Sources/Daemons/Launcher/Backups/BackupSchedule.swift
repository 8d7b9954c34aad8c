package import EventLoop
internal import FoundationEssentials
package import Logging
internal import StoreConnections
internal import Stores
internal import SystemCalls

/// Makes the backups of a private installation when they are due, and restores the newest now and then to see whether it can
/// be. What fails is tried again. Each is a program of its own: between them this one holds next to nothing.
package struct BackupSchedule: Sendable {
    private let installation: Installation
    private let loops: LoopGroup
    private let logger: Logger

    /// How often is looked whether something is due.
    private static let interval = Duration.seconds(5)
    private static let pauseAfterFailure = Duration.seconds(300)

    package init(_ installation: Installation, on loops: LoopGroup, logger: Logger) {
        self.installation = installation
        self.loops = loops
        self.logger = logger
    }

    /// Does so until the program is ended.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("backups are scheduled on a loop") }
        let settings = try BackupPlace(of: installation, on: loops).settings
        let runs = try Administration(installation, on: loops).backupRuns
        // Without the key nothing that is sealed can be opened here; drills are the administrator's then.
        let canOpen = settings.keyFile != nil || settings.recipients.isEmpty
        while true {
            var isWell = true
            do {
                if isDue(try await runs.lastSuccess(of: .backup), settings.every) {
                    isWell = try await run(["create"])
                }
                if isWell, canOpen, isDue(try await runs.lastSuccess(of: .drill), settings.drillEvery) {
                    isWell = try await run(["drill"])
                }
            } catch let error where !(error is CancellationError) {
                logger.error("it is not known whether a backup is due", metadata: ["reason": "\(error)"])
            }
            try await loop.sleep(for: isWell ? Self.interval : Self.pauseAfterFailure)
        }
    }

    private func isDue(_ last: Date?, _ interval: Duration) -> Bool {
        guard let last else { return true }
        return Date().timeIntervalSince(last) >= Double(interval.components.seconds)
    }

    private func run(_ words: [String]) async throws -> Bool {
        let code = try await ChildProcess.run(
            ChildProcess.Start(
                command: ["\(installation.programs)/scorable", "backup"] + words + [
                    "--quiet", "--state", installation.state.path,
                ], environment: installation.environment))
        let name = words.joined(separator: " ")
        if code == 0 {
            logger.info("done", metadata: ["what": .string(name)])
        } else {
            logger.error("failed; it says why above", metadata: ["what": .string(name), "code": "\(code)"])
        }
        return code == 0
    }
}
