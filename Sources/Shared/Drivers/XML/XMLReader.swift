/// Reads the XML that SAML and object stores are written in: no document types, so no entities but the five that XML has, no processing
/// instructions, no CDATA. What it refuses is not refused for being wrong XML but because two readers could take it for
/// two things.
///
/// Source: Extensible Markup Language 1.0 (fifth edition).
package struct XMLReader {
    private var cursor: XMLCursor
    private let limits: XMLLimits
    private var elements = 0
    private var namespaces = XMLNamespaces()

    private init(_ text: String, _ limits: XMLLimits) throws(XMLProblem) {
        guard text.utf8.count <= limits.bytes else {
            throw XMLProblem("it is longer than \(limits.bytes) bytes")
        }
        cursor = XMLCursor(Array(text.utf8))
        self.limits = limits
    }

    /// Reads a whole document.
    /// - Throws: ``XMLProblem`` for what is not well formed or not allowed.
    package static func read(_ text: String, _ limits: XMLLimits) throws(XMLProblem) -> XMLElement {
        var reader = try XMLReader(text, limits)
        return try reader.document()
    }

    private mutating func document() throws(XMLProblem) -> XMLElement {
        cursor.skip("\u{FEFF}")
        if cursor.skip("<?xml") { try declaration() }
        try between()
        let root = try element()
        try between()
        guard cursor.isAtEnd else { throw XMLProblem("there is something after its end") }
        return root
    }

    private mutating func declaration() throws(XMLProblem) {
        var said: [String: String] = [:]
        while cursor.skipSpace(), !cursor.skip("?>") {
            let (name, value) = try cursor.attribute()
            guard said.updateValue(value.lowercased(), forKey: name) == nil else {
                throw XMLProblem("its declaration says “\(name)” twice")
            }
            if cursor.skip("?>") { break }
        }
        guard said["version"] == "1.0", said["encoding"] ?? "utf-8" == "utf-8" else {
            throw XMLProblem("it is written in something other than XML 1.0 and UTF-8")
        }
    }

    /// White space and comments around the root.
    private mutating func between() throws(XMLProblem) {
        repeat { cursor.skipSpace() } while try comment()
    }

    private mutating func comment() throws(XMLProblem) -> Bool {
        guard cursor.skip("<!--") else { return false }
        guard limits.allowsComments else { throw XMLProblem("there is a comment in it") }
        _ = try cursor.text(until: "-->")
        return true
    }

    /// One element with all that is in it. Not recursive: how deep it goes is the sender's choice.
    private mutating func element() throws(XMLProblem) -> XMLElement {
        var open: [(element: XMLElement, tag: String)] = []
        while true {
            let ended: XMLElement
            if cursor.skip("</") {
                ended = try endTag(of: open.popLast())
            } else if try comment() {
                continue
            } else if cursor.skip("<") {
                let (element, tag, isEmpty) = try startTag(depth: open.count + 1)
                guard isEmpty else {
                    open.append((element, tag))
                    continue
                }
                ended = element
            } else {
                guard !open.isEmpty, !cursor.isAtEnd else { throw XMLProblem("it breaks off") }
                open[open.count - 1].element.append(try cursor.characters(until: UInt8(ascii: "<")))
                continue
            }
            namespaces.close()
            guard !open.isEmpty else { return ended }
            open[open.count - 1].element.append(ended)
        }
    }

    private mutating func endTag(of open: (element: XMLElement, tag: String)?) throws(XMLProblem) -> XMLElement {
        let tag = try cursor.name()
        cursor.skipSpace()
        guard cursor.skip(">"), let open, open.tag == tag else {
            throw XMLProblem("“\(tag)” ends where it did not begin")
        }
        return open.element
    }

    private mutating func startTag(depth: Int) throws(XMLProblem) -> (XMLElement, tag: String, isEmpty: Bool) {
        guard depth <= limits.depth else { throw XMLProblem("it is nested more than \(limits.depth) deep") }
        elements += 1
        guard elements <= limits.elements else { throw XMLProblem("it has more than \(limits.elements) elements") }
        let tag = try cursor.name()
        var attributes: [(name: String, value: String)] = []
        var isEmpty = false
        while true {
            let isSpaced = cursor.skipSpace()
            isEmpty = cursor.skip("/>")
            if isEmpty || cursor.skip(">") { break }
            guard isSpaced, attributes.count < limits.attributesOfAnElement else {
                throw XMLProblem("the tag of “\(tag)” is not well formed, or has too many attributes")
            }
            attributes.append(try cursor.attribute())
        }
        return (try element(tag, attributes), tag, isEmpty)
    }

    private mutating func element(_ tag: String, _ attributes: [(name: String, value: String)]) throws(XMLProblem)
        -> XMLElement
    {
        guard Set(attributes.map(\.name)).count == attributes.count else {
            throw XMLProblem("“\(tag)” has an attribute twice")
        }
        let declarations = attributes.filter { $0.name == "xmlns" || $0.name.hasPrefix("xmlns:") }
        try namespaces.open(declarations, limits: limits)
        var plain: [String: String] = [:]
        var qualified: [XMLElement.QualifiedName: String] = [:]
        for (name, value) in attributes where name != "xmlns" && !name.hasPrefix("xmlns:") {
            let (local, namespace) = try namespaces.attribute(name)
            if namespace.isEmpty {
                plain[local] = value
            } else if qualified.updateValue(value, forKey: .init(name: local, namespace: namespace)) != nil {
                throw XMLProblem("“\(tag)” has an attribute twice")
            }
        }
        let (name, namespace) = try namespaces.element(tag)
        return XMLElement(name: name, namespace: namespace, attributes: plain, qualifiedAttributes: qualified)
    }
}
