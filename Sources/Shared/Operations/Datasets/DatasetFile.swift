internal import JSON
internal import Records
internal import Scoring

/// How the items of a file are written.
package enum DatasetFileFormat: String, Sendable, Hashable, CaseIterable {
    case csv
    /// One JSON object a line.
    case jsonl

    /// By the name of a file and the media type that its sender gives it; `nil` where they say nothing.
    package init?(fileName: String?, contentType: String?) {
        let name = (fileName ?? "").lowercased()
        let type = (contentType ?? "").lowercased()
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") || type.contains("jsonl") || type.contains("ndjson") {
            self = .jsonl
        } else if name.hasSuffix(".csv") || type.contains("csv") {
            self = .csv
        } else {
            return nil
        }
    }
}

/// What is wrong with a line of a file.
package struct DatasetFileProblem: Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    package let message: String

    package var description: String { "line \(line): \(message)" }
}

/// Reads items out of a file while it comes in.
struct DatasetFileReader {
    /// How the values of a table's cells become an item's.
    private enum Columns {
        /// What is in the first line decides.
        case unknown(hasHeader: Bool?)
        case named([String])
        /// A table without header: the score, the response, the request.
        case positions
    }

    /// Names that mean something in the first line of a table.
    static let known: Set<String> = [
        "request", "response", "expected_output", "contexts", "turns", "score", "justification", "metadata",
    ]
    private static let withoutHeader = ["score", "response", "request"]
    /// The longest line of JSON.
    private static let longestLine = 4 << 20

    private var format: DatasetFileFormat?
    private var columns: Columns
    private var table = CSVParser()
    private var text: [UInt8] = []
    private var line = 0
    private(set) var problems: [DatasetFileProblem] = []

    /// Without a format it is found out by the first character.
    init(format: DatasetFileFormat?, hasHeader: Bool?) {
        self.format = format
        columns = .unknown(hasHeader: hasHeader)
    }

    /// Takes the next bytes, and hands on the items that are complete. What is wrong is noted, and the rest read.
    mutating func feed(_ bytes: [UInt8]) -> [NewDatasetItem] {
        if format == nil { format = Self.format(of: bytes) }
        return format == .jsonl
            ? lines(of: bytes, isLast: false)
            : rows { parser throws(CSVParser.Malformed) in
                try parser.feed(bytes)
            }
    }

    /// The last items, where no line end stands behind them.
    mutating func finish() -> [NewDatasetItem] {
        format == .jsonl
            ? lines(of: [], isLast: true)
            : rows { parser throws(CSVParser.Malformed) in
                try parser.finish()
            }
    }

    private static func format(of bytes: [UInt8]) -> DatasetFileFormat {
        bytes.first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF } == UInt8(ascii: "{") ? .jsonl : .csv
    }

    // MARK: Tables

    private mutating func rows(
        _ read: (inout CSVParser) throws(CSVParser.Malformed) -> [CSVParser.Row]
    ) -> [NewDatasetItem] {
        do throws(CSVParser.Malformed) {
            return try read(&table).compactMap { item(in: $0) }
        } catch {
            problems.append(DatasetFileProblem(line: error.line, message: error.message))
            return []
        }
    }

    private mutating func item(in row: CSVParser.Row) -> NewDatasetItem? {
        let names: [String]
        switch columns {
        case .unknown(let hasHeader):
            let header = row.cells.map { Self.name($0) }
            if hasHeader ?? false || header.contains(where: Self.known.contains) {
                columns = .named(header)
                return nil
            }
            columns = .positions
            names = Self.withoutHeader
        case .named(let header): names = header
        case .positions: names = Self.withoutHeader
        }
        guard row.cells.count <= names.count else {
            problems.append(
                DatasetFileProblem(
                    line: row.line, message: "there are \(row.cells.count) cells for \(names.count) columns"))
            return nil
        }
        var values: [(String, String)] = []
        for (name, cell) in zip(names, row.cells) where !cell.isEmpty { values.append((name, cell)) }
        return noting(row.line) { () throws(DatasetValueProblem) in try NewDatasetItem(cells: values) }
    }

    /// `Expected output` is `expected_output`.
    private static func name(_ cell: String) -> String {
        let plain = cell.trimmingSpaces
        let folded = plain.lowercased().split { $0 == " " || $0 == "-" }.joined(separator: "_")
        return known.contains(folded) ? folded : plain
    }

    // MARK: Lines of JSON

    private mutating func lines(of bytes: [UInt8], isLast: Bool) -> [NewDatasetItem] {
        text += bytes
        var items: [NewDatasetItem] = []
        var start = 0
        while let end = text[start...].firstIndex(of: 10) {
            if let item = item(inLine: text[start..<end]) { items.append(item) }
            start = end + 1
        }
        if isLast, start < text.count, let item = item(inLine: text[start...]) { items.append(item) }
        text.removeFirst(isLast ? text.count : start)
        if text.count > Self.longestLine {
            problems.append(
                DatasetFileProblem(
                    line: line + 1, message: "the line is longer than \(Self.longestLine >> 20) MB"))
            text = []
        }
        return items
    }

    private mutating func item(inLine bytes: ArraySlice<UInt8>) -> NewDatasetItem? {
        line += 1
        let text = String(decoding: bytes, as: UTF8.self).trimmingSpaces
        guard !text.isEmpty else { return nil }
        return noting(line) { () throws(DatasetValueProblem) in
            let value: JSONValue
            do {
                value = try JSONParser.parse(text)
            } catch {
                throw DatasetValueProblem("this is no JSON: \(error)")
            }
            guard let object = value.objectValue else { throw DatasetValueProblem("this is no JSON object") }
            return try NewDatasetItem(object)
        }
    }

    private mutating func noting(
        _ line: Int, _ make: () throws(DatasetValueProblem) -> NewDatasetItem
    ) -> NewDatasetItem? {
        do throws(DatasetValueProblem) {
            return try make()
        } catch {
            problems.append(DatasetFileProblem(line: line, message: error.message))
            return nil
        }
    }
}

extension String {
    /// Without spaces, tabs, a line's end and a byte order mark around it.
    fileprivate var trimmingSpaces: String {
        func isSpace(_ character: Character) -> Bool { character.isWhitespace || character == "\u{FEFF}" }
        let front = drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(front[...last])
    }
}
