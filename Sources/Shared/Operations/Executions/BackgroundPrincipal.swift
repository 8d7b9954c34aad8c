internal import Tenancy

extension Principal {
    /// Whoever asked for what is now done without them, with the rights that they have at this moment.
    init(inBackgroundFor owner: User, in project: ProjectID) {
        self.init(
            organizationID: owner.organizationID, user: owner.reference, credential: .absent, role: owner.role,
            scopes: .everything, defaultProjectID: project)
    }
}
