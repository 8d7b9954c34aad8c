internal import Queueing
internal import Tenancy

extension Principal {
    /// Whoever asked for what is now done without them, with the rights that they have at this moment.
    /// - Throws: `JobFailure` for somebody who is deactivated: nothing is done for them any more.
    init(inBackgroundFor owner: User, in project: ProjectID) throws(JobFailure) {
        guard !owner.isDisabled else { throw JobFailure(.refused, "who asked for it is deactivated") }
        self.init(standingFor: owner, in: project)
    }

    /// Whoever set up what the organisation has done for it since, such as an evaluation filter: it goes on after they have
    /// left, with the rights that they had.
    init(standingFor owner: User, in project: ProjectID) {
        self.init(
            organizationID: owner.organizationID, user: owner.reference, credential: .absent, role: owner.role,
            scopes: .everything, defaultProjectID: project)
    }
}
