/// One value of a document and where it stands.
///
/// Two nodes are equal when their values are; the place does not matter.
package struct YAMLNode: Sendable {
    package let value: YAMLValue
    /// A scalar as it is written, without quotes; empty for sequences and mappings.
    package let text: String
    /// Line and column of the first character, from 1.
    package let line: Int
    package let column: Int

    /// A node that comes from no document.
    package init(_ value: YAMLValue) { self.init(value, text: "", line: 0, column: 0) }

    init(_ value: YAMLValue, text: String, line: Int, column: Int) {
        self.value = value
        self.text = text
        self.line = line
        self.column = column
    }

    /// The value of `key` in a mapping; nil when absent or when this is no mapping.
    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.first { $0.key == key }?.node
    }
}

extension YAMLNode: Hashable {
    package static func == (left: YAMLNode, right: YAMLNode) -> Bool { left.value == right.value }
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// What a node holds, by the core schema of YAML 1.2: `yes`, `no`, `on` and `off` are text.
package enum YAMLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case sequence([YAMLNode])
    /// In the order of the document; a key occurs once.
    case mapping([YAMLEntry])
}

/// One member of a mapping.
package struct YAMLEntry: Sendable, Hashable {
    package let key: String
    package let node: YAMLNode
    /// Line and column of the key, from 1.
    package let line: Int
    package let column: Int

    package init(key: String, node: YAMLNode, line: Int = 0, column: Int = 0) {
        self.key = key
        self.node = node
        self.line = line
        self.column = column
    }

    package static func == (left: YAMLEntry, right: YAMLEntry) -> Bool {
        left.key == right.key && left.node == right.node
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(node)
    }
}

/// Why a text is no document that we read.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Line and column from 1.
    package let line: Int
    package let column: Int
    /// What is wrong there.
    package let problem: String

    package var description: String { "line \(line), column \(column): \(problem)" }
}

/// How much a document may contain; aliases count with everything that they stand for.
package struct YAMLLimits: Sendable {
    package var lengthInBytes: Int
    package var depth: Int
    package var nodes: Int

    package init(lengthInBytes: Int = 1 << 20, depth: Int = 32, nodes: Int = 100_000) {
        self.lengthInBytes = lengthInBytes
        self.depth = depth
        self.nodes = nodes
    }
}
