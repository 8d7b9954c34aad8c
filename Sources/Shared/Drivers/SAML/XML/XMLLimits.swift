/// How much a document may be, and what may be in it, before anybody looks at what it says.
struct XMLLimits: Sendable, Hashable {
    /// Bytes of the whole document.
    let bytes: Int
    /// Elements inside each other.
    let depth: Int
    let elements: Int
    let attributesOfAnElement: Int
    /// Declarations of namespaces in the whole document. Some write two at each value of an attribute.
    let namespaces: Int
    /// Declarations that hold at one place, those of the elements around it among them: a canonical form looks at all of
    /// them at every element.
    let namespacesInScope: Int
    /// Whether comments are passed over; else a document with one is refused. A comment within a signed text splits it for
    /// some readers and leaves the signature whole.
    let allowsComments: Bool

    /// What an identity provider sends by a browser: some hundred groups are in it, not thousands.
    static let message = XMLLimits(
        bytes: 128 << 10, depth: 32, elements: 750, attributesOfAnElement: 32, namespaces: 1500,
        namespacesInScope: 30, allowsComments: false)
    /// The metadata of an identity provider, or of a federation.
    static let metadata = XMLLimits(
        bytes: 8 << 20, depth: 32, elements: 200_000, attributesOfAnElement: 64, namespaces: 100_000,
        namespacesInScope: 200, allowsComments: true)
}

/// Why a document is not read.
struct XMLProblem: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
