import FoundationEssentials
import Terminal
import WireAPI

/// A model as text: where it is served and how that goes, what it costs, what it can do.
struct ModelDocument {
    private(set) var document: Document
    private let scope: Scope

    init(_ model: OperatorModel, width: Int, _ scope: Scope) {
        self.scope = scope
        document = Document(width: width, charset: scope.charset)
        addState(model)
        addPlaces(model)
        addPrices(model)
        addAbilities(model)
        addFacts(model)
    }

    private mutating func addState(_ model: OperatorModel) {
        document.title("State", note: model.state.word)
        if let drain = model.drain { document.body(drain.sentence(scope), .caution) }
        if model.placesInService.isEmpty {
            document.body("No place of it is in service: its calls are refused.", .bad)
        } else if model.placesInService.contains(where: { !$0.isPriced }) {
            document.body(
                model.isUnpricedAllowed
                    ? "Nobody has said what it costs at every place: calls there count as free."
                    : "Nobody has said what it costs at every place: calls there are refused.",
                model.isUnpricedAllowed ? .caution : .bad)
        }
        if model.places.count > 1 { document.body(model.choice.sentence, .quiet) }
        let back =
            model.fallbacks.isEmpty
            ? "When it fails, no other model is asked."
            : "When it fails, these models are asked: \(model.fallbacks.joined(separator: ", "))."
        document.body(back, .quiet)
        let cache = model.cacheSeconds.map {
            "The answer to the very same question is given again for \(Formats.span(seconds: $0))."
        }
        document.body(cache ?? "Every question is asked anew; no answer is kept.", .quiet)
    }

    private mutating func addPlaces(_ model: OperatorModel) {
        document.title("Places", note: "\(model.places.count), \(model.choice.word)")
        let sum = model.placesInService.reduce(0) { $0 + $1.weight }
        for (index, place) in model.places.enumerated() {
            var spans = [
                Document.Span("\(index + 1) ", .accent), Document.Span(place.name, .strong),
                Document.Span("  \(place.upstreamModel)", .quiet),
                Document.Span("  \(place.health.words)", place.health.ink),
            ]
            if model.choice == .weighted, place.isInService, sum > 0 {
                let share = Formats.percent(Double(place.weight) / Double(sum))
                spans.append(Document.Span("  \(share) of the calls", .quiet))
            }
            if !place.isInService { spans.append(Document.Span("  out of service", .caution)) }
            document.line(spans)
            if let health = place.health { document.body(health.sentence, .quiet, indent: 2) }
        }
    }

    private mutating func addPrices(_ model: OperatorModel) {
        document.title("Price", note: "at this moment")
        for place in model.places {
            guard let tariff = place.tariff else {
                document.line([
                    Document.Span(place.name, .strong),
                    Document.Span("  nobody has said", model.isUnpricedAllowed ? .caution : .bad),
                ])
                continue
            }
            document.line([Document.Span(place.name, .strong), Document.Span("  \(tariff.words)")])
            guard !tariff.isFree else { continue }
            for part in tariff.parts.dropFirst(2) {
                let gap = String(repeating: " ", count: max(1, 18 - part.label.columns))
                document.line([Document.Span("  \(part.label)\(gap)", .quiet), Document.Span(part.text)])
            }
        }
    }

    private mutating func addAbilities(_ model: OperatorModel) {
        guard let abilities = model.abilities else {
            if model.hasOwnAddress {
                document.title("Abilities")
                document.line("Nobody has tried what it can do.", .quiet)
            }
            return
        }
        document.title("Abilities", note: "tried \(ProviderTimes.age(abilities.foundAt, scope))")
        AbilityLines.add(abilities, to: &document)
    }

    private mutating func addFacts(_ model: OperatorModel) {
        document.title("What it is")
        Self.facts(model).add(to: &document)
    }

    /// What is stored of it; a key is no part of that.
    static func facts(_ model: OperatorModel) -> FactList {
        FactList(facts: [
            NamedFact("aliases", model.aliases.isEmpty ? "-" : model.aliases.joined(separator: ", ")),
            NamedFact("whose", model.holder.sentence),
            NamedFact("listed", model.isListed ? "yes" : "no: found by its name alone"),
            NamedFact("key", model.hasKey ? "one of its own" : model.hasOwnAddress ? "none" : "its provider's"),
            NamedFact(
                "answers", model.maximumOutputTokens.map { "at most \(Formats.count($0)) tokens" } ?? "not limited here"
            ),
            NamedFact("reads", model.maximumTokens.map { "at most \(Formats.count($0)) tokens" } ?? "not limited here"),
            NamedFact("added", "\(Formats.dayAndMinute(model.createdAt)) UTC by \(model.owner.fullName)"),
            NamedFact("id", model.id.lowercase),
        ])
    }
}

/// What was found out about a model, as lines.
enum AbilityLines {
    private static let names = [
        "chat": "chat", "streaming": "streaming", "usage": "counts tokens", "schema_output": "schema output",
        "tools": "tools", "logprobs": "log-probabilities",
    ]

    static func add(_ abilities: OperatorAbilities, to document: inout Document) {
        let context =
            abilities.contextLength.map { "reads \(Formats.count($0)) tokens" } ?? "does not say how much it reads"
        document.line("\(ProviderKindWords.name(abilities.kind)), \(context)")
        for finding in abilities.findings {
            let name = names[finding.ability] ?? finding.ability
            let gap = String(repeating: " ", count: max(1, 18 - name.columns))
            document.line([
                Document.Span(name + gap), Document.Span(finding.answer.rawValue, ink(finding.answer)),
            ])
            document.body(finding.evidence, .quiet, indent: 2)
        }
    }

    private static func ink(_ answer: OperatorAbilities.Answer) -> Ink {
        switch answer {
        case .yes: .good
        case .no: .caution
        case .unknown: .quiet
        }
    }
}
