package import Access
internal import HTTPServing
package import Operations
package import WireAPI

/// What the internal API serves of the person who is signed in, their session and their profile, and of how people of an
/// organisation sign in.
package struct AccountRoutes: Sendable {
    let authenticator: Authenticator
    let product: SignInProduct
    let profiles: Profiles
    let organizations: Organizations
    /// Which installation this is.
    let deployment: OperatorSession.Deployment

    package init(
        authenticator: Authenticator, product: SignInProduct, profiles: Profiles, organizations: Organizations,
        deployment: OperatorSession.Deployment
    ) {
        self.authenticator = authenticator
        self.product = product
        self.profiles = profiles
        self.organizations = organizations
        self.deployment = deployment
    }

    func add(to routes: inout ProtectedRoutes) {
        addSession(to: &routes)
        addProfile(to: &routes)
        addSecondFactor(to: &routes)
        addSessionsOfOthers(to: &routes)
        addSignInPolicy(to: &routes)
    }
}
