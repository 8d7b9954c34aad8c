package import JSON
internal import WireAPI

/// What a screen shows, as a table of texts and as JSON: for export, for `--table` and `--json`, and for line mode.
package struct Sheet: Sendable, Hashable {
    package let titles: [String]
    package let rows: [[String]]
    /// The same in full, for programs.
    package let json: JSONValue

    /// `json` is `.null` for a sheet that is only printed.
    package init(titles: [String], rows: [[String]], json: JSONValue = .null) {
        self.titles = titles
        self.rows = rows
        self.json = json
    }

    /// Rows as the JSON that the server told them in.
    package static func json(_ rows: some Encodable) -> JSONValue {
        do {
            return try JSONCodec.decode(JSONValue.self, from: JSONCodec.encode(rows))
        } catch {
            preconditionFailure("what was encoded can be decoded: \(error)")
        }
    }

    /// What tells each row from the others: its identifier where it has one, else what it says.
    package var rowKeys: [String] {
        guard case .array(let items) = json, items.count == rows.count else { return rows.map(Self.key) }
        return zip(items, rows).map { $0["id"]?.stringValue ?? Self.key($1) }
    }

    private static func key(_ row: [String]) -> String { row.joined(separator: "\u{1F}") }

    /// At most so many rows of it.
    package func first(_ count: Int) -> Sheet {
        guard rows.count > count else { return self }
        var json = json
        if case .array(let items) = json { json = .array(Array(items.prefix(count))) }
        return Sheet(titles: titles, rows: Array(rows.prefix(count)), json: json)
    }

    /// The rows as CSV, the titles first.
    package var csv: [UInt8] {
        var text = CSVText()
        for line in [titles] + rows {
            for field in line { text.add(field) }
            text.endLine()
        }
        return text.take()
    }

    /// The rows as indented JSON.
    package var document: [UInt8] { JSONCodec.encode(json) + [0x0A] }
}
