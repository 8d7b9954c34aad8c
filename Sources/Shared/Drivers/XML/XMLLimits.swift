/// How much a document may be, and what may be in it, before anybody looks at what it says.
package struct XMLLimits: Sendable, Hashable {
    /// Bytes of the whole document.
    package let bytes: Int
    /// Elements inside each other.
    package let depth: Int
    package let elements: Int
    package let attributesOfAnElement: Int
    /// Declarations of namespaces in the whole document. Some write two at each value of an attribute.
    package let namespaces: Int
    /// Declarations that hold at one place, those of the elements around it among them: a canonical form looks at all of
    /// them at every element.
    package let namespacesInScope: Int
    /// Whether comments are passed over; else a document with one is refused. A comment within a signed text splits it for
    /// some readers and leaves the signature whole.
    package let allowsComments: Bool

    package init(
        bytes: Int, depth: Int, elements: Int, attributesOfAnElement: Int, namespaces: Int, namespacesInScope: Int,
        allowsComments: Bool
    ) {
        self.bytes = bytes
        self.depth = depth
        self.elements = elements
        self.attributesOfAnElement = attributesOfAnElement
        self.namespaces = namespaces
        self.namespacesInScope = namespacesInScope
        self.allowsComments = allowsComments
    }
}

/// Why a document is not read.
package struct XMLProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
