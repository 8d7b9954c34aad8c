package import Access
internal import Cryptography
internal import FoundationEssentials
package import Postgres
internal import Stores
package import Tenancy

/// Making organisations, people and their keys, for whoever runs the installation.
package struct Accounts: Sendable {
    private let organizations: OrganizationStore
    private let users: UserStore
    private let projects: ProjectStore
    private let keys: APIKeyStore
    private let identifiers: IdentifierSource

    package init(database: PostgresClient, identifiers: IdentifierSource) {
        organizations = OrganizationStore(database: database)
        users = UserStore(database: database)
        projects = ProjectStore(database: database)
        keys = APIKeyStore(database: database)
        self.identifiers = identifiers
    }

    /// Whether there is any organisation yet.
    package func exist() async throws -> Bool { try await !organizations.all().isEmpty }

    /// Makes an organisation with its owner and its default project. Blocks for as long as the password's hash takes.
    /// - Throws: `Conflict` when somebody has the address already.
    package func createOrganization(
        _ name: String, ownerEmail: String, ownerName: String, password: String
    ) async throws {
        let now = Date()
        let organization = Organization(id: identifiers.next(), name: name, createdAt: now)
        let owner = User(
            id: identifiers.next(), organizationID: organization.id, email: ownerEmail, fullName: ownerName,
            role: .owner, createdAt: now)
        let project = Project(
            id: identifiers.next(), organizationID: organization.id, name: "Default project", description: "",
            isDefault: true, ownerID: owner.id, createdAt: now)
        try await organizations.create(
            organization, owner: owner, passwordHash: try PasswordHash.make(password), defaultProject: project)
    }

    /// Makes an API key of a person's, for everything the person may do.
    /// - Throws: `NotFound`.
    package func createKey(named name: String, for email: String, hash: CredentialHash) async throws -> APIKeyText {
        let user = try await person(email)
        let text = APIKeyText(randomness: randomBytes(APIKeyText.randomByteCount))
        let key = APIKey(
            id: identifiers.next(), organizationID: user.organizationID, projectID: nil, ownerID: user.id, name: name,
            prefix: text.prefix, scopes: .everything, createdAt: Date(), expiresAt: nil, lastUsedAt: nil,
            revokedAt: nil)
        try await keys.create(key, keyHash: hash.of(text.secret))
        return text
    }

    private func person(_ email: String) async throws -> User {
        guard let candidate = try await users.findForSignIn(email: email) else { throw NotFound("User") }
        return candidate.user
    }
}
