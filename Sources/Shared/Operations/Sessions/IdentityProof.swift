internal import Access
internal import Cryptography
internal import EventLoop
internal import FoundationEssentials
internal import Records
internal import Stores
package import Tenancy

// Showing once more who one is, in a session.
extension SignIn {
    /// What somebody shows who is signed in.
    package struct Proof: Sendable {
        package let password: String?
        /// A code of the second factor, or a recovery code.
        package let code: String?

        package init(password: String?, code: String?) {
            self.password = password
            self.code = code
        }
    }

    /// How often somebody may fail to show in a session that it is theirs; then it ends.
    static let mostFailures = 10

    /// Whether there is a password to show, and whether codes are wanted. Where one signs in by an identity provider only, a
    /// password shows nothing.
    package func means(of principal: Principal) async throws -> (password: Bool, code: Bool) {
        let (user, organization) = (principal.user.id, principal.organizationID)
        let account = try await surroundings.users.findAccount(user, in: organization)
        let factor = try await codes.store.find(of: user, in: organization)
        let isCode = factor?.factor.confirmedAt != nil
        guard account?.passwordHash != nil else { return (false, isCode) }
        return (try await !surroundings.domains.refusesPassword(email: principal.user.email, of: user), isCode)
    }

    /// Notes that the owner of the caller's session has shown who they are: dangerous acts are open for a while. Who has a
    /// second factor shows a code. Answers the session as it is then.
    /// - Throws: `NotInSession`; `SignInRefused` when a code is wanted; `InvalidDefinition` naming `password` or `code`;
    ///   `SignInAttempts.TooMany`; `NotFound` when the session has ended.
    package func confirm(_ principal: Principal, by proof: Proof, from place: SignInPlace) async throws -> Session {
        guard case .session(let id) = principal.credential else { throw NotInSession() }
        let deed = Audit.Deed("session.confirm", on: Sessions.subject(id))
        try await prove(proof, of: principal, for: deed, from: place)
        return try await noteConfirmation(of: id, deed, by: actor(principal, place))
    }

    /// Notes that the owner of a session has signed in elsewhere once more, which is their confirmation.
    /// - Throws: `NotFound` when the session has ended.
    package func confirm(_ id: SessionID, by actor: AuditActor) async throws -> Session {
        try await noteConfirmation(of: id, Audit.Deed("session.confirm", on: Sessions.subject(id)), by: actor)
    }

    private func noteConfirmation(
        of id: SessionID, _ deed: Audit.Deed, by actor: AuditActor
    ) async throws -> Session {
        guard let organization = actor.organizationID else { throw NotFound("Session") }
        let moment = surroundings.now()
        try await surroundings.audit.perform(deed, by: actor, needs: nil) { connection in
            guard try await surroundings.sessions.confirm(id, in: organization, at: moment, on: connection) else {
                throw NotFound("Session")
            }
            return Audit.Change(())
        }
        await surroundings.changes.announce(.access)
        guard let session = try await surroundings.sessions.find(id, in: organization) else {
            throw NotFound("Session")
        }
        return session
    }

    /// Passes when the proof is the caller's: a code, where there is a second factor. Guessing is slowed down as at the door,
    /// and for the person wherever it comes from; after ``mostFailures`` the session ends. Each failure is kept of `deed`.
    /// - Throws: `SignInRefused` when a code is wanted; `InvalidDefinition` naming `password` or `code`;
    ///   `SignInAttempts.TooMany`.
    func prove(
        _ proof: Proof, of principal: Principal, for deed: Audit.Deed, from place: SignInPlace
    ) async throws {
        let means = try await means(of: principal)
        if let code = proof.code, means.code {
            try await attempting(principal, deed, place, refusing: ("code", "This code is not taken.")) {
                try await codes.take(code, of: principal.user.id, in: principal.organizationID) != nil
            }
            return
        }
        if means.code { throw SignInRefused(.secondFactorRequired) }
        guard means.password else {
            throw InvalidDefinition("password", "This account has no password: its owner signs in elsewhere.")
        }
        guard let password = proof.password else { throw InvalidDefinition("password", "This field is required.") }
        try await verify(password, of: principal, for: deed, from: place, field: "password")
    }

