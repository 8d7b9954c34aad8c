internal import EventLoop
internal import FoundationEssentials
internal import Stores
package import Tenancy
package import WireAPI

/// How the installation does, for those who run it: its processes with their settings, and what is wrong with what it is
/// made of.
package struct InstallationView: Sendable {
    private let rights: InstallationRights
    private let examinations: [Examination]
    private let readings: InstanceReadings
    private let version: String
    private let recent = RecentValues<String, OperatorDiagnosis>(lifetime: .seconds(10), limit: 1)

    /// `examinations` are asked again when what they found is older than ten seconds and somebody looks; `version` is ours.
    package init(
        rights: InstallationRights, _ examinations: [Examination], _ readings: InstanceReadings, version: String
    ) {
        self.rights = rights
        self.examinations = examinations
        self.readings = readings
        self.version = version
    }

    /// What was found.
    /// - Throws: `SeenByInstallationOnly`.
    package func diagnosis(for principal: Principal) async throws -> OperatorDiagnosis {
        try await rights.requireInstallation(principal)
        let found = try await recent.value(of: version) {
            let moment = Date()
            let findings = await examinations.findings()
            return OperatorDiagnosis(version: version, examinedAt: moment, findings: findings)
        }
        guard let found else { preconditionFailure("looking always finds something") }
        return found
    }

    /// The processes; without their settings unless those are wanted.
    /// - Throws: `SeenByInstallationOnly`.
    package func instances(withSettings isWhole: Bool, for principal: Principal) async throws -> OperatorInstances {
        try await rights.requireInstallation(principal)
        let found = try await readings.instances()
        guard !isWhole else { return found }
        let results = found.results.map { result in
            var short = result
            short.instance.settings = []
            return short
        }
        return OperatorInstances(
            results: results, differences: found.differences, askedAt: found.askedAt, complaint: found.complaint)
    }
}
