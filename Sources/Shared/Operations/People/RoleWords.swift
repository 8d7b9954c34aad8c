internal import Tenancy

extension Role {
    /// The role that a word of a client's names, which must be among these.
    /// - Throws: `InvalidDefinition`.
    init(word: String, among roles: [Role], field: String = "role") throws(InvalidDefinition) {
        guard let role = Role(rawValue: word), roles.contains(role) else {
            let known = roles.map(\.rawValue).joined(separator: ", ")
            throw InvalidDefinition(field, "“\(String(word.prefix(40)))” is none of the roles here: \(known).")
        }
        self = role
    }
}
