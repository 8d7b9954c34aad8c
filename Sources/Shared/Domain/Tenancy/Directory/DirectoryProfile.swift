/// What an identity provider says about a person, in the words of RFC 7643 §4.1.
package struct DirectoryProfile: Sendable, Hashable {
    /// What the identity provider calls them: unique in the organisation whatever the case of its letters.
    package var userName: String
    /// The identity provider's own identifier of them.
    package var externalID: String?
    package var givenName: String?
    package var familyName: String?
    package var formattedName: String?
    package var displayName: String?
    package var addresses: [DirectoryAddress]
    /// Whether they may get in.
    package var isActive: Bool

    package init(
        userName: String, externalID: String? = nil, givenName: String? = nil, familyName: String? = nil,
        formattedName: String? = nil, displayName: String? = nil, addresses: [DirectoryAddress] = [],
        isActive: Bool = true
    ) {
        self.userName = userName
        self.externalID = externalID
        self.givenName = givenName
        self.familyName = familyName
        self.formattedName = formattedName
        self.displayName = displayName
        self.addresses = addresses
        self.isActive = isActive
    }

    /// The one address that they are known by here: the primary one, else one of work, else the first; where there is none,
    /// the name that they are called by, if that is an address.
    package var email: String? {
        let chosen =
            addresses.first { $0.isPrimary == true } ?? addresses.first { $0.type?.lowercased() == "work" }
            ?? addresses.first
        if let chosen { return chosen.value }
        return EmailAddress.isPlausible(userName) ? userName : nil
    }

    /// What others see beside what they made.
    package var fullName: String {
        if let name = displayName ?? formattedName { return name }
        let parts = [givenName, familyName].compactMap { $0 }
        return parts.isEmpty ? userName : parts.joined(separator: " ")
    }

    /// Names every limit that an identity provider's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: userName, in: 1...320, field: "userName")
            let texts = [
                ("externalId", externalID), ("name.givenName", givenName), ("name.familyName", familyName),
                ("name.formatted", formattedName), ("displayName", displayName),
            ]
            for (field, text) in texts {
                if let text { findings.length(of: text, in: 1...256, field: field) }
            }
            if addresses.count > 20 { findings.add("emails", "Ensure there are no more than 20 of them.") }
            if addresses.count(where: { $0.isPrimary == true }) > 1 {
                findings.add("emails", "Only one of them can be the primary one.")
            }
            for address in addresses {
                if let type = address.type { findings.length(of: type, in: 1...64, field: "emails.type") }
                findings.address(address.value, field: "emails.value")
            }
            if email == nil {
                findings.add("emails", "Somebody needs an address: in emails, or as their userName.")
            }
        }
    }
}

/// An email address as an identity provider lists it.
package struct DirectoryAddress: Sendable, Hashable {
    package var value: String
    /// What it is for, such as `work`.
    package var type: String?
    /// `nil` where nothing is said about it.
    package var isPrimary: Bool?

    package init(value: String, type: String? = nil, isPrimary: Bool? = nil) {
        self.value = value
        self.type = type
        self.isPrimary = isPrimary
    }
}
