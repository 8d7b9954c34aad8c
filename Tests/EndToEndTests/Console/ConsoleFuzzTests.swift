import Foundation
import Testing

extension EndToEnd {
    /// Keys, pastes, broken bytes and sizes at random, against a real server while executions arrive.
    @Suite struct ConsoleFuzzTests {
        @Test(arguments: [3, 17])
        func whateverIsTypedTheTerminalComesBack(_ seed: UInt64) async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation, before: "stty -a > $HOME/fuzz-before")
            try await terminal.until("● live")
            var generator = Seeded(state: seed)
            for step in 0..<120 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0:
                    try await terminal.resize(
                        columns: Int.random(in: 1...160, using: &generator),
                        rows: Int.random(in: 1...60, using: &generator))
                case 1:
                    try await terminal.send(
                        bytes: [0x1B, 0x5B, 0x32, 0x30, 0x30, 0x7E] + Array("q\u{7}pasted".utf8) + [
                            0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E,
                        ])
                case 2:
                    try await terminal.send(
                        bytes: (0..<6).map { _ in UInt8.random(in: 0x80...0xFF, using: &generator) })
                case 3:
                    try await terminal.send(
                        bytes: [0x1B] + Array("[\(Int.random(in: 0...99, using: &generator));5".utf8))
                default:
                    // Not what leaves on purpose: q, Q, Ctrl-C, Ctrl-Z, Ctrl-\; nor E, which opens an editor.
                    let keys = Array("jkGgxe:?/'wmvt*_on<>[]fdhl 1237-0#\t\r\u{1B}").map {
                        UInt8($0.asciiValue ?? 0x6A)
                    }
                    try await terminal.send(bytes: (0..<4).map { _ in keys.randomElement(using: &generator) ?? 0x6A })
                }
                if step % 40 == 0 { _ = try await ConsoleSteps.execute(in: installation) }
            }
            try await terminal.resize(columns: 80, rows: 24)
            // Whatever is open, it is still there and answers.
            for _ in 0..<8 { try await terminal.press("Escape") }
            try await terminal.press("C-c")
            try await terminal.press("C-c")
            try await terminal.until(TerminalSession.prompt)
            try await terminal.type("stty -a > $HOME/fuzz-after; cmp $HOME/fuzz-before $HOME/fuzz-after && echo same")
            try await terminal.press("Enter")
            try await terminal.until("same")
            try await terminal.close()
        }
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
