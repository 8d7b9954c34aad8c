/// A member of a request that a provider of its dialect knows by another name.
package struct MemberRename: Sendable, Hashable {
    /// What the caller calls it.
    package let name: String
    /// What the provider calls it.
    package let newName: String

    package init(_ name: String, to newName: String) {
        self.name = name
        self.newName = newName
    }

    /// Whether it can be done in a request as it came: the member is there once, and none of the new name.
    package func isSimple(in request: RelayedRequest) -> Bool {
        request.count(of: name) == 1 && request.count(of: newName) == 0
    }
}
