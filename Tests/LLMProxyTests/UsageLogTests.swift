import EventLoop
import FoundationEssentials
import Observability
import SystemCalls
import Testing

@testable import LLMProxy

/// The log of what was used.
@Suite struct UsageLogTests {
    private func record(_ id: String, model: String = "m") -> UsageRecord {
        UsageRecord(
            moment: Date(timeIntervalSince1970: 0), requestID: id, endpoint: "messages", ending: .answered, caller: nil,
            model: model)
    }

    private func lines(_ path: String) -> [Substring] {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self).split(separator: "\n")
    }

    @Test func linesOfATurnAreWrittenAtItsEndAndAfterAMoveInAFreshFile() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID()).jsonl").path
        defer {
            for name in [path, path + ".1"] { try? FileManager.default.removeItem(atPath: name) }  // ok: temporary
        }
        let loop = TestLoops.group.loops[0]
        let log = UsageLog(try AppendedFile(path), loops: TestLoops.group, metrics: Metrics(), logger: silent)
        try await loop.run {
            for number in 0..<3 { log.append(record("\(number)")) }
            #expect(lines(path).isEmpty)
            try await loop.sleep(for: .milliseconds(1))
            #expect(lines(path).count == 3)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            try log.reopen()
            log.append(record("later"))
            try await loop.sleep(for: .milliseconds(1))
        }
        #expect(lines(path + ".1").count == 3)
        #expect(
            lines(path) == [
                #"{"time":"1970-01-01T00:00:00.000000Z","request_id":"later","endpoint":"messages","ending":"answered","#
                    + #""model":"m","attempts":0,"duration_us":0}"#
            ])
    }

    @Test func aDiskThatWasFullForLongGetsWhatThereWasRoomFor() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID()).jsonl").path
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
        defer { try? FileManager.default.removeItem(atPath: path) }  // ok: temporary
        let loop = TestLoops.group.loops[0]
        let log = UsageLog(try AppendedFile(path), loops: TestLoops.group, metrics: Metrics(), logger: silent)
        let model = String(repeating: "m", count: 1 << 20)
        try await loop.run {
            // More than the 16 MB that are kept.
            for number in 0..<20 {
                log.append(record("\(number)", model: model))
                try await loop.sleep(for: .milliseconds(1))
            }
            try FileManager.default.removeItem(atPath: path)
            try log.reopen()
            for _ in 0..<2 {
                log.append(record("later"))
                try await loop.sleep(for: .milliseconds(1))
            }
        }
        let lines = lines(path)
        #expect(lines.count == 17 && lines.last?.contains("later") == true)
    }

    @Test func withoutAFileNothingIsKept() async throws {
        let log = UsageLog(nil, loops: TestLoops.group, metrics: Metrics(), logger: silent)
        await TestLoops.group.loops[0].run { log.append(record("x")) }
        try log.reopen()
        #expect(throws: SystemError.self) { try AppendedFile("/dev/null/usage.jsonl") }
    }
}
