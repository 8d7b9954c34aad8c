import CNcurses
import Glibc

/// Why there is no terminal to work with.
package struct TerminalError: Error, Sendable, CustomStringConvertible {
    /// What is missing.
    package enum Kind: Sendable, Hashable {
        /// Standard input or output is not a terminal.
        case notATerminal
        /// Its type cannot place text on a screen.
        case unsuitable
        /// The system refused.
        case system
    }

    package let kind: Kind
    package let description: String
}

/// The terminal behind standard output: bytes in, bytes out, modes. Closed when released. Owned by the thread that polls.
final class TerminalDevice {
    /// What became of bytes that were handed over.
    enum Progress: Hashable {
        case done
        /// The terminal takes no more now; the rest is kept.
        case blocked
        /// The terminal is gone.
        case lost
    }

    let descriptor: Int32
    private var waiting: [UInt8] = []
    private var written = 0

    /// Takes the terminal of standard input and output, or the one at a path.
    init(path: String?) throws(TerminalError) {
        if let path {
            descriptor = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        } else {
            guard isatty(0) == 1, isatty(1) == 1 else {
                throw TerminalError(kind: .notATerminal, description: "standard input and output are not a terminal")
            }
            descriptor = cn_tty_open(1)
        }
        guard descriptor >= 0 else {
            throw TerminalError(kind: .system, description: "cannot open the terminal: \(Self.reason(errno))")
        }
        guard cn_tty_raw(descriptor) == 0 else {
            throw TerminalError(
                kind: .system, description: "cannot set the terminal to raw mode: \(Self.reason(errno))")
        }
    }

    deinit { close(descriptor) }

    /// The size, or what a terminal that does not tell most likely has.
    var size: Size {
        var rows: Int32 = 24
        var columns: Int32 = 80
        _ = unsafe cn_tty_size(descriptor, &rows, &columns)
        return Size(columns: Int(columns), rows: Int(rows))
    }

    /// Whether bytes wait for the terminal to take them.
    var isBlocked: Bool { written < waiting.count }

    /// Reads what has arrived; `nil` when the terminal is gone.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
    }

    /// Hands bytes over and writes as much as the terminal takes.
    func send(_ bytes: [UInt8]) -> Progress {
        waiting.append(contentsOf: bytes)
        return flush()
    }

    /// Goes on writing what waits.
    func flush() -> Progress {
        while isBlocked {
            let count = unsafe waiting.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if count < 0 && errno == EINTR {
                continue
            } else if count < 0 && errno == EAGAIN {
                return .blocked
            } else {
                return .lost
            }
        }
        waiting.removeAll(keepingCapacity: true)
        written = 0
        return .done
    }

    /// Writes what waits, for at most a time: a terminal that takes nothing must not keep us from leaving.
    func drain(within limit: Duration) {
        let end = ContinuousClock.now + limit
        while flush() == .blocked, ContinuousClock.now < end {
            var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&interest, 1, 50)
        }
        waiting = []
        written = 0
    }

    /// Gives the modes of the shell back.
    func cook() { cn_tty_cooked(descriptor) }

    /// Takes raw mode again.
    func uncook() { cn_tty_raw_again(descriptor) }

    private static func reason(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
