import FoundationEssentials
import Terminal
import WireAPI

/// Finds the models of a provider that can be asked something, and asks which one and what.
struct ModelTestChoice: Sendable {
    /// More are found through the list of models.
    private static let most = 20

    private var models = Awaited<OperatorModelList>()
    private var provider: OperatorProvider?
    private var upstreamModel: String?

    var status: Segment? { models.isWaiting ? Segment("Reading its models", .accent) : nil }

    /// Asks for the models of a provider, or of one model there.
    mutating func begin(
        _ provider: OperatorProvider, _ deployment: OperatorDeployment?, _ context: inout ScreenContext
    ) {
        self.provider = provider
        upstreamModel = deployment?.upstreamModel
        models.ask(.models, &context)
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = models.take(answer), let provider else { return }
        switch result {
        case .success(let list): offer(list.results.filter { isServed($0, at: provider) }, provider, &context)
        case .failure(let failure): context.say("Nothing was asked: \(failure.message)", .bad)
        }
    }

    private func isServed(_ model: OperatorModel, at provider: OperatorProvider) -> Bool {
        model.places.contains { place in
            place.providerID == provider.id && (upstreamModel == nil || place.upstreamModel == upstreamModel)
        }
    }

    private func offer(_ models: [OperatorModel], _ provider: OperatorProvider, _ context: inout ScreenContext) {
        guard let first = models.first else {
            context.say("No model of the catalogue is served there: nothing to ask", .caution)
            return
        }
        guard models.count > 1 else { return Self.askForPrompt(first.id, name: first.name, &context) }
        let items = models.prefix(Self.most).enumerated().map { index, model in
            Menu.Item(
                index < 9 ? .character(Unicode.Scalar(UInt8(0x31 + index))) : nil, model.name,
                ProviderCommand.act(.testModel(model.id, name: model.name)))
        }
        context.present(Menu("Ask which model of \(provider.name)", items))
    }

    /// Asks what a model is asked.
    static func askForPrompt(_ id: UUID, name: String, _ context: inout ScreenContext) {
        context.present(
            Prompt("Ask \(name)", hint: TestCallScreen.promptHint) {
                ProviderCommand.act(.ask(id, name: name, prompt: $0))
            })
    }
}
