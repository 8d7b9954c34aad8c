import FoundationEssentials
import Tenancy
package import Terminal
import WireAPI

/// What the organisation wants of its people's sign-ins and of its keys.
package struct SignInPolicyScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection, edit
    }

    package static let bindings: [Binding<Command>] =
        PeopleSection.bindings(next: .nextSection, previous: .previousSection) + [
            Binding(
                [.character("E")], .edit, hint: "change", "Change the policy", .action, needs: .signInPolicyUpdate)
        ]

    private static let freshness = Duration.seconds(30)

    private var policy = Loadable<OperatorSignInPolicy>()
    private var session = SessionWatch()

    package init() {}

    package var title: String { PeopleSection.policy.title }
    package var isSettled: Bool { policy.isSettled }
    package var failure: ServerFailure? { policy.value == nil ? policy.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection: true
        case .edit: policy.value != nil
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            policy.load(.signInPolicy(), &context)
        } else {
            policy.loadIfOlder(than: .seconds(1), .signInPolicy(), &context)
        }
    }
    package mutating func refresh(_ context: inout ScreenContext) { policy.load(.signInPolicy(), &context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        policy.receive(answer, &context)
    }
    package mutating func tick(_ context: inout ScreenContext) {
        policy.renew(after: Self.freshness, .signInPolicy(), &context)
    }
    package func wake(after now: Duration) -> Duration? { policy.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: PeopleSection.policy, by: 1)
        case .previousSection: context.step(from: PeopleSection.policy, by: -1)
        case .edit: if let policy = policy.value { context.push(SignInPolicyForm.changing(policy)) }
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let policy = policy.value else {
            EmptyList(
                subject: "policy", isRead: false, failure: self.policy.failure, failingSince: self.policy.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        var document = Document(width: min(100, max(1, area.columns.count - 2)), charset: scope.charset)
        document.title("Sign-ins")
        for fact in facts(policy) {
            document.line([
                Document.Span(fact.label + String(repeating: " ", count: max(1, 24 - fact.label.columns)), .quiet),
                Document.Span(fact.value, fact.ink),
            ])
        }
        document.title("Since")
        let by = policy.updatedBy.map { ", by \($0)" } ?? ""
        document.body(
            policy.updatedAt.map { "\(Formats.full($0))\(by)" }
                ?? "These are the values of the release: nobody has chosen others.", .quiet)
        var reader = Reader()
        reader.resize(rows: area.rows.count)
        reader.show(document)
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    private func facts(_ policy: OperatorSignInPolicy) -> [NamedFact] {
        let terms = policy.terms
        return [
            NamedFact("ends unused after", Formats.span(seconds: terms.idleLimitSeconds), .strong),
            NamedFact("ends in any case after", Formats.span(seconds: terms.absoluteLimitSeconds), .strong),
            NamedFact(
                "sessions at a time",
                "\(Formats.count(terms.sessionsPerPerson)) a person; a further one ends the oldest"),
            NamedFact(
                "second factor",
                terms.wantsSecondFactor ? "wanted of everybody who signs in by password" : "left to each person",
                terms.wantsSecondFactor ? .good : .caution),
            NamedFact(
                "age of keys",
                terms.keyAgeLimitSeconds.map { "at most \(Formats.span(seconds: $0))" } ?? "as old as they like",
                terms.keyAgeLimitSeconds == nil ? .caution : .plain),
        ]
    }

    package func address(_ scope: Scope) -> [Segment] { PeopleSection.policy.segments(scope) + [policy.age(scope)] }

    package func status(_ scope: Scope) -> Segment? {
        policy.failure.map { Segment("Not current: \($0.message)", .bad) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Policy",
            definition:
                "What the organisation wants of every sign-in and of new keys. Sessions that it allows no more end at once when it changes; keys that exist keep their end."
        ).source("The database of the installation; every change is in the audit.")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let policy = policy.value else { return nil }
        return Sheet(
            titles: ["WHAT", "VALUE"], rows: facts(policy).map { [$0.label, $0.value] }, json: Sheet.json(policy))
    }
}

/// Changing the policy.
enum SignInPolicyForm {
    static func changing(_ policy: OperatorSignInPolicy) -> FormScreen<OperatorSignInPolicy> {
        let terms = policy.terms
        return FormScreen(
            "Change the policy", note: "Sessions that it allows no more end at once, your own among them.",
            Form([
                .text(
                    "idle_limit_seconds", "Ends unused after", hint: "from 5m to 30d",
                    value: written(terms.idleLimitSeconds), isRequired: true),
                .text(
                    "absolute_limit_seconds", "Ends in any case after", hint: "from 5m to 90d",
                    value: written(terms.absoluteLimitSeconds), isRequired: true),
                .text(
                    "sessions_per_person", "Sessions at a time", hint: "from 1 to 1,000",
                    value: "\(terms.sessionsPerPerson)", isRequired: true),
                .decision(
                    "wants_second_factor", "Wants a second factor", hint: "of who signs in by password",
                    isOn: terms.wantsSecondFactor),
                .text(
                    "key_age_limit_seconds", "Age of new keys",
                    hint: "at most, such as 90d; empty: as old as they like",
                    value: terms.keyAgeLimitSeconds.map(written) ?? ""),
            ])
        ) { values throws(FormProblem) in
            .replaceSignInPolicy(
                OperatorSignInPolicyChange(
                    terms: OperatorSignInTerms(
                        idleLimitSeconds: try needed("idle_limit_seconds", try values.seconds("idle_limit_seconds")),
                        absoluteLimitSeconds: try needed(
                            "absolute_limit_seconds", try values.seconds("absolute_limit_seconds")),
                        sessionsPerPerson: try needed(
                            "sessions_per_person", try values.count("sessions_per_person", in: 1...1000)),
                        wantsSecondFactor: values.isOn("wants_second_factor"),
                        keyAgeLimitSeconds: try values.seconds("key_age_limit_seconds")),
                    revision: policy.revision))
        } done: { _, context in
            context.say("The policy is changed", .good)
        }
    }

    private static func needed(_ field: String, _ value: Int?) throws(FormProblem) -> Int {
        guard let value else { throw FormProblem(field, "this is needed") }
        return value
    }

    /// A span as the form reads it, in its largest whole unit.
    private static func written(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "m")]
        guard let unit = units.first(where: { seconds % $0.0 == 0 }) else { return "\(seconds)s" }
        return "\(seconds / unit.0)\(unit.1)"
    }
}
