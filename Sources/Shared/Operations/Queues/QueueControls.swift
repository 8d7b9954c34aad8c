internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Stores
internal import Tenancy
package import WireAPI

/// What operators decide about queues and about whoever's jobs wait in them: pauses, bounds, shares.
package struct QueueControls: Sendable {
    private let queue: JobQueue
    private let snapshots: QueueSnapshots
    private let names: TenantNameStore
    private let reaches: JobReaches
    private let audit: Audit

    init(
        queue: JobQueue, snapshots: QueueSnapshots, names: TenantNameStore, reaches: JobReaches, audit: Audit
    ) {
        self.queue = queue
        self.snapshots = snapshots
        self.names = names
        self.reaches = reaches
        self.audit = audit
    }

    /// Everything that is not as usual, within reach.
    package func list(for actor: AuditActor) async throws -> OperatorQueueControls {
        try actor.require(.queueRead)
        let reach = try await reaches.reach(of: actor)
        let controls = try await queue.controls.all().filter {
            $0.isUnusual && !$0.subject.isOfWebhook && reach.sees($0.subject)
        }
        let shown = try await shown(controls)
        return OperatorQueueControls(results: controls.compactMap { shown[$0.subject] })
    }

    /// Decides something about a subject.
    /// - Throws: `PermissionDenied`; `OutOfReach`; `InvalidDefinition`; `Conflict` when somebody else has just decided.
    package func change(
        _ change: OperatorQueueControlChange, by actor: AuditActor
    ) async throws -> OperatorQueueControlReceipt {
        let subject = try Self.check(change)
        let reach = try await reaches.reach(of: actor)
        let known = try await queue.controls.all().first { $0.subject == subject }
        let mistake = known == nil ? try await mistake(in: subject) : nil
        let now = Date()
        var control = known ?? QueueControl(subject: subject, updatedAt: now)
        if let isPaused = change.isPaused { control.isPaused = isPaused }
        if let concurrency = change.concurrency {
            control.concurrency = concurrency == 0 ? nil : concurrency
        }
        if let weight = change.weight { control.weight = weight == 1 ? nil : weight }
        if let perMinute = change.perMinute { control.perMinute = perMinute == 0 ? nil : perMinute }
        control.updatedAt = now
        control.updatedBy = actor.principal?.user.id
        let decided = control
        try await audit.perform(
            Audit.Deed(change.auditName, on: subject.description), by: actor, needs: .queueUpdate
        ) { connection in
            try reach.requireControl(of: subject)
            if let mistake { throw mistake }
            let replaced = try await QueueControlLedger.set(decided, on: connection)
            guard replaced == known else { throw Conflict(.changedMeanwhile) }
            return Audit.Change((), before: known.map(Figures.init), after: Figures(decided))
        }
        await queue.tell(decided)
        snapshots.forget()
        let before = known ?? QueueControl(subject: subject, updatedAt: .distantPast)
        let people = try await names.people(Set([before, decided].compactMap(\.updatedBy)))
        return OperatorQueueControlReceipt(
            control: OperatorQueueControl(decided, people), before: OperatorQueueControl(before, people))
    }

    /// What is wrong with the name of a queue: a misspelt one would pause nothing, and nobody would notice.
    private func mistake(in subject: ControlSubject) async throws -> InvalidDefinition? {
        // The built-in ones are there also while nobody can be asked.
        guard case .queue(let name) = subject, !QueueName.builtIn.contains(name) else { return nil }
        let names = try await snapshots.current(with: name).queues.map(\.name)
        guard !names.contains(name) else { return nil }
        let choices = names.map(\.rawValue).joined(separator: ", ")
        return InvalidDefinition(problems: [
            .init(field: "subject", message: "There is no queue “\(name)”. There are \(choices).")
        ])
    }

    /// Controls as operators see them, by what they are about.
    func shown(_ controls: [QueueControl]) async throws -> [ControlSubject: OperatorQueueControl] {
        let people = try await names.people(Set(controls.compactMap(\.updatedBy)))
        return Dictionary(controls.map { ($0.subject, OperatorQueueControl($0, people)) }) { first, _ in
            first
        }
    }

    private static func check(_ change: OperatorQueueControlChange) throws(InvalidDefinition)
        -> ControlSubject
    {
        let subject = ControlSubject(change.subject)
        try InvalidDefinition.check { findings in
            if subject == nil {
                findings.add(
                    "subject",
                    "Use queue:NAME, organization:ID, project:ID, kind:NAME, provider:NAME or key:ID.")
            }
            if let concurrency = change.concurrency, !(0...1_000_000).contains(concurrency) {
                findings.add("concurrency", "Must be from 0, which is no bound, to 1000000.")
            }
            if let weight = change.weight, !(1...OperatorQueueControl.largestWeight).contains(weight) {
                findings.add("weight", "Must be from 1 to \(OperatorQueueControl.largestWeight).")
            }
            if let perMinute = change.perMinute, !(0...OperatorQueueControl.largestRate).contains(perMinute) {
                findings.add(
                    "per_minute", "Must be from 0, which is no bound, to \(OperatorQueueControl.largestRate).")
            }
            if change.isPaused == nil, change.concurrency == nil, change.weight == nil, change.perMinute == nil {
                findings.add(
                    "non_field_errors", "Say what is to be different: is_paused, concurrency, weight or per_minute.")
            }
        }
        guard let subject else { preconditionFailure("a subject that is none was found") }
        return subject
    }

    /// What the audit keeps of a control.
    private struct Figures: Encodable, Sendable {
        let isPaused: Bool
        let concurrency: Int?
        let weight: Int?
        let perMinute: Int?

        init(_ control: QueueControl) {
            isPaused = control.isPaused
            concurrency = control.concurrency
            weight = control.weight
            perMinute = control.perMinute
        }
    }
}

