internal import FoundationEssentials
internal import Postgres
package import Records
internal import Stores
package import Tenancy
package import WireAPI

// What people see of it, and what they change.
extension RetentionProduct {
    /// How long everything of the organisation is kept, and what is held.
    package func show(of organization: OrganizationID) async throws -> OperatorRetention {
        let policy = try await policy(of: organization)
        let all = try await allProjects(of: organization)
        let scopes = [nil] + all.map { Optional($0) }
        return OperatorRetention(
            scopes: scopes.map { project in
                let scope = RetentionScope(organization, project?.id)
                return OperatorRetentionScope(
                    projectID: project?.id.uuid, projectName: project?.name,
                    terms: RetentionClass.allCases.map { kind in
                        let term = policy.days(of: kind, in: scope)
                        return OperatorRetentionTerm(
                            dataClass: kind.rawValue, days: term.days, source: term.source.rawValue)
                    })
            }, holds: try await store.holds(of: organization).map { OperatorRetentionHold($0, all) },
            lastRunAt: try await store.lastRun())
    }

    /// What would go now of an organisation.
    package func preview(of organization: OrganizationID) async throws -> OperatorRetentionPreview {
        let (policy, moment) = (try await policy(of: organization), now())
        let all = try await allProjects(of: organization)
        var results: [OperatorRetentionForecast] = []
        for kind in RetentionClass.allCases {
            for scope in try await rows.scopes(of: kind, in: organization) {
                guard let cutoff = policy.cutoff(of: kind, in: scope, at: moment),
                    let days = policy.days(of: kind, in: scope).days
                else { continue }
                let forecast = try await rows.forecast(kind, in: scope, before: cutoff)
                guard forecast.rows + forecast.heldRows + forecast.exemptRows > 0 else { continue }
                results.append(OperatorRetentionForecast(forecast, days: days, all))
            }
        }
        return OperatorRetentionPreview(
            moment: moment, results: results,
            partitions: try await organizations.runsInstallation(organization) ? try await droppable(at: moment) : [])
    }

    private func droppable(at moment: Date) async throws -> [OperatorRetentionPartition] {
        let everybody = try await policy()
        var found: [OperatorRetentionPartition] = []
        for kind in RetentionClass.allCases {
            for partition in try await partitions.past(kind, before: moment) {
                guard try await partitions.isDroppable(partition, under: everybody, at: moment) else { continue }
                found.append(
                    OperatorRetentionPartition(
                        name: partition.name, dataClass: kind.rawValue, bytes: partition.bytes))
            }
        }
        return found
    }

    // MARK: Changing

