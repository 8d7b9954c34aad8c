/// An element with what is in it.
package struct XMLElement: Sendable, Hashable {
    /// The name without its prefix.
    package let name: String
    /// The namespace that the prefix stands for; empty without one.
    package let namespace: String
    /// The attributes that have no prefix.
    package let attributes: [String: String]
    /// Those that have one, by namespace and name.
    package let qualifiedAttributes: [QualifiedName: String]
    /// The elements right in it, in their order.
    package private(set) var children: [XMLElement] = []
    /// The text right in it, all pieces joined.
    package private(set) var text = ""

    /// The name of an attribute with a prefix.
    package struct QualifiedName: Sendable, Hashable {
        package let name: String
        package let namespace: String

        package init(name: String, namespace: String) {
            self.name = name
            self.namespace = namespace
        }
    }

    package init(
        name: String, namespace: String, attributes: [String: String],
        qualifiedAttributes: [QualifiedName: String] = [:]
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.qualifiedAttributes = qualifiedAttributes
    }

    package mutating func append(_ child: XMLElement) { children.append(child) }
    package mutating func append(_ piece: String) { text += piece }

    package func isNamed(_ name: String, in namespace: String) -> Bool {
        self.name == name && self.namespace == namespace
    }

    /// The children of a name.
    package func all(_ name: String, in namespace: String) -> [XMLElement] {
        children.filter { $0.isNamed(name, in: namespace) }
    }

    /// The first child of a name.
    package func first(_ name: String, in namespace: String) -> XMLElement? {
        children.first { $0.isNamed(name, in: namespace) }
    }

    /// The child of a name when there is exactly one.
    package func only(_ name: String, in namespace: String) -> XMLElement? {
        let found = all(name, in: namespace)
        return found.count == 1 ? found[0] : nil
    }

    /// Calls `body` with it and with every element in it, and with where each stands.
    package func visit<Failure>(
        below parent: XMLElement? = nil, _ body: (XMLElement, _ parent: XMLElement?) throws(Failure) -> Void
    ) throws(Failure) {
        try body(self, parent)
        for child in children { try child.visit(below: self, body) }
    }

    /// How many elements of a name there are, itself among them, at any depth.
    package func count(_ name: String, in namespace: String) -> Int {
        children.reduce(isNamed(name, in: namespace) ? 1 : 0) { $0 + $1.count(name, in: namespace) }
    }

    /// The text without white space around it.
    package var value: String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
