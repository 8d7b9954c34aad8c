import CNcurses
import Glibc

/// Standard output and error for programs that print and leave.
package enum StandardStreams {
    /// Whether standard output is a terminal.
    package static var outputIsTerminal: Bool { isatty(1) == 1 }

    /// Whether somebody types what comes on standard input.
    package static var inputIsTerminal: Bool { isatty(0) == 1 }

    /// Writes lines to standard output; a reader that has gone is no error.
    package static func write(_ bytes: some Sequence<UInt8>) { write(Array(bytes), to: 1) }

    /// Writes a line to standard error.
    package static func complain(_ line: String) { write(Array((line + "\n").utf8), to: 2) }

    /// Asks for a secret on the controlling terminal, without showing what is typed; `nil` where there is none.
    package static func askSecret(_ question: String) -> String? {
        var answer = [CChar](repeating: 0, count: 1024)
        let count = unsafe cn_tty_ask_secret(question, &answer, 1024)
        guard count > 0 else { return nil }
        return String(decoding: answer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
