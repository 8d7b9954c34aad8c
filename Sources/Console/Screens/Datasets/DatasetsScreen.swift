package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// The datasets: what is kept to be evaluated again and again, and how much of it people have labelled.
package struct DatasetsScreen: ListScreen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, make, importFile, importNamed(String), rename, delete, deleteAgreed(UUID)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the dataset"),
        Binding([.character("N")], .make, hint: "new", "Make an empty dataset", .action, needs: .datasetCreate),
        Binding(
            [.character("I")], .importFile, hint: "import", "Make a dataset of a CSV or JSONL file of this machine",
            .action, needs: .datasetCreate),
        Binding([.character("R")], .rename, "Give the dataset another name", .action, needs: .datasetUpdate),
        Binding(
            [.character("D")], .delete, "Delete the dataset with its items and labels", .action, needs: .datasetDelete),
    ]

    private static let pageRows = 100
    private static let columns: [Column<OperatorDataset>] = [
        Column("name", "DATASET", .flexible(minimum: 16), text: { dataset, _ in dataset.label }),
        Column("items", "ITEMS", .fixed(9), isNumber: true, text: { dataset, _ in Formats.count(dataset.itemCount) }),
        Column(
            "labelled", "LABELLED", .fixed(17), rank: 1,
            text: { dataset, scope in
                let filled = ScoreBar.filled(dataset.labelledShare, width: 10, scope.marks)
                let rest = String(repeating: scope.marks.barRest, count: max(0, 10 - filled.columns))
                let percent = Formats.percent(dataset.labelledShare)
                return filled + rest + String(repeating: " ", count: max(1, 6 - percent.columns)) + percent
            }),
        Column(
            "tags", "TAGS", .fixed(18), rank: 4, ink: { _, _ in .quiet },
            text: { dataset, _ in dataset.tags.joined(separator: " ") }),
        Column(
            "owner", "BY", .fixed(24), rank: 3, ink: { _, _ in .quiet }, text: { dataset, _ in dataset.owner.email }),
        Column(
            "created", "MADE", .fixed(7), isNumber: true, rank: 2, ink: { _, _ in .quiet },
            text: { dataset, scope in ItemFigures.age(dataset.createdAt, scope) }),
    ]

    package private(set) var list = PagedList(Self.source(nil)) { .init(rows: $0.results, next: $0.next) }
    private var filterText = ""
    private var importing = Awaited<OperatorDataset>()
    private var deleting = Awaited<OperatorNothing>()
    private var importName = ""

    package init() {}

    private static func source(_ search: String?) -> PagedList<OperatorDatasetPage, OperatorDataset>.Source {
        .init(
            page: { .datasets(search: search, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .datasets(search: search, cursor: cursor, limit: pageRows) })
    }

    package var title: String { "Datasets" }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open, .rename, .delete: list.selected != nil
        case .make, .importFile, .importNamed, .deleteAgreed: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }
    package mutating func refresh(_ context: inout ScreenContext) { list.renew(&context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = importing.take(answer) {
            switch result {
            case .success(let dataset):
                context.say("\(dataset.label) has \(Formats.count(dataset.itemCount)) items", .good)
                list.load(&context)
                context.push(DatasetScreen(dataset))
            case .failure(let failure): context.say("Not imported: \(failure.message)", .bad)
            }
        }
        if let result = deleting.take(answer) {
            switch result {
            case .success:
                context.say("The dataset is deleted", .good)
                list.load(&context)
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
        _ = list.receive(answer, &context)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let dataset = list.selected { context.push(DatasetScreen(dataset)) }
        case .make: context.push(DatasetForms.making { DatasetScreen($0) })
        case .rename: if let dataset = list.selected { context.push(DatasetForms.renaming(dataset)) }
        case .importFile: context.present(ImportPrompt.prompt(Command.importNamed))
        case .importNamed(let path):
            importName = ImportPrompt.name(of: path)
            context.read(path)
        case .delete:
            guard let dataset = list.selected else { return }
            context.present(
                Confirmation(
                    "Delete \(dataset.label)?",
                    effects: [
                        "\(Formats.count(dataset.itemCount)) items go, with their versions and "
                            + "the labels of \(Formats.count(dataset.labelledCount)) of them.",
                        "Calibration runs keep their numbers.",
                    ], typing: "\(dataset.itemCount)", at: context.now, Command.deleteAgreed(dataset.id)))
        case .deleteAgreed(let id): deleting.ask(.deleteDataset(id), &context)
        }
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        switch file {
        case .success(let text):
            importing.ask(
                .makeDataset(OperatorDatasetDraft(name: importName, text: text)), &context)
        case .failure(let failure): context.say("Not read: \(failure.message)", .bad)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Filter

    package var query: String { filterText }
    package var vocabulary: [QueryField] { [] }
    package func problem(of query: String) -> String? { nil }
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        filterText = query
        list.select(Self.source(query.isEmpty ? nil : query), &context)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(Self.columns, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "datasets", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince,
            query: filterText, hint: "I makes one of a file, N an empty one."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            filterText.isEmpty ? Segment("all, the newest first") : Segment("/\(filterText)", .strong),
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if importing.isWaiting { return Segment("The server reads the file", .accent) }
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return list.selected.map {
            Segment("\(Formats.count($0.labelledCount)) of \(Formats.count($0.itemCount)) items are labelled")
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { dataset in
            Explanation(
                dataset.label, definition: "Inputs that are kept in versions, to be evaluated and labelled."
            )
            .value("\(Formats.count(dataset.itemCount)) items, \(Formats.percent(dataset.labelledShare)) labelled")
            .adding("Labelled", "Items with at least one published label on any scale. Archived items do not count.")
            .source("Counted when the list was read.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        list.selected.map { [Copy("i", "identifier", $0.id.lowercase), Copy("n", "name", $0.label)] } ?? []
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: Self.columns.map(\.title),
            rows: list.rows.map { row in Self.columns.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}
