import FoundationEssentials
import JSON
import Tenancy

/// A person on the wire. Read of canonical members only.
struct UserDocument: Codable {
    var schemas: [String]?
    var id: String?
    var externalId: String?
    var userName: String?
    var name: Name?
    var displayName: String?
    var active: Bool?
    var emails: [Email]?
    var groups: [ResourceLink]?
    var meta: ResourceMeta?

    struct Name: Codable {
        var formatted: String?
        var familyName: String?
        var givenName: String?
    }

    struct Email: Codable {
        var value: String?
        var type: String?
        var primary: Bool?
    }
}

extension UserDocument {
    /// What an identity provider may change of a person.
    init(_ profile: DirectoryProfile) {
        externalId = profile.externalID
        userName = profile.userName
        if profile.formattedName != nil || profile.familyName != nil || profile.givenName != nil {
            name = Name(
                formatted: profile.formattedName, familyName: profile.familyName, givenName: profile.givenName)
        }
        displayName = profile.displayName
        active = profile.isActive
        emails =
            profile.addresses.isEmpty
            ? nil : profile.addresses.map { Email(value: $0.value, type: $0.type, primary: $0.isPrimary) }
    }

    /// All of a person, as the server at `base` shows it.
    init(_ person: ProvisionedPerson, at base: String) {
        self.init(person.profile)
        schemas = [ResourceSchema.user.id]
        id = person.user.id.description
        groups =
            person.groups.isEmpty
            ? nil : person.groups.map { ResourceLink(.group, id: $0.id.description, display: $0.displayName, at: base) }
        meta = ResourceMeta(
            .user, id: person.user.id.description, created: person.user.createdAt, lastModified: person.updatedAt,
            version: person.version, at: base)
    }

    /// What the body says about a person. Where it does not say whether they may get in, that stays as it is.
    func profile(over current: DirectoryProfile?) throws -> DirectoryProfile {
        guard let userName, !userName.isEmpty else { throw SCIMProblem(.invalidValue, "userName: This is required.") }
        var addresses: [DirectoryAddress] = []
        for email in emails ?? [] {
            guard let value = email.value else { throw SCIMProblem(.invalidValue, "emails.value: This is required.") }
            addresses.append(DirectoryAddress(value: value, type: email.type, isPrimary: email.primary))
        }
        return DirectoryProfile(
            userName: userName, externalID: externalId.filled, givenName: name?.givenName.filled,
            familyName: name?.familyName.filled, formattedName: name?.formatted.filled,
            displayName: displayName.filled, addresses: addresses, isActive: active ?? current?.isActive ?? true)
    }
}

extension String? {
    /// `nil` for an empty text, which some send for none.
    var filled: String? { flatMap { $0.isEmpty ? nil : $0 } }
}
