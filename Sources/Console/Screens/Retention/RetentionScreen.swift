import FoundationEssentials
import Tenancy
package import Terminal
import WireAPI

/// For how long everything is kept, what would go by now, what is held, and how long the disks last.
package struct RetentionScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case change, hold, release
    }

    package static let bindings: [Binding<Command>] = [
        Binding(
            [.character("E")], .change, hint: "change", "Keep something longer or shorter", .action,
            needs: .retentionUpdate),
        Binding(
            [.character("H")], .hold, hint: "hold", "Hold everything that was recorded", .action,
            needs: .retentionUpdate),
        Binding(
            [.character("U")], .release, hint: "release", "Release a hold: what is past its time goes then", .action,
            needs: .retentionUpdate),
    ]

    private static let freshness = Duration.seconds(30)

    private var retention = Loadable<OperatorRetention>()
    private var preview = Loadable<OperatorRetentionPreview>()
    private var storage = Loadable<OperatorStorage>()
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var charset: Charset?

    package init() {}

    package var title: String { "Retention" }
    package var isSettled: Bool { retention.isSettled && preview.isSettled && storage.isSettled }
    package var failure: ServerFailure? { retention.value == nil ? retention.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .change, .hold: retention.value != nil
        case .release: retention.value?.holds.isEmpty == false
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        refresh(&context)
        layOut()
    }
    package mutating func refresh(_ context: inout ScreenContext) {
        retention.load(.retention(), &context)
        preview.load(.retentionPreview(), &context)
        storage.load(.storage(), &context)
    }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        retention.receive(answer, &context)
        preview.receive(answer, &context)
        storage.receive(answer, &context)
        layOut()
    }
    package mutating func tick(_ context: inout ScreenContext) {
        storage.renew(after: Self.freshness, .storage(), &context)
    }
    package func wake(after now: Duration) -> Duration? { storage.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .change: if let retention = retention.value { context.push(RetentionForm.changing(retention)) }
        case .hold: if let retention = retention.value { context.push(RetentionForm.holding(retention)) }
        case .release: if let retention = retention.value { context.push(RetentionForm.releasing(retention)) }
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    // MARK: Picture

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let charset, let retention = retention.value else { return }
        var document = Document(width: min(100, max(1, size.columns - 2)), charset: charset)
        if let storage = storage.value { RetentionWords.write(storage, into: &document) }
        RetentionWords.write(retention, into: &document)
        if let preview = preview.value { RetentionWords.write(preview, into: &document) }
        reader.show(document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard retention.value != nil else {
            EmptyList(
                subject: "retention", isRead: false, failure: self.retention.failure,
                failingSince: self.retention.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(reader.position, .quiet), retention.age(scope)].filter { !$0.text.isEmpty }
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = retention.failure { return Segment("Not current: \(failure.message)", .bad) }
        guard storage.value?.level == "full" else { return nil }
        return Segment("Nothing new is taken: a disk is nearly full", .bad)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Retention",
            definition:
                "Workers have what is past its time go every hour. Datasets, labels and what they name, what was calibrated on, and what is held stay, and the audit for ever. A project goes before the organisation, and that before the settings."
        ).source("The rules and holds in the database; every change is in the audit.")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let retention = retention.value else { return nil }
        return Sheet(
            titles: ["PROJECT", "CLASS", "KEPT", "SAID BY"],
            rows: retention.scopes.flatMap { scope in
                scope.terms.map {
                    [scope.projectName ?? "every other", $0.dataClass, RetentionWords.kept($0.days), $0.source]
                }
            }, json: Sheet.json(retention))
    }
}
