package import Tenancy
package import WireAPI

extension OperatorPerson {
    /// A person as operators see them.
    package init(_ user: UserReference) { self.init(id: user.id.uuid, email: user.email, fullName: user.fullName) }
}
