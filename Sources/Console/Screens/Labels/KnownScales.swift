import Terminal
import WireAPI

/// The scales on which people label. What needs them goes on as soon as they are known.
struct KnownScales<Command: Sendable & Hashable>: Sendable {
    private var scales = Loadable<OperatorScales>()
    private var wanted: Command?

    /// Which are known by now.
    var known: [OperatorScale] { scales.value?.results ?? [] }

    /// Reads them when they are not known or old.
    mutating func warm(_ context: inout ScreenContext) {
        scales.loadIfOlder(than: .seconds(60), .scales(), &context)
    }

    /// The scales, also while old ones are read anew; `nil` while none are known: then the command comes again by
    /// `receive`.
    mutating func ready(for command: Command, _ context: inout ScreenContext) -> [OperatorScale]? {
        if let known = scales.value {
            warm(&context)
            return known.results
        }
        wanted = command
        scales.load(.scales(), &context)
        return nil
    }

    /// Asks on which of them, as soon as they are known.
    mutating func choose(
        for command: Command, _ context: inout ScreenContext, _ chosen: (OperatorScale) -> Command
    ) {
        guard let known = ready(for: command, &context) else { return }
        guard !known.isEmpty else {
            context.say("There are no scales yet: POST /v1/score-configs/ of the public API makes one", .caution)
            return
        }
        context.present(Self.menu(of: known, chosen))
    }

    /// Takes an answer; gives the command that waited for it, unless another screen was opened meanwhile.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Command? {
        guard scales.receive(answer, &context), let command = wanted else { return nil }
        wanted = nil
        if scales.value == nil, let failure = scales.failure {
            context.say("The scales were not read: \(failure.message)", .bad)
            return nil
        }
        return context.isSeen ? command : nil
    }

    private static func menu(of scales: [OperatorScale], _ command: (OperatorScale) -> Command) -> Menu {
        let letters = "abcdefghijklmnopqrstuvwxyz".unicodeScalars.map { $0 }
        return Menu(
            "Label on which scale",
            scales.enumerated().map { index, scale in
                Menu.Item(
                    letters.indices.contains(index) ? .character(letters[index]) : nil, scale.name,
                    detail: scale.words, command(scale))
            })
    }
}
