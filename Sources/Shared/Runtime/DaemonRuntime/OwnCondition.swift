internal import FoundationEssentials
internal import Synchronization
internal import SystemCalls
package import WireAPI

/// How this process does, for those who tell others.
package final class OwnCondition: Sendable {
    private struct Sources {
        let readiness: Readiness
        let progress: LoopProgress
        let certificates: CertificateFigures
    }

    private let sources = Mutex<Sources?>(nil)

    init() {}

    /// It lives: from now on these know how it does.
    func follow(_ readiness: Readiness, _ progress: LoopProgress, _ certificates: CertificateFigures) {
        sources.withLock {
            $0 = Sources(readiness: readiness, progress: progress, certificates: certificates)
        }
    }

    /// As of now.
    package var reading: OperatorInstance.Condition {
        let sources = sources.withLock { $0 }
        let complaint = sources.map { $0.readiness.complaint } ?? "starting"
        let standing: OperatorInstance.Standing =
            switch sources?.readiness.phase ?? .starting {
            case .starting: .starting
            case .running: sources?.readiness.isReady == true ? .ready : .unready
            case .draining: .draining
            }
        return OperatorInstance.Condition(
            standing, complaint: complaint,
            memoryBytes: ProcessFigures.current().map { Int64($0.residentBytes) },
            loopLagSeconds: sources.map { $0.progress.lag / .seconds(1) },
            certificates: (sources?.certificates.all ?? []).map {
                OperatorInstance.Certificate(listener: $0.listener, endsAt: $0.endsAt)
            }, saidAt: Date())
    }
}
