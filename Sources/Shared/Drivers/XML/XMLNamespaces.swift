/// Which namespace a prefix stands for at a place of a document. Source: Namespaces in XML 1.0 (third edition).
struct XMLNamespaces {
    private static let xml = "http://www.w3.org/XML/1998/namespace"

    /// What stands for what, by prefix, the innermost declaration last.
    private var bindings: [String: [String]] = ["xml": [xml]]
    /// The prefixes that each open element declares.
    private var declared: [[String]] = []
    private var count = 0
    private var inScope = 0

    /// Enters an element that declares namespaces by these attributes (`xmlns` and `xmlns:…`).
    mutating func open(_ declarations: [(name: String, value: String)], limits: XMLLimits) throws(XMLProblem) {
        count += declarations.count
        inScope += declarations.count
        guard count <= limits.namespaces, inScope <= limits.namespacesInScope else {
            throw XMLProblem(
                "it declares more than \(limits.namespaces) namespaces, or \(limits.namespacesInScope) at one place")
        }
        var prefixes: [String] = []
        for (name, value) in declarations {
            let prefix = name == "xmlns" ? "" : String(name.dropFirst(6))
            // It may be said what `xml` stands for, if nothing else is said.
            guard prefix == "xml" ? value == Self.xml : prefix != "xmlns" && value != Self.xml,
                prefix.isEmpty || !value.isEmpty
            else {
                throw XMLProblem("“\(name)” cannot stand for “\(value.prefix(100))”")
            }
            bindings[prefix, default: []].append(value)
            prefixes.append(prefix)
        }
        declared.append(prefixes)
    }

    /// Leaves the innermost element.
    mutating func close() {
        let prefixes = declared.removeLast()
        inScope -= prefixes.count
        for prefix in prefixes { bindings[prefix]?.removeLast() }
    }

    /// The name of an element, in two parts.
    func element(_ tag: String) throws(XMLProblem) -> (name: String, namespace: String) {
        let (prefix, name) = Self.split(tag)
        return (name, try namespace(prefix))
    }

    /// The name of an attribute, which without a prefix is in no namespace: an element cannot have it twice, whatever
    /// the prefixes are.
    func attribute(_ name: String) throws(XMLProblem) -> (name: String, namespace: String) {
        let (prefix, local) = Self.split(name)
        return (local, prefix.isEmpty ? "" : try namespace(prefix))
    }

    private func namespace(_ prefix: String) throws(XMLProblem) -> String {
        if let namespace = bindings[prefix]?.last { return namespace }
        guard prefix.isEmpty else { throw XMLProblem("the prefix “\(prefix)” stands for nothing") }
        return ""
    }

    private static func split(_ tag: String) -> (prefix: String, local: String) {
        guard let colon = tag.utf8.firstIndex(of: UInt8(ascii: ":")) else { return ("", tag) }
        return (String(tag[..<colon]), String(tag[tag.index(after: colon)...]))
    }
}
