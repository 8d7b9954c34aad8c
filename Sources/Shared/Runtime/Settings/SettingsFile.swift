internal import SystemCalls
package import YAML

/// A settings file, flattened: `apid: {public: {listen: …}}` is the entry `apid.public.listen`.
package struct SettingsFile: Sendable, Hashable {
    /// One value, and the line it stands on, counted from 1.
    package struct Entry: Sendable, Hashable {
        /// A scalar as it is written, or the elements of a list separated by commas.
        package let text: String
        package let line: Int

        package init(text: String, line: Int) {
            self.text = text
            self.line = line
        }
    }

    package let path: String
    package let entries: [String: Entry]
    /// The sections that are read as a whole, because they list things of which nobody knows how many there are.
    package let documents: [String: YAMLNode]

    package init(path: String, entries: [String: Entry], documents: [String: YAMLNode] = [:]) {
        self.path = path
        self.entries = entries
        self.documents = documents
    }
}

extension SettingsFile {
    /// The file at `path`, or where that is `nil` the one at `usual`, which may be missing. The sections called as in
    /// `documents` are kept whole.
    package static func find(
        named path: String?, else usual: String, documents: Set<String> = []
    ) throws(SettingsError) -> SettingsFile? {
        if path == nil, !FileContents.exists(usual) { return nil }
        let path = path ?? usual
        do {
            return try SettingsFile(path: path, bytes: try FileContents.read(path), documents: documents)
        } catch let error as SettingsError {
            throw error
        } catch {
            throw SettingsError(.unreadable(reason: "\(error)"), key: path)
        }
    }

    /// The file at `path` with the given content; the sections called as in `documents` are kept whole.
    package init(path: String, bytes: [UInt8], documents: Set<String> = []) throws(SettingsError) {
        do {
            var flattening = Flattening(documentNames: documents)
            try flattening.add(YAMLReader.parse(bytes), under: "")
            self.init(path: path, entries: flattening.entries, documents: flattening.documents)
        } catch {
            throw SettingsError(.unreadable(reason: "\(error)"), key: path)
        }
    }
}

/// Turns nested mappings into entries with dotted names.
private struct Flattening {
    let documentNames: Set<String>
    var entries: [String: SettingsFile.Entry] = [:]
    var documents: [String: YAMLNode] = [:]

    /// What a settings file may not contain.
    struct Misplaced: Error, CustomStringConvertible {
        let line: Int
        let problem: String
        var description: String { "line \(line): \(problem)" }
    }

    mutating func add(_ node: YAMLNode, under prefix: String) throws {
        guard case .mapping(let members) = node.value else {
            if prefix.isEmpty, node.value == .null { return }
            throw Misplaced(
                line: node.line, problem: "expected sections with settings, such as “log:” and below it “level: info”")
        }
        for member in members {
            let key = prefix + member.key
            if documentNames.contains(key) {
                documents[key] = member.node
                continue
            }
            switch member.node.value {
            case .mapping: try add(member.node, under: key + ".")
            case .sequence(let elements):
                try set(key, elements.map { try scalar($0, of: key) }.joined(separator: ","), member.line)
            // A name without a value is a setting that is left open.
            case .null: continue
            case .bool, .integer, .number, .string: try set(key, member.node.text, member.line)
            }
        }
    }

    private mutating func set(_ key: String, _ text: String, _ line: Int) throws {
        if let other = entries[key] {
            throw Misplaced(line: line, problem: "\(key) is there already, on line \(other.line)")
        }
        entries[key] = SettingsFile.Entry(text: text, line: line)
    }

    private func scalar(_ node: YAMLNode, of key: String) throws -> String {
        switch node.value {
        case .mapping, .sequence, .null:
            let top = String(key.prefix { $0 != "." })
            let meant = Spelling.nearest(to: top, among: documentNames.sorted())
            throw Misplaced(
                line: node.line,
                problem: "\(key): expected a list of plain values."
                    + (meant.map { " Did you mean \($0) instead of \(top)?" } ?? ""))
        case .bool, .integer, .number, .string: return node.text
        }
    }
}
