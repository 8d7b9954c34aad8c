import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorIdentityProvider: Identifiable {}

/// By what people of the organisation sign in beside passwords: its identity providers.
package struct IdentityProvidersScreen: HeldListScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case open, nextSection, previousSection
        case add, addByURL, addFromFile, addFromPath(String), addInEditor
        case test
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding(
                [Key(.enter), Key(.right), .character("l")], .open, hint: "open",
                "Open it: what it says, and what we are to it")
        ]
        + PeopleSection.bindings(next: .nextSection, previous: .previousSection) + [
            Binding(
                [.character("N")], .add, hint: "new", "Set up an identity provider", .action,
                needs: .identityProviderUpdate),
            Binding(
                [.character("T")], .test, hint: "test", "Try the connection, and explain what is wrong", .action,
                needs: .identityProviderUpdate),
        ]

    package var held = HeldList(
        of: "identity providers", OperatorRequest<OperatorIdentityProviderList>.identityProviders,
        freshness: .seconds(30),
        Listing(
            IdentityProviderColumns.all, sorting: Sorting(column: "name", isDescending: false),
            facts: { Query.Facts(words: [$0.settings.name, $0.metadata.entityID] + $0.settings.domains) }),
        [], rows: { $0.results })

    package init() {}

    package var title: String { PeopleSection.identityProvider.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .test: held.selected != nil
        case .nextSection, .previousSection, .add, .addByURL, .addFromFile, .addFromPath, .addInEditor: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) { held.appear(&context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        held.receive(answer, &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let provider = held.selected { context.push(IdentityProviderScreen(provider)) }
        case .test: if let provider = held.selected { context.push(IdentityProviderScreen(provider, isTested: true)) }
        case .nextSection: context.step(from: PeopleSection.identityProvider, by: 1)
        case .previousSection: context.step(from: PeopleSection.identityProvider, by: -1)
        case .add: context.present(MetadataSource.menu(url: Command.addByURL, file: .addFromFile, editor: .addInEditor))
        case .addByURL: context.push(IdentityProviderForm.adding(metadata: nil))
        case .addFromFile: context.present(MetadataSource.prompt(Command.addFromPath))
        case .addFromPath(let path): context.read(path)
        case .addInEditor: context.edit("", suffix: ".xml")
        }
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        switch file {
        case .success(let text): context.push(IdentityProviderForm.adding(metadata: text))
        case .failure(let failure): context.say("Nothing was set up: \(failure.message)", .bad)
        }
    }

    package mutating func edited(_ text: String?, _ context: inout ScreenContext) {
        guard let text, !text.trimmingBlanks.isEmpty else {
            context.say("No metadata: nothing was set up")
            return
        }
        context.push(IdentityProviderForm.adding(metadata: text))
    }

    // MARK: Picture

    package func emptyHint(_ scope: Scope) -> String {
        scope.may(.identityProviderUpdate)
            ? "People sign in by password. N sets one up." : "People sign in by password."
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        held.draw(into: &frame, area, hint: emptyHint(scope), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        PeopleSection.identityProvider.segments(scope) + held.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? { held.selected?.standing(scope) }
    package func explanation(_ scope: Scope) -> Explanation? { held.selected?.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { held.selected?.copies ?? [] }
}

/// Where the metadata of an identity provider come from.
enum MetadataSource {
    static func menu<Command: Sendable & Hashable>(url: Command, file: Command, editor: Command) -> Menu {
        Menu(
            "Its metadata come from",
            [
                Menu.Item(.character("u"), "A URL: they are read anew every hour", url),
                Menu.Item(.character("f"), "A file of this machine", file),
                Menu.Item(.character("e"), "Your editor: paste the XML there", editor),
            ])
    }

    static func prompt<Command: Sendable & Hashable>(_ command: @escaping @Sendable (String) -> Command) -> Prompt {
        Prompt(
            "The file with its metadata", hint: "A path on this machine, such as ~/metadata.xml",
            problem: { $0.isEmpty ? "A path is needed" : nil }, command)
    }
}
