package import FoundationEssentials
import JSON
import Tenancy
package import Terminal
package import WireAPI

/// What models cost, from when until when, and which nobody has said a price of.
package struct PricesScreen: HeldListScreen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case add, edit
        case end, ended(OperatorPrice, String)
        case remove, removeAgreed(id: UUID, revision: Int)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.tab), .character("]")], .nextSection, hint: "budgets…", "Go on to budgets and spending"),
        Binding([Key(.tab, .shift), .character("[")], .previousSection, "Go to the list before"),
        Binding(
            [.character("N")], .add, hint: "new", "Add a price, for the model under the cursor", .action,
            needs: .priceUpdate),
        Binding([.character("E")], .edit, hint: "edit", "Change the price", .action, needs: .priceUpdate),
        Binding(
            [.character("U")], .end, hint: "until", "Say until when it holds", .action, needs: .priceUpdate),
        Binding([.character("K")], .remove, "Delete the price", .action, needs: .priceUpdate),
    ]

    package var held = HeldList(
        of: "prices", OperatorRequest<OperatorPriceList>.prices, freshness: .seconds(30),
        Listing(PriceColumns.all, sorting: Sorting(column: "state", isDescending: false), facts: PriceQuery.facts),
        PriceQuery.vocabulary, rows: { $0.unpriced.map(PriceRow.unpriced) + $0.results.map(PriceRow.price) })
    private var changing = Awaited<OperatorPriceOutcome>()
    private var removing = Awaited<OperatorNothing>()

    package init() {}

    package var title: String { ProviderSection.prices.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection, .add: true
        case .edit, .end, .remove: held.selected?.price?.isEditable == true
        case .ended, .removeAgreed: true
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        guard held.appear(&context) else { return }
        changing.forget()
        removing.forget()
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        held.receive(answer, &context)
        if let result = changing.take(answer) {
            switch result {
            case .success(let outcome):
                let until = outcome.price.validUntil.map { "until \(Formats.dayAndMinute($0)) UTC" }
                context.say("The price of \(outcome.price.model) holds \(until ?? "until further notice")", .good)
                held.load(&context)
            case .failure(let failure): context.say("Not changed: \(failure.message)", .bad)
            }
        }
        if let result = removing.take(answer) {
            switch result {
            case .success:
                context.say("The price is deleted", .good)
                held.load(&context)
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        held.hear(event, [.price, .model, .provider], &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: .prices, by: 1)
        case .previousSection: context.step(from: .prices, by: -1)
        case .add:
            context.push(
                PriceForm.adding(
                    provider: held.selected?.provider ?? "", model: held.selected?.model ?? "",
                    runsInstallation: held.value?.runsInstallation ?? false))
        case .edit: if let price = held.selected?.price { context.push(PriceForm.changing(price)) }
        case .end: askForEnd(&context)
        case .ended(let price, let text):
            let text = text.trimmingBlanks
            let end = text.isEmpty ? nil : text == "now" ? context.scope.date : ISO8601.date(text)
            changing.ask(.changePrice(price.id, to: PriceForm.ending(price, at: end)), &context)
        case .remove: confirmRemoval(&context)
        case .removeAgreed(let id, let revision): removing.ask(.deletePrice(id, revision: revision), &context)
        }
    }

    private func askForEnd(_ context: inout ScreenContext) {
        guard let price = held.selected?.price else { return }
        context.present(
            Prompt(
                "Until when \(price.model) costs this",
                hint: "A day (UTC) such as 2026-12-31, now, or nothing: further",
                text: price.validUntil.map(Formats.dayAndMinute) ?? "",
                problem: { text in
                    let text = text.trimmingBlanks
                    let isFine = text.isEmpty || text == "now" || ISO8601.date(text) != nil
                    return isFine ? nil : "Not a day such as 2026-12-31, or 2026-12-31 09:00"
                }
            ) { Command.ended(price, $0) })
    }

    private func confirmRemoval(_ context: inout ScreenContext) {
        guard let price = held.selected?.price else { return }
        var effects = ["Calls that have ended keep what they cost."]
        if price.state == .current, !price.models.isEmpty {
            effects.append(
                "\(ProviderEffectWords.names(price.models)): another price holds, or nobody has said what they cost.")
        }
        context.present(
            Confirmation(
                "Delete the price of \(price.model) at \(price.provider)", effects: effects, typing: price.model,
                at: context.now, Command.removeAgreed(id: price.id, revision: price.revision)))
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        held.draw(into: &frame, area, hint: scope.may(.priceUpdate) ? "N adds the first one." : "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] { ProviderSection.prices.segments(scope) + held.address(scope) }

    package func status(_ scope: Scope) -> Segment? {
        if changing.isWaiting { return Segment("Changing the price", .accent) }
        if removing.isWaiting { return Segment("Deleting the price", .accent) }
        guard let value = held.value else { return nil }
        let refused = value.unpriced.count { !$0.isAllowed }
        if refused > 0 {
            return Segment(
                "No price of \(ProviderEffectWords.count(refused, "place")) of models: calls there are refused",
                .bad)
        }
        return value.freeKinds.isEmpty
            ? nil
            : Segment(
                "Free unless said otherwise: \(value.freeKinds.map(ProviderKindWords.name).joined(separator: ", "))")
    }

    package func explanation(_ scope: Scope) -> Explanation? { held.selected.map(PriceExplanation.of) }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let row = held.selected else { return [] }
        var copies = [Copy("m", "model there", row.model), Copy("p", "provider", row.provider)]
        if let price = row.price {
            copies.append(Copy("i", "identifier", price.id.lowercase))
            copies.append(Copy("t", "price", price.tariff.words))
        }
        return copies
    }
}
