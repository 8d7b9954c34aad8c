internal import FoundationEssentials
internal import Stores
package import Tenancy
package import WireAPI

/// What organisations want of sign-ins and keys.
package struct SignInPolicies: Sendable {
    private let surroundings: SignInSurroundings

    init(_ surroundings: SignInSurroundings) { self.surroundings = surroundings }

    /// The policy in force.
    package func find(of organization: OrganizationID) async throws -> OperatorSignInPolicy {
        OperatorSignInPolicy(try await surroundings.policies.find(of: organization))
    }

    /// Replaces the policy; sessions that it allows no more end at once.
    /// - Throws: `PermissionDenied`; `InvalidDefinition`; `ChangedMeanwhile`.
    package func replace(
        by change: OperatorSignInPolicyChange, of organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorSignInPolicy {
        let policy = SignInPolicy(change.terms)
        let moment = surroundings.now()
        let deed = Audit.Deed("sign_in_policy.update", on: "organization:\(organization)")
        let before = try await surroundings.policies.find(of: organization)
        try await surroundings.audit.perform(deed, by: actor, needs: .signInPolicyUpdate) { connection in
            try policy.validate()
            let isReplaced = try await surroundings.policies.replace(
                by: policy, of: organization, revision: change.revision, at: moment,
                by: actor.principal?.user.id, on: connection)
            guard isReplaced else { throw ChangedMeanwhile(kind: "policy") }
            return Audit.Change((), before: OperatorSignInTerms(before.policy), after: change.terms)
        }
        await surroundings.changes.announce(.access)
        return try await find(of: organization)
    }
}

extension OperatorSignInPolicy {
    fileprivate init(_ stored: StoredSignInPolicy) {
        self.init(
            terms: OperatorSignInTerms(stored.policy), revision: stored.revision, updatedAt: stored.updatedAt,
            updatedBy: stored.updatedBy?.email)
    }
}

extension OperatorSignInTerms {
    fileprivate init(_ policy: SignInPolicy) {
        self.init(
            idleLimitSeconds: Int(policy.idleLimit.components.seconds),
            absoluteLimitSeconds: Int(policy.absoluteLimit.components.seconds),
            sessionsPerPerson: policy.sessionsPerPerson, wantsSecondFactor: policy.wantsSecondFactor,
            keyAgeLimitSeconds: policy.keyAgeLimit.map { Int($0.components.seconds) })
    }
}

extension SignInPolicy {
    fileprivate init(_ terms: OperatorSignInTerms) {
        self.init(
            idleLimit: .seconds(terms.idleLimitSeconds), absoluteLimit: .seconds(terms.absoluteLimitSeconds),
            sessionsPerPerson: terms.sessionsPerPerson, wantsSecondFactor: terms.wantsSecondFactor,
            keyAgeLimit: terms.keyAgeLimitSeconds.map { .seconds($0) })
    }
}
