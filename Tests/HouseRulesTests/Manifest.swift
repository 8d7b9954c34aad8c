/// What Package.swift says, as far as the rules ask.
struct Manifest: Sendable {
    let lines: [String]
    let targets: [Target]

    /// One target with where and why.
    struct Target: Sendable {
        /// The function that declares it: `library`, `executable`, `cLibrary`, `cShim`, `benchmark`, `tests`,
        /// `.target`, `.executableTarget`.
        let kind: String
        let name: String
        let line: Int
        /// The comment beside or above it.
        let purpose: String?
        let dependencies: [String]
    }

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        targets = Self.targets(in: lines)
    }

    /// The targets of one kind.
    func targets(_ kind: String) -> [Target] { targets.filter { $0.kind == kind } }

    private static func targets(in lines: [String]) -> [Target] {
        guard
            let start = lines.firstIndex(where: {
                $0.contains("targets: [") && !$0.contains("products") && !$0.contains("executable(")
            })
        else { return [] }
        var targets: [Target] = []
        var index = start + 1
        while index < lines.count {
            let declaration = #/^\s*(library|executable|cLibrary|cShim|benchmark|tests|\.target|\.executableTarget)\(/#
            guard let head = lines[index].firstMatch(of: declaration) else {
                index += 1
                continue
            }
            // The declaration goes on until its parentheses are closed.
            var depth = 0
            var end = index
            var text = ""
            var trailing = ""
            repeat {
                let parts = lines[end].split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)
                text += parts[0] + "\n"
                if parts.count == 2 { trailing = String(parts[1]) }
                for character in parts[0] { depth += character == "(" ? 1 : character == ")" ? -1 : 0 }
                end += 1
            } while depth > 0 && end < lines.count
            let words = text.matches(of: #/"([^"]*)"/#).map { String($0.1) }
            let above = lines[index - 1].drop { $0 == " " }
            let comment = above.hasPrefix("//") && !above.hasPrefix("// MARK") ? String(above.dropFirst(2)) : trailing
            let purpose = comment.drop { $0 == " " }
            if let name = words.first {
                let rest = words.dropFirst().filter { !$0.contains("/") }
                targets.append(
                    Target(
                        kind: String(head.1), name: name, line: index + 1,
                        purpose: purpose.isEmpty ? nil : String(purpose),
                        dependencies: Array(rest)))
            }
            index = end
        }
        return targets
    }
}
