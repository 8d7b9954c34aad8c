import CVTerm
import Terminal
import Testing

/// ncurses has one current screen, and a process one crash guard: what uses them runs one after the other.
@Suite(.serialized) struct ProcessWideTests {}

/// A terminal in memory that shows what a screen sends.
@safe final class Emulator {
    private let terminal: OpaquePointer
    private var size: Size

    init(_ size: Size) throws {
        unsafe terminal = try #require(unsafe cvt_open(Int32(size.rows), Int32(size.columns)))
        self.size = size
    }

    deinit { unsafe cvt_close(terminal) }

    func show(_ bytes: [UInt8]) { unsafe cvt_write(terminal, bytes, bytes.count) }

    func resize(_ size: Size) {
        self.size = size
        unsafe cvt_resize(terminal, Int32(size.rows), Int32(size.columns))
    }

    var isAlternate: Bool { unsafe cvt_is_alternate(terminal) == 1 }

    var isMouseTold: Bool { unsafe cvt_is_mouse_told(terminal) == 1 }

    var isCursorShown: Bool {
        var (row, column, visible): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe cvt_cursor(terminal, &row, &column, &visible)
        return visible == 1
    }

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
