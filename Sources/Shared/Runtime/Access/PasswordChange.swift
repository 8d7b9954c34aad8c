internal import Cryptography
internal import EventLoop
internal import HTTPServing
internal import Stores
package import Tenancy

extension SignIn {
    /// Gives the caller another password and ends their other sessions. The present one is asked for again: an
    /// unattended terminal must not be enough to take an account over.
    ///
    /// `address` is where the attempt comes from; guessing is slowed down as at the door.
    /// - Throws: `InvalidDefinition` naming `old_password` or `new_password`; `APIProblem` 403
    ///   for an API key, 429 after too many attempts.
    package func changePassword(
        from old: String, to new: String, of principal: Principal, at address: String
    ) async throws {
        guard case .session(let session) = principal.credential else {
            throw APIProblem.permissionDenied("A password is changed in a session, not with an API key.")
        }
        let email = principal.user.email
        if let problem = PasswordRule.problem(with: new, of: email) { throw Self.refused("new_password", problem) }
        if let wait = attempts.begin(for: email, from: address, at: now()) {
            throw APIProblem.throttled(retryAfter: RetryAfter(wait), "Too many wrong passwords.")
        }
        let account = try await users.findAccount(principal.user.id, in: principal.organizationID)
        guard let expected = account?.passwordHash else {
            throw Self.refused("old_password", "This account has no password: its owner signs in elsewhere.")
        }
        guard try await workers.run({ try PasswordHash.verify(old, against: expected) }) else {
            throw Self.refused("old_password", "This is not the present password.")
        }
        attempts.noteSuccess(for: email, from: address)
        guard old != new else { throw Self.refused("new_password", "This is the present password.") }
        let hash = try await workers.run { try PasswordHash.make(new) }
        _ = try await users.setPasswordHash(
            hash, of: principal.user.id, in: principal.organizationID, keeping: session)
    }

    private static func refused(_ field: String, _ message: String) -> InvalidDefinition {
        InvalidDefinition(problems: [.init(field: field, message: message)])
    }
}
