/// An element with what is in it.
struct XMLElement: Sendable, Hashable {
    /// The name without its prefix.
    let name: String
    /// The namespace that the prefix stands for; empty without one.
    let namespace: String
    /// The attributes that have no prefix.
    let attributes: [String: String]
    /// Those that have one, by namespace and name.
    let qualifiedAttributes: [QualifiedName: String]
    private(set) var children: [XMLElement] = []
    /// The text right in it, all pieces joined.
    private(set) var text = ""

    struct QualifiedName: Sendable, Hashable {
        let name: String
        let namespace: String
    }

    init(
        name: String, namespace: String, attributes: [String: String],
        qualifiedAttributes: [QualifiedName: String] = [:]
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.qualifiedAttributes = qualifiedAttributes
    }

    mutating func append(_ child: XMLElement) { children.append(child) }
    mutating func append(_ piece: String) { text += piece }

    func isNamed(_ name: String, in namespace: String) -> Bool { self.name == name && self.namespace == namespace }

    /// The children of a name.
    func all(_ name: String, in namespace: String) -> [XMLElement] {
        children.filter { $0.isNamed(name, in: namespace) }
    }

    /// The first child of a name.
    func first(_ name: String, in namespace: String) -> XMLElement? {
        children.first { $0.isNamed(name, in: namespace) }
    }

    /// The child of a name when there is exactly one.
    func only(_ name: String, in namespace: String) -> XMLElement? {
        let found = all(name, in: namespace)
        return found.count == 1 ? found[0] : nil
    }

    /// Calls `body` with it and with every element in it, and with where each stands.
    func visit<Failure>(
        below parent: XMLElement? = nil, _ body: (XMLElement, _ parent: XMLElement?) throws(Failure) -> Void
    ) throws(Failure) {
        try body(self, parent)
        for child in children { try child.visit(below: self, body) }
    }

    /// How many elements of a name there are, itself among them, at any depth.
    func count(_ name: String, in namespace: String) -> Int {
        children.reduce(isNamed(name, in: namespace) ? 1 : 0) { $0 + $1.count(name, in: namespace) }
    }

    /// The text without white space around it.
    var value: String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
