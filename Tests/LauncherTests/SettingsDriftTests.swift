import Foundation
import Testing
import WireAPI

@testable import Launcher

/// Where the settings of processes differ.
@Suite struct SettingsDriftTests {
    private func process(_ pid: Int, _ settings: [OperatorInstance.Setting]) -> OperatorInstance {
        OperatorInstance(
            id: UUID(), daemon: "workerd", host: "a", pid: pid, version: "1", startedAt: Date(timeIntervalSince1970: 0),
            address: "127.0.0.1:8083", settings: settings)
    }

    private func setting(
        _ key: String, _ value: String?, digest: String?, isSecret: Bool = false, isCommon: Bool = true
    ) -> OperatorInstance.Setting {
        OperatorInstance.Setting(
            key: key, value: value, source: "default", digest: digest, isSecret: isSecret, isCommon: isCommon)
    }

    @Test func whatDiffersIsTheCommonSettingWithTheRareValueLast() throws {
        let processes = [
            process(1, [setting("a", "x", digest: "1"), setting("listen", ":1", digest: "8", isCommon: false)]),
            process(2, [setting("a", "y", digest: "2"), setting("listen", ":2", digest: "9", isCommon: false)]),
            process(3, [setting("a", "x", digest: "1")]), process(4, []),
        ]
        let differences = OperatorInstances.differences(among: processes)
        #expect(differences.map(\.key) == ["a"])
        let values = try #require(differences.first?.values)
        #expect(values.map(\.value) == ["x", "y"])
        #expect(values.last?.instances == ["scorable-workerd on a (pid 2)"])
    }

    @Test func aClockThatIsOffIsNamedWithItsHost() {
        let moment = Date(timeIntervalSince1970: 1_000_000)
        func told(_ host: String, ahead: Double, seen: Double) -> OperatorInstances.Instance {
            OperatorInstances.Instance(
                instance: OperatorInstance(
                    id: UUID(), daemon: "workerd", host: host, pid: 1, version: "1", startedAt: moment, address: "",
                    settings: [],
                    condition: OperatorInstance.Condition(
                        .ready, complaint: nil, memoryBytes: nil, loopLagSeconds: nil,
                        saidAt: moment.addingTimeInterval(ahead - seen))), seenSeconds: seen)
        }
        func finding(_ results: [OperatorInstances.Instance]) -> OperatorDiagnosis.Finding {
            InstanceComparison.clocks(
                OperatorInstances(results: results, differences: [], askedAt: moment, complaint: nil))
        }
        // How long ago it was said is no difference of clocks.
        #expect(finding([told("a", ahead: 0.1, seen: 4), told("b", ahead: -0.2, seen: 0)]).state == .ok)
        let off = finding([told("a", ahead: 0, seen: 4), told("b", ahead: -45, seen: 2), told("c", ahead: 3, seen: 0)])
        #expect(off.state == .fail && off.remedy != nil)
        #expect(off.detail == "Not as this host's clock: b by 45 s behind, c by 3 s ahead.")
        #expect(finding([]).state == .skipped)
    }

    @Test func secretsOfProcessesWithOtherTokensAreNotCompared() {
        let one = [
            setting("service_token", "‹redacted›", digest: "1", isSecret: true),
            setting("database.url", "db", digest: "2", isSecret: true),
        ]
        let other = [
            setting("service_token", "‹redacted›", digest: "3", isSecret: true),
            setting("database.url", "db", digest: "4", isSecret: true),
        ]
        let differences = OperatorInstances.differences(among: [process(1, one), process(2, other)])
        #expect(differences.map(\.key) == ["service_token"])
    }
}
