/// Takes text with separated values (RFC 4180) apart while it comes in, in pieces of any size: quoted cells may hold commas,
/// quotes and line ends, lines end in any of the usual ways, and a byte order mark is no part of the first cell.
struct CSVParser {
    /// One line of the table; the lines of the file that its quoted cells reach over are counted.
    struct Row: Sendable, Hashable {
        /// Where it begins in the file, counted from 1.
        let line: Int
        let cells: [String]
    }

    /// Why a text is no such table.
    struct Malformed: Error, Hashable {
        let line: Int
        let message: String
    }

    private enum State {
        /// At the beginning of a cell.
        case start
        case plain
        case quoted
        /// Behind a quote within a quoted cell: another one stands for a quote, anything else ends the cell.
        case quote
    }

    /// The largest row.
    private static let mostBytes = 4 << 20

    private var state = State.start
    private var cell: [UInt8] = []
    private var cells: [String] = []
    private var size = 0
    private var line = 1
    private var rowLine = 1
    private var wasReturn = false
    private var beginning: [UInt8]? = []

    /// Takes the next bytes, and hands on the rows that are complete.
    mutating func feed(_ bytes: [UInt8]) throws(Malformed) -> [Row] {
        var rows: [Row] = []
        for byte in withoutMark(bytes) { try take(byte, &rows) }
        return rows
    }

    /// The last row, where no line end stands behind it.
    mutating func finish() throws(Malformed) -> [Row] {
        var rows: [Row] = []
        if let held = beginning {
            beginning = nil
            for byte in held { try take(byte, &rows) }
        }
        if case .quoted = state { throw Malformed(line: rowLine, message: "a quoted cell does not end") }
        if !cell.isEmpty || !cells.isEmpty { endRow(&rows) }
        return rows
    }

    private mutating func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        guard var held = beginning else { return bytes }
        held += bytes
        guard held.count >= 3 else {
            beginning = held
            return []
        }
        beginning = nil
        return held.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(held.dropFirst(3)) : held
    }

    private mutating func take(_ byte: UInt8, _ rows: inout [Row]) throws(Malformed) {
        size += 1
        guard size <= Self.mostBytes else {
            throw Malformed(line: rowLine, message: "the row is longer than \(Self.mostBytes >> 20) MB")
        }
        let isSecondHalf = wasReturn && byte == 10
        wasReturn = byte == 13
        if byte == 13 || byte == 10 && !isSecondHalf { line += 1 }
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .quote
        case (.quoted, _): cell.append(byte)
        case (.quote, UInt8(ascii: "\"")):
            cell.append(byte)
            state = .quoted
        case (.start, UInt8(ascii: "\"")): state = .quoted
        case (_, UInt8(ascii: ",")): endCell()
        case (_, 13): endRow(&rows)
        case (_, 10):
            if isSecondHalf { rowLine = line } else { endRow(&rows) }
        case (.quote, _): throw Malformed(line: line, message: "text stands behind the quote that ends a cell")
        case (.start, _), (.plain, _):
            cell.append(byte)
            state = .plain
        }
    }

    private mutating func endCell() {
        cells.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
        state = .start
    }

    /// Empty lines are no rows.
    private mutating func endRow(_ rows: inout [Row]) {
        endCell()
        if cells != [""] { rows.append(Row(line: rowLine, cells: cells)) }
        cells.removeAll(keepingCapacity: true)
        size = 0
        rowLine = line
    }
}

/// Writes tables that ``CSVParser`` reads.
enum CSVWriter {
    /// A line with its end.
    static func line(_ cells: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let needsQuotes = cell.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 < 0x20 }
            guard needsQuotes else {
                bytes += cell.utf8
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in cell.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes += [13, 10]
        return bytes
    }
}
