package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

extension OperatorProject: Identifiable {}

/// The projects of the organisation and what happens in them.
package struct ProjectsScreen: ListingScreen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case executions
        case items
        case rename
        case retention
        case renamed(UUID, String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .executions, hint: "executions", "Show its executions"),
        Binding([.character("i")], .items, hint: "evaluators", "Show its evaluators and judges"),
        Binding([.character("E")], .rename, hint: "rename", "Rename it", .action, needs: .projectUpdate),
        Binding(
            [.character("K")], .retention, "For how long everything is kept, and how full the disks are",
            needs: .retentionRead),
    ]

    package var list = Listing(
        ProjectColumns.all, sorting: Sorting(column: "executions", isDescending: true), facts: ProjectQuery.facts)
    private var projects = WholeList<OperatorProjectPage, OperatorProject>(
        { .projects(cursor: $0) }, content: { ($0.results, $0.next) })
    private var renaming = Awaited<OperatorProject>()
    private var session = SessionWatch()

    package init() {}

    package var title: String { Room.projects.title }
    package var isSettled: Bool { projects.isSettled }
    package var failure: ServerFailure? { projects.loadedAt == nil ? projects.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool { list.selected != nil }

    // MARK: Data

    /// Numbers that are older are read anew when something was executed.
    private static let freshness = Duration.seconds(60)

    package mutating func appear(_ context: inout ScreenContext) {
        guard session.hasChanged(context.scope) else { return projects.loadIfOlder(than: Self.freshness, &context) }
        renaming.forget()
        projects.load(&context)
    }
    package mutating func refresh(_ context: inout ScreenContext) { projects.load(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if projects.receive(answer, &context) { list.set(projects.rows) }
        guard let result = renaming.take(answer) else { return }
        switch result {
        case .success(let project):
            context.say("It is called \(project.name) now", .good)
            projects.update { rows in rows = rows.map { $0.id == project.id ? project : $0 } }
            list.set(projects.rows)
        case .failure(let failure): context.say("Not renamed: \(failure.message)", .bad)
        }
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .catalogueChanged(let change):
            switch change.subject.kind {
            case .project, .evaluator, .judge: projects.loadSoon(&context)
            case .execution, .export, .user, .daemon, .failure, .queue, .job, .batch, .worker, .schedule, .provider,
                .model,
                .price,
                .budget, .webhook:
                break
            }
        case .executionFinished:
            if let loadedAt = projects.loadedAt, context.now - loadedAt > Self.freshness { projects.loadSoon(&context) }
        case .executionsTagged, .queuesChanged, .noticed, .serverTime, .gap: break
        }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .executions: show(.executions, &context)
        case .items: show(.evaluators, &context)
        case .retention: context.push(RetentionScreen())
        case .rename:
            guard let project = list.selected else { return }
            context.present(
                Prompt(
                    "Rename \(project.name)", hint: "The new name; executions keep to the project", text: project.name,
                    problem: { $0.allSatisfy(\.isWhitespace) ? "A name is needed" : nil }
                ) { Command.renamed(project.id, $0) })
        case .renamed(let id, let name):
            renaming.ask(.change(id, OperatorProjectChange(name: name)), &context)
        }
    }

    /// Goes to what belongs to the project in another room.
    private func show(_ room: Room, _ context: inout ScreenContext) {
        guard let project = list.selected else { return }
        guard let name = QueryText.quoted(project.name) else {
            context.say("No filter can hold this name: / filters by a part of it", .caution)
            return
        }
        context.show(room, query: "project:\(name)")
    }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package var vocabulary: [QueryField] { ProjectQuery.vocabulary }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "projects", isRead: projects.loadedAt != nil, failure: projects.failure,
            failingSince: projects.failingSince, query: list.queryText
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? Segment("all") : Segment("/\(list.queryText)", .strong)
        return [
            filter,
            Segment.held(
                shown: list.shown.count, of: list.rows.count, isCut: projects.isCut, loadedAt: projects.loadedAt,
                failingSince: projects.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if renaming.isWaiting { return Segment("Renaming", .accent) }
        return list.selected.flatMap { $0.description.isEmpty ? nil : Segment($0.description) }
    }

    package func wake(after now: Duration) -> Duration? {
        projects.failure != nil ? now + .seconds(1) : Segment.nextAge(of: projects.loadedAt, after: now)
    }

    package func explanation(_ scope: Scope) -> Explanation? { list.selected.map(ProjectExplanation.of) }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let project = list.selected else { return [] }
        return [Copy("i", "identifier", project.id.lowercase), Copy("n", "name", project.name)]
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard projects.loadedAt != nil else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(list.shown))
    }
}
