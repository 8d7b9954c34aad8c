internal import DaemonRuntime
package import EventLoop
internal import FoundationEssentials
internal import Operations
package import WireAPI

/// Looks at everything that an installation is made of and says what to do about what is wrong; works when half of it is
/// down.
package struct Doctor: Sendable {
    let installation: Installation
    let loops: LoopGroup
    /// The wall clock.
    let now: @Sendable () -> Date

    package init(_ installation: Installation, on loops: LoopGroup) {
        self.installation = installation
        self.loops = loops
        now = { Date() }
    }

    /// What it finds. With `egress` that is who has connections outside, and nothing else.
    package func diagnosis(ofEgress isEgress: Bool = false) async -> OperatorDiagnosis {
        let moment = now()
        let examinations =
            isEgress ? EgressExaminations(installation: installation, loops: loops).all : await examinations()
        return OperatorDiagnosis(
            version: Release.version, examinedAt: moment, findings: await examinations.findings())
    }

    /// What is looked at. What cannot be looked at since the settings do not say where it is, is a finding as well.
    private func examinations() async -> [Examination] {
        let settings = SettingsExaminations(installation: installation, now: now).all
        do {
            let parts = try DoctorParts(installation, on: loops)
            return settings + HostExaminations(installation: installation, folders: parts.folders).all
                + (try await parts.examinations())
        } catch {
            let reason = "\(error)"
            let stores = Examination(.settings, "stores") {
                [
                    Examination.Finding(
                        .settings, "stores", .fail, reason,
                        remedy:
                            "Nothing else can be looked at before the settings say where it is. Is doctor run as root, "
                            + "or with --state?")
                ]
            }
            return settings + [stores] + HostExaminations(installation: installation, folders: ["/var/lib"]).all
        }
    }
}
