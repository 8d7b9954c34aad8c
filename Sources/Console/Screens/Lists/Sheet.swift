package import JSON

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

    /// At most so many rows of it.
    package func first(_ count: Int) -> Sheet {
        guard rows.count > count else { return self }
        var json = json
        if case .array(let items) = json { json = .array(Array(items.prefix(count))) }
        return Sheet(titles: titles, rows: Array(rows.prefix(count)), json: json)
    }

    /// RFC 4180: a field with a comma, a quote or a line end stands in quotes. Texts that a spreadsheet would run as a
    /// formula get an apostrophe in front.
    package var csv: [UInt8] {
        var text = ""
        for line in [titles] + rows { text += line.map(Self.field).joined(separator: ",") + "\r\n" }
        return Array(text.utf8)
    }

    /// The rows as indented JSON.
    package var document: [UInt8] { JSONCodec.encode(json) + [0x0A] }

    private static func field(_ text: String) -> String {
        var text = text
        if let first = text.first, "=+@\t\r".contains(first) || (first == "-" && Double(text) == nil && text.count > 1)
        {
            text = "'" + text
        }
        guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
