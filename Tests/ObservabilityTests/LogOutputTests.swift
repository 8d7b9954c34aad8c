import FoundationEssentials
import Glibc
import Logging
import Observability
import Testing

@Suite struct LogOutputTests {
    /// A pipe whose end the test reads.
    private final class Pipe {
        let reader: Int32
        let writer: Int32

        init() {
            var ends: [Int32] = [0, 0]
            let made = unsafe pipe(&ends)
            precondition(made == 0, "no pipe")
            (reader, writer) = (ends[0], ends[1])
            _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        }

        func text() -> String {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while case let count = unsafe read(reader, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
            return String(decoding: bytes, as: UTF8.self)
        }

        deinit {
            close(reader)
            close(writer)
        }
    }

    private struct Refused: Error {}

    private func output(
        _ pipe: Pipe, _ format: LogOutput.Format, level: Logger.Level = .info, backlogLimit: Int = 1 << 20
    ) -> LogOutput {
        LogOutput(
            descriptor: pipe.writer, format: format, level: level, backlogLimit: backlogLimit,
            now: { Date(timeIntervalSince1970: 1_767_323_045.678901) })
    }

    @Test func aJSONLineHasTheEventAndItsMetadata() {
        let pipe = Pipe()
        var logger = output(pipe, .json).logger(label: "apid")
        logger[metadataKey: "request_id"] = "r1"
        logger.info("job \"x\" done", metadata: ["n": .stringConvertible(3), "level": "odd", "tags": ["a", "b"]])
        #expect(
            pipe.text()
                == #"{"time":"2026-01-02T03:04:05.678901Z","level":"info","logger":"apid","message":"job \"x\" done","#
                + #""level_":"odd","n":3,"request_id":"r1","tags":["a","b"],"source":"ObservabilityTests"}"# + "\n")
    }

    @Test func linesForTheJournalBeginWithTheirPriority() {
        let pipe = Pipe()
        let log = LogOutput(descriptor: pipe.writer, format: .json, level: .info, marksPriority: true)
        log.logger(label: "apid").error("bad")
        log.logger(label: "apid").info("good")
        let lines = pipe.text().split(separator: "\n")
        #expect(lines.map { $0.prefix(4) } == ["<3>{", "<6>{"])
    }

    @Test func aTextLineIsForPeopleAndHarmsNoTerminal() {
        let pipe = Pipe()
        let logger = output(pipe, .text(colours: false)).logger(label: "apid")
        logger.warning("odd\u{1b}[2Jname", metadata: ["who": "a b", "empty": ""])
        #expect(
            pipe.text() == "03:04:05.678 WARNING  apid: odd\\u{1B}[2Jname  empty=\"\"  who=\"a b\"\n")
    }

    @Test func coloursAreUsedOnlyWhenAskedFor() {
        let pipe = Pipe()
        output(pipe, .text(colours: true)).logger(label: "x").error("e")
        #expect(pipe.text().contains("\u{1b}[31mERROR\u{1b}[0m"))
    }

    @Test func theLevelMayChangeWhileLoggersExist() {
        let pipe = Pipe()
        let output = output(pipe, .text(colours: false))
        let logger = output.logger(label: "x")
        logger.debug("first")
        output.level = .debug
        logger.debug("second")
        #expect(pipe.text().contains("second"))
        #expect(!pipe.text().contains("first"))
    }

    @Test func aReaderThatDoesNotReadCostsLinesButNeverTime() {
        let pipe = Pipe()
        let output = output(pipe, .json, backlogLimit: 100_000)
        let logger = output.logger(label: "x")
        let started = ContinuousClock.now
        for number in 0..<5000 { logger.info("line", metadata: ["number": .stringConvertible(number)]) }
        #expect(started.duration(to: .now) < .seconds(10))
        #expect(output.droppedLines > 0)
        var received = pipe.text()
        while !output.drain() { received += pipe.text() }
        received += pipe.text()
        let lines = received.split(separator: "\n")
        // Every line that arrives is whole, in order, and the loss is said.
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("}") })
        #expect(lines.count { $0.contains("\"message\":\"line\"") } == 5000 - Int(output.droppedLines))
        #expect(lines.last?.contains("log lines were dropped") == true)
        #expect(lines.last?.contains("\"count\":\(output.droppedLines)") == true)
    }

    @Test func linesOfManyTasksDoNotMix() async {
        let pipe = Pipe()
        let logger = output(pipe, .json).logger(label: "x")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<50 { logger.info("task", metadata: ["t": .stringConvertible(task)]) }
                }
            }
        }
        let lines = pipe.text().split(separator: "\n")
        #expect(lines.count == 200)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("}") })
    }
}