    /// Keeps a class for another number of days. What makes something go wants the number of rows to be confirmed.
    /// - Throws: `RetentionNotConfirmed`; `InvalidDefinition`; `NotFound`; `PermissionDenied`.
    package func change(
        _ change: OperatorRetentionChange, of organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorRetention {
        let (scope, name) = try await scope(change.projectID, of: organization)
        let deed = Audit.Deed("retention.update", on: name)
        try actor.require(.retentionUpdate)
        let (store, moment) = (store, now())
        let kind = try Self.kind(change.dataClass)
        let rule = try Self.rule(change, scope, kind)
        let rules = try await store.rules(of: organization)
        let policy = RetentionPolicy(rules, standard: standard)
        let others = rules.filter { $0.scope != scope || $0.kind != kind }
        let next = RetentionPolicy(others + [rule].compactMap(\.self), standard: standard)
        let confirmed = try await confirm(change.confirmation, kind, scope, from: policy, to: next, at: moment)
        try await audit.perform(deed, by: actor, needs: .retentionUpdate) { connection in
            if let rule {
                try await store.set(rule, at: moment, by: actor.identity.name, on: connection)
            } else {
                _ = try await store.remove(kind, of: scope, on: connection)
            }
            return Audit.Change(
                (), before: RuleRecord(kind, policy.days(of: kind, in: scope)),
                after: RuleRecord(kind, next.days(of: kind, in: scope), confirmedRows: confirmed))
        }
        return try await show(of: organization)
    }

    /// How many rows of the scope, and of the projects that go by it, are kept by now and would go; after somebody has said
    /// that very number.
    private func confirm(
        _ confirmation: OperatorRetentionConfirmation?, _ kind: RetentionClass, _ scope: RetentionScope,
        from policy: RetentionPolicy, to next: RetentionPolicy, at moment: Date
    ) async throws -> Int {
        // Of the moment that was shown, unless that is long ago: what is recorded goes on.
        var moment = moment
        if let shown = confirmation?.moment, abs(moment.timeIntervalSince(shown)) < Self.longestThought {
            moment = shown
        }
        var count = 0
        for one in try await rows.scopes(of: kind, in: scope.organizationID) where scope.covers(one) {
            guard let cutoff = next.cutoff(of: kind, in: one, at: moment) else { continue }
            if let former = policy.cutoff(of: kind, in: one, at: moment), former >= cutoff { continue }
            count += try await rows.forecast(kind, in: one, before: cutoff).rows
        }
        guard count == 0 || confirmation?.rows == count else {
            throw RetentionNotConfirmed(rows: count, moment: moment)
        }
        return count
    }

    private static let longestThought: TimeInterval = 900

    private static func rule(
        _ change: OperatorRetentionChange, _ scope: RetentionScope, _ kind: RetentionClass
    ) throws -> RetentionRule? {
        switch change.keeping {
        case .days:
            guard let days = change.days, RetentionRule.allowedDays.contains(days) else {
                throw InvalidDefinition("days", "Must be from 1 to 36500.")
            }
            return RetentionRule(scope, kind, days: days)
        case .forever: return RetentionRule(scope, kind, days: nil)
        case .inherited: return nil
        }
    }

    private static func kind(_ name: String) throws -> RetentionClass {
        guard let kind = RetentionClass(rawValue: name) else {
            let words = RetentionClass.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidDefinition("data_class", "Must be one of: \(words).")
        }
        return kind
    }

    // MARK: Holds

    /// Keeps what was recorded, whatever the rules say.
    /// - Throws: `InvalidDefinition`; `NotFound`; `PermissionDenied`.
    package func hold(
        _ draft: OperatorRetentionHoldDraft, of organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorRetention {
        let (scope, name) = try await scope(draft.projectID, of: organization)
        let (id, moment) = identifiers.nextDated(RetentionHold.self)
        let store = store
        try await audit.perform(Audit.Deed("retention.hold", on: name), by: actor, needs: .retentionUpdate) {
            guard !draft.reason.isEmpty, draft.reason.utf8.count <= Self.longestReason else {
                throw InvalidDefinition("reason", "Must say why, in at most \(Self.longestReason) bytes.")
            }
            if let begin = draft.beginsAt, let end = draft.endsAt, begin >= end {
                throw InvalidDefinition("ends_at", "Must be after begins_at.")
            }
            let hold = RetentionHold(
                id: id, scope: scope, beginsAt: draft.beginsAt, endsAt: draft.endsAt, reason: draft.reason,
                createdAt: moment, createdBy: actor.identity.name)
            try await store.add(hold, on: $0)
            return Audit.Change((), after: HoldRecord(hold))
        }
        return try await show(of: organization)
    }

    /// Ends a hold: what is past its time goes with the next run.
    /// - Throws: `NotFound`; `PermissionDenied`.
    package func release(
        _ id: RetentionHoldID, of organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorRetention {
        let deed = Audit.Deed("retention.release", on: "retention_hold:\(id)")
        let (store, moment) = (store, now())
        let former = try await store.holds(of: organization).first { $0.id == id }
        try await audit.perform(deed, by: actor, needs: .retentionUpdate) { connection in
            guard try await store.release(id, of: organization, at: moment, on: connection) else {
                throw NotFound("Hold")
            }
            return Audit.Change((), before: former.map(HoldRecord.init))
        }
        return try await show(of: organization)
    }

    private static let longestReason = 1000

    private func scope(
        _ project: UUID?, of organization: OrganizationID
    ) async throws -> (RetentionScope, String) {
        guard let project else { return (RetentionScope(organization, nil), "organization:\(organization)") }
        let id = ProjectID(uuid: project)
        guard try await projects.find(id, in: organization) != nil else { throw NotFound("Project") }
        return (RetentionScope(organization, id), "project:\(id)")
    }
}

/// What the audit keeps of a rule.
private struct RuleRecord: Encodable {
    let dataClass: String
    let days: Int?
    let source: String
    var confirmedRows: Int?

    init(_ kind: RetentionClass, _ term: (days: Int?, source: RetentionPolicy.Source), confirmedRows: Int? = nil) {
        dataClass = kind.rawValue
        days = term.days
        source = term.source.rawValue
        self.confirmedRows = confirmedRows
    }
}

/// What the audit keeps of a hold.
private struct HoldRecord: Encodable {
    let id: String
    let beginsAt: Date?
    let endsAt: Date?
    let reason: String

    init(_ hold: RetentionHold) {
        id = hold.id.description
        beginsAt = hold.beginsAt
        endsAt = hold.endsAt
        reason = hold.reason
    }
}

extension OperatorRetentionHold {
    fileprivate init(_ hold: RetentionHold, _ projects: [Project]) {
        self.init(
            id: hold.id.uuid, projectID: hold.scope.projectID?.uuid,
            projectName: projects.first { $0.id == hold.scope.projectID }?.name, beginsAt: hold.beginsAt,
            endsAt: hold.endsAt, reason: hold.reason, createdAt: hold.createdAt, createdBy: hold.createdBy)
    }
}

extension OperatorRetentionForecast {
    fileprivate init(_ forecast: RetentionForecast, days: Int, _ projects: [Project]) {
        self.init(
            projectID: forecast.scope.projectID?.uuid,
            projectName: projects.first { $0.id == forecast.scope.projectID }?.name,
            dataClass: forecast.kind.rawValue, days: days, rows: forecast.rows, bytes: forecast.bytes,
            heldRows: forecast.heldRows, exemptRows: forecast.exemptRows, oldest: forecast.oldest,
            newest: forecast.newest)
    }
}
