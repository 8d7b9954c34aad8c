internal import Tenancy

/// Whether somebody whom an identity provider has signed in gets in, and as whom: a decision, made of what is known.
struct SingleSignOnAdmission: Sendable {
    let provider: IdentityProvider
    let facts: SingleSignOnFacts
    /// Who signed in by this identity provider under this name before.
    let linked: User?
    /// Who has the address, in whichever organisation.
    let holder: User?
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
            guard isOurDomain else {
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
        guard let role = provider.settings.role(of: facts.groups, having: nil) else { return .refused(Self.noRole) }
        return .new(email: email, fullName: facts.fullName ?? email, role)
    }

    private func admitted(_ user: User) -> Verdict {
        guard user.kind == .person else { return .refused("\(user.email) is a service account") }
        guard !user.isDisabled else { return .refused("\(user.email) is deactivated") }
        guard let role = provider.settings.role(of: facts.groups, having: user.role) else {
            return .refused(Self.noRole)
        }
        return .known(user, role)
    }

    private static let noRole = "none of their groups has a role, and there is no role for the others"
}
