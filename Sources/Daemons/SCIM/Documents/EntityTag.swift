import HTTPServing

/// The version of a resource as HTTP names it: weak, since the same version may be shown with more or fewer attributes.
struct EntityTag {
    let version: String

    init(_ version: String) { self.version = version }

    var text: String { "W/\"\(version)\"" }

    /// Whether a list of tags, or `*`, names this version.
    private func isNamed(by list: String) -> Bool {
        list.split(separator: ",").map { $0.filter { $0 != " " } }.contains {
            $0 == "*" || Self.opaque($0) == "\"\(version)\""
        }
    }

    private static func opaque(_ tag: String) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...] }

    /// Whether the client has this version already.
    func isKnown(to context: RequestContext) -> Bool { context.header("if-none-match").map(isNamed) ?? false }

    /// Passes when the client says nothing of versions, or means this one.
    func require(_ expected: String?) throws(SCIMProblem) {
        guard expected.map(isNamed) ?? true else { throw SCIMProblem.changedMeanwhile }
    }
}
