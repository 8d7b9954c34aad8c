import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorOrganization: Identifiable {}

/// The organisations of the installation, for those who run it.
package struct OrganizationsScreen: WholeTableScreen {
    package typealias Row = OperatorOrganization

    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case nextSection, previousSection
        case add, rename
    }

    package static let bindings: [Binding<Command>] =
        PeopleSection.bindings(next: .nextSection, previous: .previousSection) + [
            Binding(
                [.character("N")], .add, hint: "new", "Make an organisation, and invite its first owner", .action,
                needs: .organizationCreate),
            Binding([.character("E")], .rename, hint: "rename", "Rename it", .action, needs: .organizationCreate),
        ]

    package var table = WholeTable(
        of: "organisations",
        WholeList<OperatorOrganizationPage, OperatorOrganization>(
            { .organizations(cursor: $0, limit: 100) }, content: { ($0.results, $0.next) }),
        freshness: .seconds(30),
        Listing(
            OrganizationColumns.all, sorting: Sorting(column: "name", isDescending: false),
            facts: { Query.Facts(words: [$0.name]) }),
        [])

    package init() {}

    package var title: String { PeopleSection.organizations.title }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .nextSection, .previousSection, .add: true
        case .rename: table.selected != nil
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) { table.appear(&context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        table.receive(answer, &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: PeopleSection.organizations, by: 1)
        case .previousSection: context.step(from: PeopleSection.organizations, by: -1)
        case .add: context.push(OrganizationForm.adding())
        case .rename: if let organization = table.selected { context.push(OrganizationForm.renaming(organization)) }
        }
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        table.draw(into: &frame, area, hint: "", scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        PeopleSection.organizations.segments(scope) + table.address(scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        table.selected.map { organization in
            organization.people == 0
                ? Segment("\(organization.name) waits for its first owner", .caution)
                : Segment(
                    "\(organization.name): \(Counted.people(organization.people)), \(Counted.projects(organization.projects))"
                )
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let organization = table.selected else { return nil }
        return Explanation(
            organization.name,
            definition: "A tenant: nothing of one organisation is visible to another, except what it published."
        )
        .value(status(scope)?.text ?? "")
        .adding(
            "Runs",
            organization.runsInstallation
                ? "Its operators look after what is the installation's own: queues, workers, other organisations."
                : "What is the installation's own is not shown to its people."
        )
        .source("The server's list, for those who run the installation.")
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let organization = table.selected else { return [] }
        return [Copy("i", "identifier", organization.id.lowercase), Copy("n", "name", organization.name)]
    }
}

/// The columns of the list of organisations.
enum OrganizationColumns {
    static let all: [Column<OperatorOrganization>] = [
        Column(
            "name", "ORGANISATION", .flexible(minimum: 18), precedes: ascending { $0.name.lowercased() },
            ink: { _, _ in .strong }, text: { organization, _ in organization.name }),
        Column(
            "people", "PEOPLE", .fixed(8), isNumber: true, precedes: ascending { $0.people },
            ink: { organization, _ in organization.people == 0 ? .caution : .plain },
            text: { organization, _ in organization.people == 0 ? "invited" : Formats.count(organization.people) }),
        Column(
            "projects", "PROJECTS", .fixed(8), isNumber: true, precedes: ascending { $0.projects },
            text: { organization, _ in Formats.count(organization.projects) }),
        Column(
            "runs", "RUNS THIS", .fixed(9), rank: 1, ink: { _, _ in .accent },
            text: { organization, _ in organization.runsInstallation ? "yes" : "" }),
        Column(
            "created", "MADE", .fixed(10), rank: 2, precedes: ascending { $0.createdAt }, ink: { _, _ in .quiet },
            text: { organization, _ in Formats.day(organization.createdAt) }),
    ]
}

/// Making and renaming organisations.
enum OrganizationForm {
    static func adding() -> FormScreen<OperatorOrganizationLink> {
        FormScreen(
            "Make an organisation",
            note: "It begins with a project and nobody. The link of its first owner is shown once.",
            Form([
                .text("name", "Name", hint: "such as Acme", isRequired: true),
                .text("owner_email", "First owner", hint: "such as ada@example.com", isRequired: true),
                InvitationTerm.field,
            ]), verb: "make", answer: .shownOnce
        ) { values throws(FormProblem) in
            .addOrganization(
                OperatorNewOrganization(
                    name: values["name"], ownerEmail: values["owner_email"],
                    expiresInHours: try InvitationTerm.hours(values)))
        } done: { made, context in
            context.push(ShownOnceScreen.organization(made))
        }
    }

    static func renaming(_ organization: OperatorOrganization) -> FormScreen<OperatorOrganization> {
        FormScreen(
            "Rename \(organization.name)",
            Form([.text("name", "Name", value: organization.name, isRequired: true)])
        ) { values throws(FormProblem) in
            .renameOrganization(organization.id, to: OperatorOrganizationName(name: values["name"]))
        } done: { organization, context in
            context.say("It is called \(organization.name) now", .good)
        }
    }
}
