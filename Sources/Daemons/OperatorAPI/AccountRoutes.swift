package import Access
internal import HTTPServing
package import Operations
package import WireAPI

/// What the internal API serves of the person who is signed in: their session, their profile.
package struct AccountRoutes: Sendable {
    let authenticator: Authenticator
    let signIn: SignIn
    let profiles: Profiles
    let organizations: Organizations
    /// Which installation this is.
    let deployment: OperatorSession.Deployment

    package init(
        authenticator: Authenticator, signIn: SignIn, profiles: Profiles, organizations: Organizations,
        deployment: OperatorSession.Deployment
    ) {
        self.authenticator = authenticator
        self.signIn = signIn
        self.profiles = profiles
        self.organizations = organizations
        self.deployment = deployment
    }

    func add(to routes: inout ProtectedRoutes) {
        addSession(to: &routes)
        addProfile(to: &routes)
    }
}
