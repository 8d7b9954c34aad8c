import CVTerm
import Glibc
import Terminal
import Testing

/// Both ends of a pseudo terminal with an emulator on the far one, which answers as terminals do.
final class PseudoTerminal {
    let emulator: Emulator
    /// The path of the near end.
    let path: String
    private let master: Int32
    private let answersQuestions: Bool
    private var isOpen = true
    /// Everything that was shown.
    private(set) var bytes: [UInt8] = []
    /// Questions up to here were answered.
    private var answered = 0

    /// `answersQuestions` has it also say what it is and which modes it knows, as newer terminals do.
    init(_ size: Size, answersQuestions: Bool = false) throws {
        self.answersQuestions = answersQuestions
        emulator = try Emulator(size)
        var name = [CChar](repeating: 0, count: 256)
        master = unsafe cvt_pty_open(Int32(size.rows), Int32(size.columns), &name, name.count)
        try #require(master >= 0)
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { hangUp() }

    /// Shows what has arrived, and answers what was asked.
    func pump() { while takeOutput() { answer() } }

    /// Shows what has arrived; whether anything had.
    @discardableResult
    private func takeOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        guard isOpen else { return false }
        let count = unsafe read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        emulator.show(Array(buffer[..<count]))
        return true
    }

    /// Questions come in one piece or in two.
    private func answer() {
        let status = Array("\u{1B}[5n".utf8)
        let modes = Array("\u{1B}[?2026$p".utf8)
        while let start = bytes[answered...].firstIndex(of: 0x1B) {
            let rest = bytes[start...]
            // The rest of a question may come later.
            if rest.count < modes.count, modes.starts(with: rest) || status.starts(with: rest),
                !rest.elementsEqual(status)
            {
                return
            }
            answered = start + 1
            if rest.starts(with: status) { type("\u{1B}[0n") }
            guard answersQuestions, rest.starts(with: modes) else { continue }
            type("\u{1B}[?2026;2$y\u{1B}[?2004;1$y\u{1B}[?1004;0$y\u{1B}P>|kitty(0.32.2)\u{1B}\\")
            type("\u{1B}]11;rgb:ffff/ffff/f0f0\u{1B}\\")
        }
        answered = bytes.count
    }

    /// Shows and answers until something holds; `false` when that was not in time.
    func pump(within limit: Duration = .seconds(10), until isDone: () -> Bool) -> Bool {
        let end = ContinuousClock.now + limit
        while !isDone() {
            guard ContinuousClock.now < end, isOpen else { return false }
            var interest = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&interest, 1, 10)
            pump()
        }
        return true
    }

    /// Waits until a text is on the screen.
    func shows(_ text: String, within limit: Duration = .seconds(10)) -> Bool {
        pump(within: limit) { emulator.text.contains { $0.contains(text) } }
    }

    func resize(_ size: Size) {
        emulator.resize(size)
        _ = cvt_pty_resize(master, Int32(size.rows), Int32(size.columns))
    }

    func type(_ text: String) { type(Array(text.utf8)) }

    /// Types bytes; a program that does not read gets as many as its queue holds.
    func type(_ bytes: [UInt8]) {
        var rest = bytes[...]
        let end = ContinuousClock.now + .seconds(2)
        while !rest.isEmpty, isOpen, ContinuousClock.now < end {
            let piece = Array(rest.prefix(512))
            let count = unsafe write(master, piece, piece.count)
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EAGAIN { return }
            if !rest.isEmpty { takeOutput() }
        }
    }

    func hangUp() {
        guard isOpen else { return }
        isOpen = false
        close(master)
    }

    /// Whether the near end echoes and edits lines, as a shell needs it.
    var isCooked: Bool {
        var modes = termios()
        guard unsafe tcgetattr(master, &modes) == 0 else { return false }
        return modes.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
    }
}
