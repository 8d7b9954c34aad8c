/// A text that must not be seen: it prints as `‹redacted›` wherever it is printed, logged or dumped.
package struct Secret: Sendable, Hashable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text itself, for the one call that needs it.
    package func reveal() -> String { text }

    /// What stands for every secret.
    package static let redacted = "‹redacted›"

    /// A connection string or URL with only its password hidden: the rest helps whoever looks for a mistake.
    ///
    /// Hides `user:PASSWORD@` of a URL and `password=…` of a keyword string or query.
    package static func maskingPassword(in text: String) -> String {
        var masked = text
        if let scheme = masked.range(of: "://"),
            let at = masked[scheme.upperBound...].prefix(while: { $0 != "/" && $0 != "?" }).lastIndex(of: "@"),
            let colon = masked[scheme.upperBound..<at].firstIndex(of: ":")
        {
            masked.replaceSubrange(masked.index(after: colon)..<at, with: redacted)
        }
        for word in ["sslpassword=", "password="] {
            guard let range = masked.range(of: word) else { continue }
            let value = masked[range.upperBound...]
            let end =
                value.first == "'"
                ? value.dropFirst().firstIndex(of: "'").map { masked.index(after: $0) } ?? masked.endIndex
                : value.firstIndex { $0 == " " || $0 == "&" } ?? masked.endIndex
            masked.replaceSubrange(range.upperBound..<end, with: redacted)
        }
        return masked
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Self.redacted }
    package var debugDescription: String { Self.redacted }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
    /// The first place where `other` occurs.
    fileprivate func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }
}
