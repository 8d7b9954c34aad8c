/// Addresses of e-mail, by which people are known.
package enum EmailAddress {
    /// In bytes; longer ones no server takes (RFC 5321).
    package static let longestInBytes = 254

    /// Whether two texts are the same address, whatever the case of their letters. Databases fold letters of other
    /// alphabets in ways of their own: what one of them takes for the same is compared by this once more.
    package static func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }

    /// Something before and behind one `@`, without space: whether it exists, only a letter can say.
    package static func isPlausible(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= longestInBytes
            && !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 32 }
    }
}

extension InvalidDefinition.Findings {
    /// Checks that a text can be an address.
    package mutating func address(_ text: String, field: String) {
        if !EmailAddress.isPlausible(text) { add(field, "“\(String(text.prefix(80)))” is no e-mail address.") }
    }
}