extension OperatorQueueControlChange {
    /// As the audit calls it.
    fileprivate var auditName: String {
        guard let isPaused, concurrency == nil, weight == nil, perMinute == nil else { return "queue.limit" }
        return isPaused ? "queue.pause" : "queue.resume"
    }
}

extension QueueControl {
    /// Whether anything about it is not as it is without anybody's doing.
    var isUnusual: Bool { isPaused || concurrency != nil || weight ?? 1 != 1 || perMinute != nil }
}

extension ControlSubject {
    /// Whether it is an endpoint of webhooks, which has a limit from its beginning on: it is looked at and paused there.
    fileprivate var isOfWebhook: Bool {
        guard case .limit(let limit) = self else { return false }
        return limit.isOfWebhook
    }
}

extension JobReach {
    /// Whether one may know what was decided about a subject: queues are everybody's.
    func sees(_ subject: ControlSubject) -> Bool {
        switch (self, subject) {
        case (.installation, _), (_, .queue), (_, .kind): true
        case (.organization(let own), .organization(let other)): own == other
        case (.organization, .project), (.organization, .limit): false
        }
    }

    /// Passes when one may decide about a subject: about one's own organisation, or about everything.
    func requireControl(of subject: ControlSubject) throws(OutOfReach) {
        if case .organization(let own) = self, case .organization(own) = subject { return }
        try requireInstallation()
    }
}

extension OperatorQueueControl {
    /// What was decided, as operators see it.
    init(_ control: QueueControl, _ people: [UserID: UserReference]) {
        let isDecided = control.updatedAt > .distantPast
        self.init(
            subject: control.subject.description, isPaused: control.isPaused,
            concurrency: control.concurrency,
            weight: control.weight ?? 1, perMinute: control.perMinute, updatedAt: isDecided ? control.updatedAt : nil,
            updatedBy: control.updatedBy.flatMap { people[$0] }.map(OperatorPerson.init))
    }

    /// Of what nobody has decided anything about.
    init(usual subject: ControlSubject) {
        self.init(
            subject: subject.description, isPaused: false, concurrency: nil, weight: 1, updatedAt: nil,
            updatedBy: nil)
    }
}
