import Tenancy
package import Terminal
package import WireAPI

/// One model that is open: where its calls go and how that goes, what it costs, what it can do.
package struct ModelScreen: Screen {
    package typealias Command = ModelCommand

    package static let bindings: [Binding<ModelCommand>] =
        ModelKeys.looking + ModelKeys.acting

    private static let freshness = Duration.seconds(10)

    /// As it was known when it was opened.
    private let opened: OperatorModel
    private var content = Loadable<OperatorModel>()
    private var actions = ModelActions()
    private var reader = Reader()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ model: OperatorModel) { opened = model }

    private var model: OperatorModel { content.value ?? opened }

    package var title: String { model.name }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    package func can(_ command: ModelCommand, _ scope: Scope) -> Bool {
        switch command {
        case .executions: true
        case .act(let action): ModelActions.can(action, on: model, scope)
        case .open, .nextSection, .previousSection: false
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        if session.hasChanged(context.scope) { actions = ModelActions() }
        content.loadIfOlder(than: .seconds(1), .model(opened.id), &context)
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(.model(opened.id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        scope = context.scope
        switch actions.receive(answer, &context) {
        case .nothing: break
        case .changed: refresh(&context)
        case .removed: return context.pop()
        }
        if content.receive(answer, &context) { layOut() }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        guard case .catalogueChanged(let change) = event, !content.isLoading else { return }
        let isIt = change.subject.kind == .model && change.subject.id == opened.id.lowercase
        guard isIt || change.subject.kind == .provider || change.subject.kind == .price else { return }
        content.load(.model(opened.id), delay: .milliseconds(300), &context)
    }

    package mutating func tick(_ context: inout ScreenContext) {
        scope = context.scope
        content.renew(after: Self.freshness, .model(opened.id), &context)
    }

    package func wake(after now: Duration) -> Duration? { content.wake(renewingAfter: Self.freshness, now) }

    // MARK: Commands

    package mutating func perform(_ command: ModelCommand, _ context: inout ScreenContext) {
        switch command {
        case .executions: context.showExecutions(ofModel: model.name)
        case .act(let action): actions.perform(action, on: model, &context)
        case .open, .nextSection, .previousSection: break
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let scope else { return }
        reader.show(ModelDocument(model, width: min(112, max(1, size.columns - 2)), scope).document)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [Segment(model.state.word, model.state.ink), Segment(model.route(scope)), Segment(reader.position)]
    }

    package func status(_ scope: Scope) -> Segment? {
        actions.status ?? content.failure.map { Segment($0.message, .bad) }
    }

    package func explanation(_ scope: Scope) -> Explanation? { ModelExplanation.of(model, nil, scope) }

    package func copies(_ scope: Scope) -> [Copy] { ModelCopies.of(model) }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let model = content.value else { return nil }
        let places = model.places.enumerated().map { index, place in
            ["place \(index + 1)", "\(place.name) \(place.upstreamModel) \(place.health.words)"]
        }
        return Sheet(
            titles: ["FIELD", "VALUE"],
            rows: [["name", model.name], ["state", model.state.word]] + places
                + ModelDocument.facts(model).facts.map { [$0.label, $0.value] }, json: Sheet.json(model))
    }
}
