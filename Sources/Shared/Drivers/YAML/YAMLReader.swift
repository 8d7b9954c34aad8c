/// Reads files that people write: documents of scalars, sequences and mappings with text keys.
///
/// Left out on purpose: tags other than `!!str`, merge keys, keys that are no text. A key that occurs twice is an error,
/// since one of the two would be lost.
package enum YAMLReader {
    /// The root of the only document; `.null` for an empty one.
    package static func parse(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> YAMLNode {
        var composer = try composer(of: bytes, limits)
        guard let root = try composer.nextDocument() else { return YAMLNode(.null, text: "", line: 1, column: 1) }
        try composer.requireEnd()
        return root
    }

    /// The same from text.
    package static func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> YAMLNode {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The roots of all documents of a text, none for an empty one; the limits are those of the whole text.
    package static func documents(_ text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> [YAMLNode] {
        var composer = try composer(of: Array(text.utf8), limits)
        var roots: [YAMLNode] = []
        while let root = try composer.nextDocument() { roots.append(root) }
        return roots
    }

    private static func composer(of bytes: [UInt8], _ limits: YAMLLimits) throws(YAMLError) -> Composer {
        guard bytes.count <= limits.lengthInBytes else {
            throw YAMLError(line: 1, column: 1, problem: "the file is longer than \(limits.lengthInBytes) bytes")
        }
        return try Composer(EventParser(bytes), limits)
    }
}

/// Builds the tree from libyaml's events.
private struct Composer {
    private let events: EventParser
    private let limits: YAMLLimits
    private var count = 0
    private var anchors: [String: Anchored] = [:]

    /// What an alias stands for, and how many nodes that is.
    private struct Anchored {
        let node: YAMLNode
        let size: Int
        let depth: Int
    }

    /// A node with how deep it goes.
    private struct Composed {
        let node: YAMLNode
        let depth: Int
    }

    /// Begins the stream.
    init(_ events: EventParser, _ limits: YAMLLimits) throws(YAMLError) {
        self.events = events
        self.limits = limits
        _ = try events.next()
    }

    /// The root of the next document, `nil` at the end of the stream.
    mutating func nextDocument() throws(YAMLError) -> YAMLNode? {
        guard case .documentStart = try events.next().kind else { return nil }
        anchors = [:]
        let root = try node(events.next(), level: 0).node
        _ = try events.next()
        return root
    }

    /// Passes at the end of the stream only.
    func requireEnd() throws(YAMLError) {
        let event = try events.next()
        guard case .streamEnd = event.kind else { throw event.error("a second document is not expected") }
    }

    private mutating func node(_ event: YAMLEvent, level: Int) throws(YAMLError) -> Composed {
        guard level < limits.depth else { throw event.error("more than \(limits.depth) levels") }
        let before = count
        try add(1, event)
        let composed: Composed
        switch event.kind {
        case .alias(let name): return try alias(name, event, level)
        case .scalar(let text, let isPlain):
            let value = isPlain && event.tag == nil ? Scalar.value(text) : .string(text)
            guard event.tag == nil || event.tag == "tag:yaml.org,2002:str" || event.tag == "!" else {
                throw event.error("the tag \(event.tag ?? "") is not supported")
            }
            composed = Composed(node: make(value, event, text), depth: 1)
        case .sequenceStart: composed = try sequence(event, level)
        case .mappingStart: composed = try mapping(event, level)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw event.error("a value is missing")
        }
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(node: composed.node, size: count - before, depth: composed.depth)
        }
        return composed
    }

    private mutating func sequence(_ start: YAMLEvent, _ level: Int) throws(YAMLError) -> Composed {
        try refuseTag(start)
        var elements: [YAMLNode] = []
        var depth = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let element = try node(event, level: level + 1)
            elements.append(element.node)
            depth = max(depth, element.depth)
        }
        return Composed(node: make(.sequence(elements), start), depth: depth + 1)
    }

    private mutating func mapping(_ start: YAMLEvent, _ level: Int) throws(YAMLError) -> Composed {
        try refuseTag(start)
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        var depth = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            guard case .scalar(let key, let isPlain) = event.kind else { throw event.error("a key must be text") }
            guard key != "<<" || !isPlain else { throw event.error("merge keys are not supported") }
            if let line = lines.updateValue(event.line, forKey: key) {
                throw event.error("\"\(key)\" is there already, on line \(line)")
            }
            try add(1, event)
            let value = try node(events.next(), level: level + 1)
            entries.append(YAMLEntry(key: key, node: value.node, line: event.line, column: event.column))
            depth = max(depth, value.depth)
        }
        return Composed(node: make(.mapping(entries), start), depth: depth + 1)
    }

    private mutating func alias(_ name: String, _ event: YAMLEvent, _ level: Int) throws(YAMLError) -> Composed {
        guard let anchored = anchors[name] else { throw event.error("there is no &\(name) before this") }
        try add(anchored.size, event)
        guard level + anchored.depth <= limits.depth else { throw event.error("more than \(limits.depth) levels") }
        return Composed(node: make(anchored.node.value, event, anchored.node.text), depth: anchored.depth)
    }

    private mutating func add(_ nodes: Int, _ event: YAMLEvent) throws(YAMLError) {
        count += nodes
        guard count <= limits.nodes else { throw event.error("more than \(limits.nodes) values, aliases included") }
    }

    private func refuseTag(_ event: YAMLEvent) throws(YAMLError) {
        if let tag = event.tag { throw event.error("the tag \(tag) is not supported") }
    }

    private func make(_ value: YAMLValue, _ event: YAMLEvent, _ text: String = "") -> YAMLNode {
        YAMLNode(value, text: text, line: event.line, column: event.column)
    }
}
