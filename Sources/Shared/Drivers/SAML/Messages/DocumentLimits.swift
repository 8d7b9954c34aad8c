internal import XML

extension XMLLimits {
    /// What an identity provider sends by a browser: some hundred groups are in it, not thousands.
    static let message = XMLLimits(
        bytes: 128 << 10, depth: 32, elements: 750, attributesOfAnElement: 32, namespaces: 1500,
        namespacesInScope: 30, allowsComments: false)
    /// The metadata of an identity provider, or of a federation.
    static let metadata = XMLLimits(
        bytes: 8 << 20, depth: 32, elements: 200_000, attributesOfAnElement: 64, namespaces: 100_000,
        namespacesInScope: 200, allowsComments: true)
}
