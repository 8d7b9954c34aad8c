internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Stores
package import Tenancy
package import WireAPI

/// People's second factors: setting one up in two steps, and taking it away again.
package struct SecondFactors: Sendable {
    private let surroundings: SignInSurroundings
    private let codes: SecondFactorCodes
    private let signIn: SignIn
    private let issuer: String

    init(_ surroundings: SignInSurroundings, _ codes: SecondFactorCodes, _ signIn: SignIn, issuer: String) {
        self.surroundings = surroundings
        self.codes = codes
        self.signIn = signIn
        self.issuer = issuer
    }

    /// The caller's.
    package func find(of principal: Principal) async throws -> OperatorSecondFactor {
        let policy = try await surroundings.policies.find(of: principal.organizationID).policy
        let stored = try await codes.store.find(of: principal.user.id, in: principal.organizationID)
        let factor = stored?.factor
        return OperatorSecondFactor(
            since: factor?.confirmedAt, recoveryCodesLeft: factor?.confirmedAt == nil ? 0 : factor?.recoveryCodes ?? 0,
            isWanted: policy.wantsSecondFactor)
    }

    /// Makes a secret for the caller, which is told this once and asked for when a first code of it was shown.
    /// - Throws: `NotInSession`; `SecondFactorInUse`.
    package func begin(for principal: Principal) async throws -> OperatorSecondFactorSecret {
        guard case .session = principal.credential else { throw NotInSession() }
        let secret = randomBytes(TOTP.secretLength)
        let sealed = try codes.sealing.seal(secret, for: principal.user.id.description)
        let isBegun = try await codes.store.begin(
            sealedSecret: sealed, of: principal.user.id, in: principal.organizationID, at: surroundings.now())
        guard isBegun else { throw SecondFactorInUse() }
        let totp = TOTP(secret: SecretBytes(secret))
        return OperatorSecondFactorSecret(
            secret: totp.text, uri: totp.uri(issuer: issuer, account: principal.user.email))
    }

    /// Puts the caller's secret to use, whose first code this is. Answers recovery codes, which are told this once.
    /// - Throws: `NotInSession`; `SecondFactorInUse`; `InvalidDefinition` naming `code`.
    package func confirm(_ code: String, for principal: Principal, by actor: AuditActor) async throws
        -> OperatorRecoveryCodes
    {
        guard case .session = principal.credential else { throw NotInSession() }
        let (user, organization, moment) = (principal.user.id, principal.organizationID, surroundings.now())
        guard let stored = try await codes.store.find(of: user, in: organization) else {
            throw InvalidDefinition("code", "Begin with a second factor first: this is a code of none.")
        }
        guard stored.factor.confirmedAt == nil else { throw SecondFactorInUse() }
        let totp = try codes.totp(stored, of: user)
        guard let digits = SecondFactorCodes.digits(code), let step = totp.step(of: digits, at: moment) else {
            throw InvalidDefinition(
                "code", "This is not the present code. Is the clock of the device that makes it right?")
        }
        let recoveryCodes = RecoveryCodes.make()
        let hashes = hashes(of: recoveryCodes, user)
        try await surroundings.audit.perform(deed("enrol", user), by: actor, needs: nil) { connection in
            let isConfirmed = try await codes.store.confirm(
                stored, of: user, in: organization, step: step, recoveryCodes: hashes, at: moment, on: connection)
            guard isConfirmed else { throw SecondFactorInUse() }
            return Audit.Change(())
        }
        await surroundings.changes.announce(.access)
        return OperatorRecoveryCodes(codes: recoveryCodes)
    }

    /// Makes new recovery codes for the caller in place of those that are left.
    /// - Throws: `NotInSession`; what ``SignIn/prove`` throws; `NotFound` when there is no second factor.
    package func renewRecoveryCodes(
        for principal: Principal, by proof: SignIn.Proof, from place: SignInPlace
    ) async throws -> OperatorRecoveryCodes {
        guard case .session = principal.credential else { throw NotInSession() }
        let (user, organization) = (principal.user.id, principal.organizationID)
        let deed = deed("renew_recovery_codes", user)
        try await signIn.prove(proof, of: principal, for: deed, from: place)
        guard try await codes.store.find(of: user, in: organization)?.factor.confirmedAt != nil else {
            throw NotFound("Second factor")
        }
        let recoveryCodes = RecoveryCodes.make()
        let hashes = hashes(of: recoveryCodes, user)
        let actor = AuditActor(principal, from: place.address, requestID: place.requestID)
        try await surroundings.audit.perform(deed, by: actor, needs: nil) { connection in
            try await codes.store.replaceRecoveryCodes(of: user, in: organization, by: hashes, on: connection)
            return Audit.Change(())
        }
        return OperatorRecoveryCodes(codes: recoveryCodes)
    }

    /// Removes the caller's, who shows a code or a recovery code: a password alone must not do away with what stands beside
    /// it. Of who has lost both, administrators remove it.
    /// - Throws: What ``SignIn/prove`` throws; `NotFound` when there is none.
    package func remove(of principal: Principal, by proof: SignIn.Proof, from place: SignInPlace) async throws {
        guard case .session = principal.credential else { throw NotInSession() }
        let deed = deed("remove", principal.user.id)
        try await signIn.prove(proof, of: principal, for: deed, from: place)
        let actor = AuditActor(principal, from: place.address, requestID: place.requestID)
        try await remove(of: principal.user.id, in: principal.organizationID, deed, by: actor)
    }

    /// Removes that of somebody who has lost it.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound` when there is no such person, or no second factor.
    package func remove(of user: UserID, in organization: OrganizationID, by actor: AuditActor) async throws {
        try await remove(of: user, in: organization, deed("remove", user), needs: .userUpdate, by: actor)
    }

    /// Removes that of somebody, for whoever administers on the server itself.
    /// - Throws: `NotFound` when there is none.
    package func removeOnServer(of user: User, by actor: AuditActor) async throws {
        try await remove(of: user.id, in: user.organizationID, deed("remove", user.id), by: actor)
    }

    private func remove(
        of user: UserID, in organization: OrganizationID, _ deed: Audit.Deed, needs permission: Permission? = nil,
        by actor: AuditActor
    ) async throws {
        try await surroundings.audit.perform(deed, by: actor, needs: permission) { connection in
            guard let person = try await UserStore.lock(user, in: organization, on: connection) else {
                throw NotFound("Person")
            }
            if permission != nil { try actor.requireGiving(person.user.role) }
            guard try await codes.store.remove(of: user, in: organization, on: connection) else {
                throw NotFound("Second factor")
            }
            return Audit.Change(())
        }
        await surroundings.changes.announce(.access)
    }

    private func deed(_ verb: String, _ user: UserID) -> Audit.Deed {
        Audit.Deed("second_factor.\(verb)", on: PeopleSurroundings.subject(user))
    }

    private func hashes(of recoveryCodes: [String], _ user: UserID) -> [[UInt8]] {
        recoveryCodes.compactMap { RecoveryCodes.hash($0, of: user, by: surroundings.hash) }
    }
}

/// There is a second factor already, which has to be removed first.
package struct SecondFactorInUse: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String { "There is a second factor already. Remove it first." }
}
