import EventLoop
import Glibc
import SystemCalls
import Testing

/// What a program in a cage can and cannot do.
@Suite struct ConfinedProgramTests {
    private static let loops = LoopGroup(count: 1, name: "cage-test")

    private func outcome(
        of command: [String], input: String = "", output: Int = 1 << 20, time: Duration = .seconds(10)
    ) async throws -> ConfinedProgram.Outcome {
        try await Self.loops.next().run {
            var isSent = false
            let bounds = ConfinedProgram.Bounds(
                memory: 256 << 20, processorTime: .seconds(1), time: time, output: output)
            return try await ConfinedProgram(command: command, bounds: bounds).run {
                defer { isSent = true }
                return isSent ? nil : Array(input.utf8)
            }
        }
    }

    private func perl(_ script: String) -> [String] { ["/usr/bin/perl", "-e", script] }

    @Test func bytesGoInAndOut() async throws {
        let text = String(repeating: "To and fro.\n", count: 50_000)
        let outcome = try await outcome(of: ["/bin/cat"], input: text)
        #expect(outcome.code == 0)
        #expect(String(decoding: outcome.output, as: UTF8.self) == text)
    }

    @Test func itsExitCodeAndItsComplaintsAreTold() async throws {
        let outcome = try await outcome(of: perl("print STDERR 'No good'; exit 7"))
        #expect(outcome.code == 7)
        #expect(outcome.complaints == "No good")
    }

    @Test func itOpensNoSocket() async throws {
        let outcome = try await outcome(
            of: perl("use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or print \"refused: $!\""))
        #expect(String(decoding: outcome.output, as: UTF8.self) == "refused: Operation not permitted")
    }

    @Test(arguments: [
        "open(my $f, '>', '/tmp/written-by-confined')", "open(my $f, '>>', $file)", "open(my $f, '+<', $file)",
        "unlink($file)", "rename($file, '/tmp/moved-by-confined')", "truncate($file, 0)", "chmod(0, $file)",
        "mkdir('/tmp/made-by-confined')", "symlink($file, '/tmp/linked-by-confined')", "utime(1, 1, $file)",
        "link($file, '/tmp/hard-linked-by-confined')",
    ])
    func itChangesNoFile(_ change: String) async throws {
        let file = "/tmp/kept-from-confined-\(UInt64.random(in: .min ... .max))"
        defer { _ = unsafe unlink(file) }
        try FileWriting.write("kept", to: file, mode: 0o600)
        let outcome = try await outcome(of: perl("my $file = '\(file)'; \(change) or print \"refused: $!\""))
        #expect(String(decoding: outcome.output, as: UTF8.self) == "refused: Operation not permitted")
        #expect(try FileContents.read(file) == Array("kept".utf8))
    }

    @Test(arguments: ["defined(fork)", "kill(0, getppid)", "setpriority(0, getppid, 19)", "fcntl(STDOUT, 8, getppid)"])
    func itReachesNoProcess(_ attempt: String) async throws {
        let outcome = try await outcome(of: perl("\(attempt) or print \"refused: $!\""))
        #expect(String(decoding: outcome.output, as: UTF8.self) == "refused: Operation not permitted")
    }

    @Test func memoryAndProcessorTimeAreBounded() async throws {
        let hungry = try await outcome(of: perl("my $x = 'x' x (1 << 30); print 'had it'"))
        #expect(hungry.code != 0 && hungry.output.isEmpty)
        let busy = try await outcome(of: perl("while (1) {}"), time: .seconds(30))
        #expect(busy.code >= 128)
    }

    @Test func whoSleepsIsWoken() async throws {
        await #expect(throws: ConfinedProgram.Excess.time) {
            try await outcome(of: ["/bin/sleep", "100"], time: .milliseconds(200))
        }
    }

    @Test func whoTalksTooMuchIsCutOff() async throws {
        await #expect(throws: ConfinedProgram.Excess.output) {
            try await outcome(of: perl("print 'x' x 100000"), output: 1000)
        }
    }

    @Test func cancellingEndsIt() async throws {
        let loop = Self.loops.next()
        let begun = ContinuousClock.now
        let task = Task { try await outcome(of: ["/bin/sleep", "100"], time: .seconds(60)) }
        try await loop.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(begun.duration(to: .now) < .seconds(30))
    }
}
