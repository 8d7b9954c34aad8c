/// What a new password has to be: long enough that guessing is hopeless, and nothing that says itself from the address.
///
/// Kinds of characters are not asked for: such rules make people write patterns.
package enum PasswordRule {
    /// In Unicode scalars.
    package static let shortest = 12
    /// In bytes; longer ones only make the hash slow.
    package static let longestInBytes = 1024
    /// So that `aaaaaaaaaaaa` and `121212121212` are none.
    package static let fewestDifferentCharacters = 5

    /// What is wrong with the password for the person with the address, in one sentence; `nil` when nothing is.
    package static func problem(with password: String, of email: String) -> String? {
        if password.unicodeScalars.count < shortest {
            return "A password has at least \(shortest) characters. A sentence is easy to remember."
        }
        if password.utf8.count > longestInBytes { return "A password has at most \(longestInBytes) bytes." }
        if password.utf8.contains(0) { return "Null characters are not allowed." }
        if Set(password).count < fewestDifferentCharacters {
            return "A password has at least \(fewestDifferentCharacters) different characters."
        }
        let name = email.prefix { $0 != "@" }
        if name.count >= 4, password.lowercased().contains(name.lowercased()) {
            return "A password does not contain the name of the address."
        }
        return nil
    }
}
