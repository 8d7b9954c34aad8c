internal import Postgres
internal import Stores
internal import Tenancy

/// Whether somebody whom an identity provider has signed in gets in, and as whom: a decision, made of what is known.
struct SingleSignOnAdmission: Sendable {
    let provider: IdentityProvider
    let facts: SingleSignOnFacts
    /// Who signed in by this identity provider under this name before.
    let linked: User?
    /// Who has the address, in whichever organisation.
    let holder: User?
    /// Whether an identity provider of their organisation keeps whoever is meant here (SCIM), who is not its owner.
    let isProvisioned: Bool
    /// The groups that it keeps here, and has put them in.
    let directoryGroups: [String]
    /// Whose identity provider the domain of the address belongs to, where it belongs to one.
    let domainOwner: OrganizationID?

    enum Verdict: Sendable, Hashable {
        /// Somebody who is known, with the role that they have from now on.
        case known(User, Role)
        /// Somebody new.
        case new(email: String, fullName: String, Role)
        /// Nobody; why is for the audit alone.
        case refused(String)
    }

    var verdict: Verdict {
        if let linked { return admitted(linked) }
        guard let email = facts.email else {
            return .refused("the identity provider says no e-mail address: look at the name of that attribute")
        }
        let isOurDomain = EmailDomain(of: email).map(provider.settings.domains.contains) ?? false
        if let holder {
            guard holder.organizationID == provider.organizationID else {
                return .refused("\(email) is somebody of another organisation")
            }
            guard isOurDomain || isProvisioned else {
                return .refused(
                    "\(email) is somebody here already, and the identity provider does not have their domain: add it to "
                        + "its domains")
            }
            return admitted(holder)
        }
        if let domainOwner, domainOwner != provider.organizationID {
            return .refused("addresses of the domain of \(email) sign in with another organisation")
        }
        guard provider.settings.createsPeople else {
            return .refused("\(email) is nobody here, and the identity provider does not make people")
        }
        guard let role = provider.settings.role(of: facts.groups) else { return .refused(Self.noRole) }
        return .new(email: email, fullName: facts.fullName ?? email, role)
    }

    private func admitted(_ user: User) -> Verdict {
        guard user.kind == .person else { return .refused("\(user.email) is a service account") }
        guard !user.isDisabled else { return .refused("\(user.email) is deactivated") }
        let groups = Set(facts.groups + directoryGroups)
        guard let role = provider.settings.role(of: Array(groups)) else { return .refused(Self.noRole) }
        // The role of people without a group that gives one is for who is new: others may have been given theirs by people.
        let isGiven = provider.settings.roles.contains { groups.contains($0.group) }
        return .known(user, isGiven && user.role != .owner ? role : user.role)
    }

    private static let noRole = "none of their groups has a role, and there is no role for the others"
}

extension SingleSignOnAdmission {
    /// What is known of somebody, their account locked until the end of the transaction.
    init(
        _ facts: SingleSignOnFacts, at provider: IdentityProvider, domainOwner: OrganizationID?,
        on connection: PostgresConnection
    ) async throws {
        let linked = try await IdentityStore.find(facts.name, at: provider.id, on: connection)
        var holder: User?
        if linked == nil, let email = facts.email {
            holder = try await IdentityStore.find(email: email, on: connection)
        }
        var (isProvisioned, groups) = (false, [String]())
        if let known = linked ?? holder, known.organizationID == provider.organizationID {
            isProvisioned = try await IdentityStore.isProvisioned(known, on: connection)
            let memberships = try await DirectoryGroupStore.memberships(
                of: [known.id], in: known.organizationID, on: connection)
            groups = memberships.flatMap(\.groups)
        }
        self.init(
            provider: provider, facts: facts, linked: linked, holder: holder, isProvisioned: isProvisioned,
            directoryGroups: groups, domainOwner: domainOwner)
    }
}
