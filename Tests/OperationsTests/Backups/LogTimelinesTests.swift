import Foundation
import Operations
import Stores
import Testing

/// Which backups lead to which timeline of the log.
@Suite struct LogTimelinesTests {
    private func backup(from segment: String, to last: String) -> BackupManifest {
        let (part, moment) = (BackupManifest.Part(bytes: 0, sha256: ""), Date(timeIntervalSince1970: 1_800_000_000))
        return BackupManifest(
            id: "20270131T120000Z-0001", installation: nil, beganAt: moment, endedAt: moment, program: "test",
            position: BackupPosition(
                now: moment, system: "1", segment: segment, serverVersion: 15, schema: 36, database: "scorable",
                role: "scorable", isArchiving: true),
            consistentAt: moment, mark: BackupManifest.Mark(name: "m", at: moment, segment: last), base: part,
            details: part, objects: BackupManifest.Objects(list: part, count: 0, bytes: 0, areCopied: true),
            recipients: [])
    }

    @Test func aBackupLeadsToTimelinesThatLeftItsOwnBehindIt() {
        let timelines = LogTimelines(histories: [
            2: "1\t0/5000098\tbefore 2027-01-31 12:00:00+00\n",
            3: "1\t0/5000098\tbefore 2027-01-31 12:00:00+00\n\n2\t1/200\tno recovery target specified\n",
        ])
        let early = backup(from: "000000010000000000000002", to: "000000010000000000000003")
        let late = backup(from: "000000010000000000000007", to: "000000010000000000000008")
        let second = backup(from: "0000000200000000000000FE", to: "0000000200000000000000FF")
        #expect([1, 2, 3].map { timelines.leads(early, to: $0) } == [true, true, true])
        #expect([1, 2, 3].map { timelines.leads(late, to: $0) } == [true, false, false])
        #expect([1, 2, 3].map { timelines.leads(second, to: $0) } == [false, true, true])
        #expect(timelines.later(than: 1) == [2, 3] && timelines.later(than: 3).isEmpty)
        #expect(LogTimelines.timeline(of: second) == 2)
    }

    @Test func whatWentOnElsewhereIsToldFromAStandbyThatTookOver() {
        let timelines = LogTimelines(histories: [2: "1\t0/5000098\tno recovery target specified\n"])
        let early = backup(from: "000000010000000000000002", to: "000000010000000000000003")
        let late = backup(from: "000000010000000000000007", to: "000000010000000000000008")
        let over = ["000000010000000000000005", "000000020000000000000005", "000000020000000000000006"]
        #expect(timelines.onlyWay(from: early, archived: over) == 2)
        #expect(timelines.onlyWay(from: early, archived: over + ["000000010000000000000006"]) == nil)
        #expect(timelines.onlyWay(from: late, archived: over) == nil)
        #expect(LogTimelines(histories: [:]).onlyWay(from: late, archived: over) == 1)
    }
}
