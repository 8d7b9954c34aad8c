/// What a caller shows to say who they are.
package enum Credentials: Sendable, Hashable {
    /// An API key or a session token, as it stood after the scheme.
    case token(String)
    /// No `Authorization` field, or one without a token.
    case missing

    /// Reads an `Authorization` field: `Api-Key TOKEN` or `Bearer TOKEN`, the scheme in any case.
    package init(authorization: String?) {
        let words = (authorization ?? "").split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2, ["api-key", "bearer"].contains(words[0].lowercased()) else {
            self = .missing
            return
        }
        let token = words[1].drop { $0 == " " }
        self = token.isEmpty ? .missing : .token(String(token))
    }
}
