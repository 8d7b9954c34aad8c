import Glibc
import Terminal
import Testing

extension ProcessTests {
    /// Whatever comes from a terminal, and whatever signals: the process lives until it is told to end, answers, and gives
    /// the terminal back.
    @Suite(.serialized) struct ProcessFuzzTests {
        private enum Step {
            case bytes([UInt8])
            case size(Size)
            case signal(Int32)
        }

        private static let sequences = [
            "\u{1B}[A", "\u{1B}[B", "\u{1B}OC", "\u{1B}[5~", "\u{1B}[Z", "\u{1B}", "\r", "\t", "\u{7F}", "\u{1B}[1;5C",
            "\u{1B}[<0;10;5M", "\u{1B}[<64;300;300M", "\u{1B}[<99;0;0m", "\u{1B}[I", "\u{1B}[O", "\u{1B}[0n",
            "\u{1B}[?2026;1$y", "\u{1B}]11;rgb:1/2/3\u{1B}\\", "\u{1B}]11;rgb:", "\u{1B}P>|x\u{1B}\\", "\u{1B}P",
            "\u{1B}[200~pasted q\u{1B}[201~", "\u{1B}[200~never ended", "\u{1B}[999999999999A",
            "\u{1B}[M\u{20}\u{20}\u{20}",
            "日本語", "é", "👩\u{200D}👩\u{200D}👧", "\u{202E}", "m", "t", "c", "r", "1", "2", "3", "4", "5", "\u{0C}",
        ]
        private static let sizes = [
            (1, 1), (2, 1), (1, 2), (5, 2), (20, 5), (79, 23), (80, 24), (120, 40), (200, 1), (500, 200),
        ]

        private static func step(_ generator: inout SeededGenerator) -> Step {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<50: .bytes(Array((sequences.randomElement(using: &generator) ?? "j").utf8))
            case ..<70:
                // Random, but nothing that asks the program to leave, or the system to end it while it is suspended.
                .bytes(
                    (0..<Int.random(in: 1..<60, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                    .filter { ![0x03, 0x1A, 0x1C, 0x58, 0x65, 0x71].contains($0) })
            case ..<75: .bytes(Array(repeating: 0x6A, count: Int.random(in: 1..<5000, using: &generator)))
            case ..<95:
                .size(
                    sizes.randomElement(using: &generator).map { Size(columns: $0.0, rows: $0.1) }
                        ?? Size(columns: 9, rows: 9))
            default:
                .signal([SIGWINCH, SIGCONT, SIGCHLD, SIGTSTP, SIGPIPE].randomElement(using: &generator) ?? SIGWINCH)
            }
        }

        @Test(arguments: 1...6 as ClosedRange<UInt64>)
        func nothingStopsItButItsEnd(_ seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            let environment: [String: String?] = [
                "TERM": ["xterm-256color", "vt100", "linux"][Int(seed % 3)], "LANG": seed % 2 == 0 ? "C" : "C.UTF-8",
                "COLORTERM": seed % 2 == 0 ? "truecolor" : nil,
            ]
            let probe = try ProbeProcess(["--rate", "300"], environment: environment, answersQuestions: seed % 2 == 0)
            #expect(probe.terminal.shows("event"))
            for _ in 0..<200 {
                switch Self.step(&generator) {
                case .bytes(let bytes): probe.terminal.type(bytes)
                case .size(let size): probe.terminal.resize(size)
                case .signal(let number): probe.signal(number)
                }
                probe.terminal.pump()
                if let ending = probe.end(within: .zero) {
                    Issue.record("seed \(seed) ended it: \(ending)")
                    return
                }
            }
            // Time for a torn paste to end, then it must still answer.
            probe.terminal.type(Array("\u{1B}[201~\u{1B}\\".utf8))
            probe.terminal.resize(Size(columns: 77, rows: 20))
            #expect(probe.terminal.shows(", 77x20", within: .seconds(20)), "seed \(seed) made it deaf")
            probe.terminal.type("q")
            #expect(probe.end() == 7, "seed \(seed)")
            probe.expectRestored("seed \(seed)")
        }

        @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGSEGV])
        func anEndInTheMiddleOfAFloodGivesTheTerminalBack(_ signal: Int32) throws {
            for round in 0..<6 {
                var generator = SeededGenerator(seed: UInt64(100 + round))
                let probe = try ProbeProcess(["--rate", "1000"])
                #expect(probe.terminal.shows("event"))
                for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                    probe.terminal.type("\u{1B}[B")
                    probe.terminal.pump()
                }
                probe.signal(signal)
                #expect(probe.end() != nil)
                probe.expectRestored("signal \(signal), round \(round)")
            }
        }
    }
}
