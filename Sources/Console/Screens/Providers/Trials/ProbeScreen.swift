import Tenancy
package import Terminal
package import WireAPI

/// What was found out about a server, from which its model can be added.
package struct ProbeScreen: Screen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable { case add }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("N")], .add, hint: "add it", "Add the model that was tried", .action, needs: .modelCreate)
    ]

    private let probe: OperatorServerProbe
    private var providers = Awaited<OperatorProviderList>()
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ probe: OperatorServerProbe) { self.probe = probe }

    package var title: String { "Server" }

    package func can(_ command: Command, _ scope: Scope) -> Bool { probe.model != nil && scope.may(.providerRead) }

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .add: providers.ask(.providers, &context)
        }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = providers.take(answer) else { return }
        switch result {
        case .success(let list):
            let form = ModelForm(providers: list.results, runsInstallation: list.runsInstallation)
            context.push(form.adding(probed: probe))
        case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
        }
    }

    // MARK: Picture

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let scope else { return }
        var document = Document(width: min(112, max(1, size.columns - 2)), charset: scope.charset)
        document.title("Found", note: probe.model ?? "")
        if let model = probe.model {
            let took = probe.durationMs.map { " in \(Formats.latency(milliseconds: Double($0)))" } ?? ""
            document.body("\(model) answered\(took).", .good)
            AbilityLines.add(probe.abilities, to: &document)
        } else {
            document.body("It lists no model that could be tried.", .bad)
        }
        document.title("Models", note: "\(probe.models.count)")
        for model in probe.models { document.line(model, model == probe.model ? .strong : .plain) }
        reader.show(document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] { [Segment(probe.url, .strong), Segment(reader.position)] }

    package func status(_ scope: Scope) -> Segment? {
        providers.isWaiting ? Segment("Reading the providers", .accent) : nil
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("u", "address", probe.url), Copy("m", "models", probe.models.joined(separator: "\n"))]
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Abilities",
            definition:
                "What the model can do as far as trying shows it. Unknown: the server did not say, or said something that can mean both."
        ).source("The LLM proxy, which asked the server.").freshness(
            "Known for an hour, for a model that is added of it.")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["ABILITY", "ANSWER", "WHY"],
            rows: probe.abilities.findings.map { [$0.ability, $0.answer.rawValue, $0.evidence] },
            json: Sheet.json(probe))
    }
}
