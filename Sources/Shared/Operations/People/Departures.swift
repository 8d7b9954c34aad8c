internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// When people go, and come back: they get in nowhere, and what is theirs becomes somebody else's. What they made keeps
/// saying that they made it.
package struct Departures: Sendable {
    private let surroundings: PeopleSurroundings

    init(in surroundings: PeopleSurroundings) { self.surroundings = surroundings }

    /// Lets somebody in nowhere any more: their sessions end, their keys open nothing, what they have invited others to is
    /// withdrawn. Doing it again changes nothing, but that what is theirs is handed over then.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `InvalidDefinition` for an heir who cannot be one;
    ///   `ChangedMeanwhile`; `PersonNotInState` for oneself and for the last owner.
    package func deactivate(
        _ id: UserID, _ wish: OperatorDeactivation, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorDeactivated {
        let (moment, heir) = (surroundings.now(), wish.handOverTo.map { UserID(uuid: $0) })
        if let heir { try await requireHeir(heir, of: id, in: organization, field: "hand_over_to") }
        let outcome = try await surroundings.change(
            id, in: organization, "user.deactivate", needs: .userDelete, by: actor
        ) { person, connection in
            guard !person.user.isDisabled else {
                guard let heir else { return .nothing(Outcome()) }
                let outcome = Outcome(
                    handedOver: try await UserStore.handOver(from: id, to: heir, in: organization, on: connection))
                return Audit.Change(outcome, after: Figures(person.user, outcome, to: heir))
            }
            try person.requireRevision(wish.revision)
            try person.requireLeaving(by: actor)
            let (changed, endedSessions) = try await surroundings.shutOut(person, at: moment, on: connection)
            let outcome = Outcome(
                endedSessions: endedSessions,
                handedOver: try await heir.asyncMap { heir in
                    try await UserStore.handOver(from: id, to: heir, in: organization, on: connection)
                })
            return Audit.Change(
                outcome, before: PersonFigures(person.user), after: Figures(changed, outcome, to: heir))
        }
        await surroundings.changes.announce(.access)
        if outcome.handedOver != nil { await announceNewOwners() }
        return OperatorDeactivated(
            user: try await surroundings.shown(id, in: organization), endedSessions: outcome.endedSessions,
            handedOver: outcome.handedOver.map(OperatorBelongings.init))
    }

    /// Lets somebody in again, as they were: with their role, their password and their keys.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `ChangedMeanwhile`.
    package func reactivate(
        _ id: UserID, _ wish: OperatorReactivation, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorUser {
        let moment = surroundings.now()
        try await surroundings.change(id, in: organization, "user.reactivate", needs: .userUpdate, by: actor) {
            person, connection in
            guard person.user.isDisabled else { return .nothing(()) }
            try person.requireRevision(wish.revision)
            let changed = try await UserStore.setDisabled(false, of: person.user, at: moment, on: connection)
            return Audit.Change((), before: PersonFigures(person.user), after: PersonFigures(changed))
        }
        await surroundings.changes.announce(.access)
        return try await surroundings.shown(id, in: organization)
    }

    /// Makes what is somebody's somebody else's; what went over.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `InvalidDefinition` for an heir who cannot be one.
    package func handOver(
        from id: UserID, to heir: UserID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorBelongings {
        try await requireHeir(heir, of: id, in: organization, field: "to")
        let moved = try await surroundings.change(
            id, in: organization, "user.hand_over", needs: .userUpdate, by: actor
        ) { person, connection in
            let moved = try await UserStore.handOver(from: id, to: heir, in: organization, on: connection)
            return Audit.Change(moved, after: Figures(person.user, Outcome(handedOver: moved), to: heir))
        }
        await announceNewOwners()
        return OperatorBelongings(moved)
    }

    /// Ends all sessions of somebody, everywhere within moments; how many there were.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`.
    package func signOut(
        _ id: UserID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorSignedOut {
        let ended = try await surroundings.change(
            id, in: organization, "session.end", needs: .sessionEnd, by: actor
        ) { _, connection in
            let ended = try await surroundings.sessions.endAll(of: id, in: organization, on: connection)
            return ended == 0 ? .nothing(0) : Audit.Change(ended, after: ["ended_sessions": ended])
        }
        await surroundings.changes.announce(.access)
        return OperatorSignedOut(endedSessions: ended)
    }

    /// What came of a departure.
    private struct Outcome: Sendable {
        var endedSessions = 0
        var handedOver: Belongings?
    }

    /// What the audit keeps of it.
    private struct Figures: Encodable, Sendable {
        let person: PersonFigures
        let endedSessions: Int
        let handedOverTo: String?
        let handedOver: OperatorBelongings?

        init(_ user: User, _ outcome: Outcome, to heir: UserID?) {
            person = PersonFigures(user)
            endedSessions = outcome.endedSessions
            handedOverTo = heir?.description
            handedOver = outcome.handedOver.map(OperatorBelongings.init)
        }
    }

    /// Passes for a person of the organisation who gets in, and is another one.
    private func requireHeir(
        _ heir: UserID, of id: UserID, in organization: OrganizationID, field: String
    ) async throws {
        let found = try await surroundings.users.find(heir, in: organization)
        guard heir != id, let found, found.kind == .person, !found.isDisabled else {
            throw InvalidDefinition(field, "Name another person of the organization who gets in.")
        }
    }

    /// What is remembered with its owner is looked up anew.
    private func announceNewOwners() async {
        for subject in [Changes.Subject.projects, .evaluators, .judges, .models] {
            await surroundings.changes.announce(subject)
        }
    }
}

extension Optional {
    /// What `transform` makes of what is there.
    fileprivate func asyncMap<Other>(_ transform: (Wrapped) async throws -> Other) async rethrows -> Other? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