    /// Passes for the caller's present password.
    private func verify(
        _ password: String, of principal: Principal, for deed: Audit.Deed, from place: SignInPlace, field: String
    ) async throws {
        let account = try await surroundings.users.findAccount(principal.user.id, in: principal.organizationID)
        try await attempting(principal, deed, place, refusing: (field, "This is not the present password.")) {
            password.utf8.count <= PasswordRule.longestInBytes
                ? try await passwords.verify(password, against: account?.passwordHash, isKnown: true) : false
        }
    }

    private func attempting(
        _ principal: Principal, _ deed: Audit.Deed, _ place: SignInPlace,
        refusing complaint: (field: String, message: String), _ check: () async throws -> Bool
    ) async throws {
        // Checks are made on the threads of those who are known: somebody who guesses must not fill them.
        try await attempts.alone(principal.user.id) {
            let attempt = try await beginProof(of: principal, deed, place)
            let isProven: Bool
            do {
                isProven = try await check()
            } catch let overloaded as WorkerThreads.Overloaded {
                try await attempts.withdraw(attempt)
                throw overloaded
            }
            guard isProven else {
                await surroundings.audit.note(.failed, deed, by: actor(principal, place), because: complaint.message)
                try await countFailure(of: principal, place)
                throw InvalidDefinition(complaint.field, complaint.message)
            }
            try await attempts.succeed(attempt)
        }
    }

    private func beginProof(
        of principal: Principal, _ deed: Audit.Deed, _ place: SignInPlace
    ) async throws -> SignInAttempts.Attempt {
        do {
            return try await attempts.beginProof(of: principal.user.id, known: principal.user.email, from: place.origin)
        } catch let error as SignInAttempts.TooMany {
            if error.isFirst {
                await surroundings.audit.note(
                    .refused, deed, by: actor(principal, place), because: error.description)
            }
            throw error
        }
    }

    /// Ends a session in which somebody has failed too often: its owner signs in again, and nobody else can.
    private func countFailure(of principal: Principal, _ place: SignInPlace) async throws {
        guard case .session(let id) = principal.credential else { return }
        let organization = principal.organizationID
        let failures = try await surroundings.sessions.countFailedProof(id, in: organization)
        guard let failures, failures >= Self.mostFailures else { return }
        let deed = Audit.Deed("session.end", on: Sessions.subject(id))
        try await surroundings.audit.perform(deed, by: actor(principal, place), needs: nil) { connection in
            guard try await surroundings.sessions.end(id, in: organization, on: connection) else {
                return .nothing(())
            }
            return Audit.Change((), after: ["reason": "Whose it is could not be shown \(failures) times."])
        }
        await surroundings.changes.announce(.access)
    }

    private func actor(_ principal: Principal, _ place: SignInPlace) -> AuditActor {
        AuditActor(principal, from: place.address, requestID: place.requestID)
    }

    /// Gives the caller another password and ends their other sessions. The present one is asked for again: an unattended
    /// terminal must not be enough to take an account over.
    /// - Throws: `NotInSession`; `InvalidDefinition` naming `old_password` or `new_password`; `SignInAttempts.TooMany`.
    package func changePassword(
        from old: String, to new: String, of principal: Principal, from place: SignInPlace
    ) async throws {
        guard case .session(let session) = principal.credential else { throw NotInSession() }
        if let problem = PasswordRule.problem(with: new, of: principal.user.email) {
            throw InvalidDefinition("new_password", problem)
        }
        guard try await means(of: principal).password else {
            throw InvalidDefinition("old_password", "This account has no password: its owner signs in elsewhere.")
        }
        let deed = Audit.Deed("user.password_change", on: "user:\(principal.user.id)")
        try await verify(old, of: principal, for: deed, from: place, field: "old_password")
        guard old != new else { throw InvalidDefinition("new_password", "This is the present password.") }
        let hash = try await passwords.hash(new)
        let (user, organization) = (principal.user.id, principal.organizationID)
        try await surroundings.audit.perform(deed, by: actor(principal, place), needs: nil) { connection in
            guard let person = try await UserStore.lock(user, in: organization, on: connection) else {
                throw NotFound("User")
            }
            try await UserStore.setPasswordHash(hash, of: person.user, on: connection)
            let ended = try await surroundings.sessions.endAll(
                of: user, in: organization, keeping: session, on: connection)
            return Audit.Change((), after: ["ended_sessions": ended])
        }
        await surroundings.changes.announce(.access)
    }
}
