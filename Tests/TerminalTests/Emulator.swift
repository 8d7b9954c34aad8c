import CVTerm
import Glibc
import Terminal
import Testing

/// ncurses has one current screen, and a process one crash guard: what uses them runs one after the other.
@Suite(.serialized) struct ProcessWideTests {}

/// A terminal in memory that shows what a screen sends.
@safe final class Emulator {
    private let terminal: OpaquePointer
    private let size: Size

    init(_ size: Size) throws {
        unsafe terminal = try #require(unsafe cvt_open(Int32(size.rows), Int32(size.columns)))
        self.size = size
    }

    deinit { unsafe cvt_close(terminal) }

    func show(_ bytes: [UInt8]) { unsafe cvt_write(terminal, bytes, bytes.count) }

    var isAlternate: Bool { unsafe cvt_is_alternate(terminal) == 1 }

    func cell(_ row: Int, _ column: Int) -> cvt_cell { unsafe cvt_cell_at(terminal, Int32(row), Int32(column)) }

    var text: [String] {
        (0..<size.rows).map { row in
            var line = String.UnicodeScalarView()
            for column in 0..<size.columns {
                let cell = cell(row, column)
                guard cell.width > 0 else { continue }
                let characters = [cell.characters.0, cell.characters.1, cell.characters.2].filter { $0 != 0 }
                line.append(contentsOf: characters.isEmpty ? [" "] : characters.compactMap(Unicode.Scalar.init))
            }
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }
}

/// Both ends of a pseudo terminal with an emulator on the far one, which answers as terminals do.
final class PseudoTerminal {
    let emulator: Emulator
    /// The path of the near end.
    let path: String
    private let master: Int32
    private var isOpen = true
    /// Everything that was shown.
    private(set) var bytes: [UInt8] = []

    init(_ size: Size) throws {
        emulator = try Emulator(size)
        var name = [CChar](repeating: 0, count: 256)
        master = unsafe cvt_pty_open(Int32(size.rows), Int32(size.columns), &name, name.count)
        try #require(master >= 0)
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { hangUp() }

    /// Shows what has arrived, and answers status questions.
    func pump() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while isOpen {
            let count = unsafe read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            emulator.show(Array(buffer[..<count]))
            let questions = String(decoding: buffer[..<count], as: UTF8.self).split(
                separator: "\u{1B}[5n", omittingEmptySubsequences: false)
            for _ in 1..<max(1, questions.count) { type("\u{1B}[0n") }
        }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(master, bytes, bytes.count)
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
