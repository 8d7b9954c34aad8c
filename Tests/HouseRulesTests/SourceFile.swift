/// One Swift file, its lines as they are and as code alone.
struct SourceFile: Sendable {
    /// From the root of the repository.
    let path: String
    let text: String
    let lines: [String]
    /// The lines with comments and the content of string literals blanked out.
    let code: [String]
    /// The lines with comments alone blanked out.
    let withoutComments: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var lexer = Lexer()
        let views = lines.map { lexer.views(of: $0) }
        code = views.map(\.code)
        withoutComments = views.map(\.withoutComments)
    }

    /// The module that the file belongs to: the folder below the layer's.
    var module: String {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 3 else { return parts.count > 2 ? parts[1] : "" }
        if parts[0] == "Tests" { return parts[1] }
        // Sources/Shared/<layer>/<module>/…, but Sources/Daemons/<module>/… and what is between the layers.
        let isBetween = ["Operations", "CodeScoring"].contains(parts[2])
        return parts[1] == "Shared" && parts.count > 4 && !isBetween ? parts[3] : parts[2]
    }

    /// The modules that the file imports.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            guard line.has("import "),
                let match = line.firstMatch(
                    of: #/^\s*(?:@\w+ )*(?:\w+ )?import (?:(?:struct|class|enum|func|typealias|protocol) )?(\w+)/#)
            else { return nil }
            return (String(match.1), index + 1)
        }
    }

    /// Whether the text holds `needle` anywhere; quick, to spare files the slow look.
    func mayContain(_ needle: String) -> Bool { text.has(needle) }

    /// Whether a line is excused by `// ok:` and a reason, on it or alone on the line above.
    func isExcused(line number: Int) -> Bool {
        func excuses(_ line: String) -> Bool {
            guard let mark = line.firstRange(of: "// ok: ") else { return false }
            return line[mark.upperBound...].split(separator: " ").count >= 2
        }
        if excuses(lines[number - 1]) { return true }
        guard number > 1 else { return false }
        let above = lines[number - 2]
        return above.drop { $0 == " " }.hasPrefix("//") && excuses(above)
    }
}
