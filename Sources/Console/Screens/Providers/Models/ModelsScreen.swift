import Tenancy
package import Terminal
package import WireAPI

/// The models by the names that evaluators use: where they are served, at what price, and whether they can be called.
package struct ModelsScreen: HeldListScreen {
    package typealias Command = ModelCommand

    package static let bindings: [Binding<ModelCommand>] =
        [
            Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the model"),
            Binding([Key(.tab), .character("]")], .nextSection, hint: "prices…", "Go on to prices, budgets, spending"),
            Binding([Key(.tab, .shift), .character("[")], .previousSection, "Go to the list before"),
        ] + ModelKeys.looking + [
            Binding([.character("N")], .act(.add), hint: "new", "Add a model", .action, needs: .modelCreate),
            Binding(
                [.character("B")], .act(.probe), "Find out what a server can do, and add its model", .action,
                needs: .modelUpdate),
        ] + ModelKeys.acting

    package var held = HeldList(
        of: "models", OperatorRequest<OperatorModelList>.models, freshness: .seconds(10),
        Listing(ModelColumns.all, sorting: Sorting(column: "name", isDescending: false), facts: ModelQuery.facts),
        ModelQuery.vocabulary, rows: { $0.results })
    private var actions = ModelActions()
    /// The provider whose models are shown first, until another filter is wanted.
    private var firstQuery: String?

    package init(servedBy provider: String? = nil) {
        firstQuery = provider.flatMap(QueryText.quoted).map { "provider:\($0)" }
    }

    package var title: String { ProviderSection.models.title }

    package func can(_ command: ModelCommand, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection: true
        case .open, .executions: held.selected != nil
        case .act(let action): ModelActions.can(action, on: held.selected, scope)
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        if held.appear(&context) { actions = ModelActions() }
        if let query = firstQuery { held.apply(query: query, &context) }
        firstQuery = nil
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) != .nothing { held.load(&context) }
        held.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        held.hear(event, [.model, .provider, .price], &context)
    }

    package mutating func perform(_ command: ModelCommand, _ context: inout ScreenContext) {
        switch command {
        case .open: if let model = held.selected { context.push(ModelScreen(model)) }
        case .nextSection: context.step(from: .models, by: 1)
        case .previousSection: context.step(from: .models, by: -1)
        case .executions: if let model = held.selected { context.showExecutions(ofModel: model.name) }
        case .act(let action): actions.perform(action, on: held.selected, &context)
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        held.draw(into: &frame, area, hint: scope.may(.modelCreate) ? "N adds the first one." : "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        ProviderSection.models.segments(scope) + held.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        guard let model = held.selected else { return nil }
        if let drain = model.drain { return Segment("\(model.name): \(drain.sentence(scope))", .caution) }
        let count = held.list.rows.count { $0.places.contains { !$0.isPriced } }
        guard count > 0 else { return nil }
        return Segment(
            "\(ProviderEffectWords.count(count, "model")) with a place that nobody has said a price of", .caution)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        held.selected.map { ModelExplanation.of($0, held.value?.proxies, scope) }
    }

    package func copies(_ scope: Scope) -> [Copy] { held.selected.map(ModelCopies.of) ?? [] }
}

/// The keys that the list of models and an open model share.
enum ModelKeys {
    static let looking: [Binding<ModelCommand>] = [
        Binding(
            [.character("s")], .executions, hint: "executions", "Show the executions that it answered",
            needs: .executionLogList)
    ]
    static let acting: [Binding<ModelCommand>] = [
        Binding([.character("T")], .act(.test), hint: "test", "Ask it something", .action, needs: .modelUpdate),
        Binding([.character("E")], .act(.edit), hint: "edit", "Change it", .action, needs: .modelUpdate),
        Binding([.character("P")], .act(.setPrice), "Say what it costs", .action, needs: .priceUpdate),
        Binding(
            [.character("D")], .act(.drain), "Take a model with an address of its own out of service, or put it back",
            .action, needs: .modelUpdate),
        Binding(
            [.character("A")], .act(.probeAgain), "Try again what a model with an address of its own can do", .action,
            needs: .modelUpdate),
        Binding([.character("K")], .act(.remove), "Delete it", .action, needs: .modelDelete),
    ]
}

/// What can be copied of a model; its key cannot.
enum ModelCopies {
    static func of(_ model: OperatorModel) -> [Copy] {
        var copies = [Copy("i", "identifier", model.id.lowercase), Copy("n", "name", model.name)]
        if let place = model.places.first {
            copies.append(Copy("m", "name there", place.upstreamModel))
            if let url = place.url { copies.append(Copy("u", "address", url)) }
        }
        return copies
    }
}

extension ScreenContext {
    /// Goes to the executions that a model answered.
    mutating func showExecutions(ofModel name: String) {
        guard let name = QueryText.quoted(name) else {
            say("No filter can hold this name: / filters by a part of it", .caution)
            return
        }
        show(.executions, query: "model:\(name)")
    }
}
