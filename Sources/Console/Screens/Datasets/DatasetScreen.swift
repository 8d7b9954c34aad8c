package import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// The items of a dataset in their order, with what people found of them.
package struct DatasetScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case open, toggleArchived, label, labelOn(OperatorScale), calibrate, batch
        case newItem, importFile, importNamed(String), addExecution, addNamed(String), archive, archiveAgreed
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter), Key(.right), .character("l")], .open, hint: "open", "Open the item"),
        Binding([.character("!")], .toggleArchived, "Show archived items too, or only the others"),
        Binding(
            [.character("L")], .label, hint: "label", "Label items one after the other with single keys", .action,
            needs: .annotationCreate),
        Binding(
            [.character("C")], .calibrate, hint: "calibrate", "Compare an evaluator with the labels", .action,
            needs: .calibrationCreate),
        Binding(
            [.character("B")], .batch, hint: "batch", "Execute evaluators or a judge on its items", .action,
            needs: .evaluatorExecute),
        Binding([.character("N")], .newItem, "Add an item that you type", .action, needs: .datasetUpdate),
        Binding(
            [.character("I")], .importFile, "Add the items of a CSV or JSONL file of this machine", .action,
            needs: .datasetUpdate),
        Binding(
            [.character("A")], .addExecution, "Add what an execution was given and answered", .action,
            needs: .datasetUpdate),
        Binding(
            [.character("D")], .archive, "Archive the item: it is neither evaluated nor labelled any more", .action,
            needs: .datasetUpdate),
    ]

    private static let pageRows = 100
    private static let columns: [Column<OperatorDatasetItem>] = [
        Column(
            "number", "#", .fixed(6), isNumber: true, ink: { _, _ in .quiet }, text: { item, _ in "\(item.number)" }),
        Column(
            "request", "ASKED", .flexible(minimum: 14), ink: { item, _ in item.isArchived ? .quiet : .plain },
            text: { item, _ in item.asked.singleLine }),
        Column(
            "response", "ANSWERED", .flexible(minimum: 14), ink: { item, _ in item.isArchived ? .quiet : .plain },
            text: { item, _ in item.response.singleLine }),
        Column(
            "labels", "LABEL", .fixed(12), rank: 1,
            ink: { item, _ in item.labels.isEmpty ? .quiet : .plain }, text: { item, _ in item.labelWords }),
        Column(
            "state", "STATE", .fixed(8), rank: 3, ink: { _, _ in .quiet },
            text: { item, _ in item.isArchived ? "archived" : "" }),
        Column(
            "created", "SINCE", .fixed(7), isNumber: true, rank: 2, ink: { _, _ in .quiet },
            text: { item, scope in ItemFigures.age(item.createdAt, scope) }),
    ]

    package let id: UUID
    private var row: OperatorDataset
    private var content = Loadable<OperatorDataset>()
    package private(set) var list: PagedList<OperatorDatasetItemPage, OperatorDatasetItem>
    private var scales = KnownScales<Command>()
    private var showsArchived = false
    private var importing = Awaited<OperatorDataset>()
    private var adding = Awaited<OperatorDatasetItem>()
    private var archiving = Awaited<OperatorNothing>()

    /// A dataset of the list.
    package init(_ dataset: OperatorDataset) {
        id = dataset.id
        row = dataset
        list = PagedList(Self.source(dataset.id, withArchived: false)) { .init(rows: $0.results, next: $0.next) }
    }

    private static func source(
        _ id: UUID, withArchived: Bool
    ) -> PagedList<OperatorDatasetItemPage, OperatorDatasetItem>.Source {
        .init(
            page: { .datasetItems(id, withArchived: withArchived, cursor: $0, limit: pageRows) },
            rows: { _, cursor in .datasetItems(id, withArchived: withArchived, cursor: cursor, limit: pageRows) })
    }

    var dataset: OperatorDataset { content.value ?? row }
    package var title: String { dataset.label }
    package var isSettled: Bool { list.isSettled }
    package var failure: ServerFailure? { list.loadedAt == nil ? list.failure : nil }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .open: list.selected != nil
        case .archive: list.selected.map { !$0.isArchived } ?? false
        case .label: dataset.itemCount > 0 || !list.rows.isEmpty
        case .calibrate: dataset.labelledCount > 0
        case .batch: dataset.itemCount > 0
        case .toggleArchived, .labelOn, .newItem, .importFile, .importNamed, .addExecution, .addNamed, .archiveAgreed:
            true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        content.load(.dataset(id), &context)
        scales.warm(&context)
        if list.isSettled { list.renew(&context) } else { list.load(&context) }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(.dataset(id), &context)
        list.renew(&context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let waiting = scales.receive(answer, &context) { perform(waiting, &context) }
        content.receive(answer, &context)
        takeChanges(answer, &context)
        _ = list.receive(answer, &context)
    }

    private mutating func takeChanges(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if let result = importing.take(answer) {
            switch result {
            case .success(let dataset):
                context.say("It has \(Formats.count(dataset.itemCount)) items now", .good)
                refresh(&context)
            case .failure(let failure): context.say("Nothing was imported: \(failure.message)", .bad)
            }
        }
        if let result = adding.take(answer) {
            switch result {
            case .success(let item):
                context.say("The execution is item \(item.number) now", .good)
                refresh(&context)
            case .failure(let failure): context.say("Not added: \(failure.message)", .bad)
            }
        }
        if let result = archiving.take(answer) {
            switch result {
            case .success:
                context.say("The item is archived", .good)
                list.load(&context)
                content.load(.dataset(id), &context)
            case .failure(let failure): context.say("Not archived: \(failure.message)", .bad)
            }
        }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .open: if let item = list.selected { context.push(DatasetItemScreen(item)) }
        case .toggleArchived:
            showsArchived.toggle()
            list.select(Self.source(id, withArchived: showsArchived), &context)
        case .label: scales.choose(for: command, &context, Command.labelOn)
        case .labelOn(let scale): context.push(LabellingScreen(DatasetLabelQueue(dataset, scale), scale))
        case .calibrate:
            if let scales = scales.ready(for: command, &context) {
                context.push(DatasetForms.calibrating(dataset, scales))
            }
        case .batch: context.push(DatasetForms.batch(over: dataset))
        case .newItem: context.push(DatasetForms.addingItem(to: dataset))
        case .importFile: context.present(ImportPrompt.prompt(Command.importNamed))
        case .importNamed(let path): context.read(path)
        case .addExecution: context.present(TypedIdentifier.prompt(of: "an execution", Command.addNamed))
        case .addNamed(let text):
            if let execution = TypedIdentifier.find(in: text) {
                adding.ask(.addExecution(execution, to: id), &context)
            }
        case .archive:
            guard let item = list.selected else { return }
            context.present(
                Confirmation(
                    "Archive item \(item.number)?",
                    effects: [
                        "It is neither evaluated nor labelled any more, and no run compares it.",
                        "Its versions and labels stay and can be looked at.",
                    ], typing: "\(item.number)", at: context.now, Command.archiveAgreed))
        case .archiveAgreed: if let item = list.selected { archiving.ask(.archiveDatasetItem(item), &context) }
        }
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        switch file {
        case .success(let text):
            importing.ask(.makeDataset(OperatorDatasetDraft(name: nil, datasetID: id, text: text)), &context)
        case .failure(let failure): context.say("Not read: \(failure.message)", .bad)
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move, &context) }
    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(Self.columns, sorting: nil, into: &frame, area, scope)
        guard list.rows.isEmpty else { return }
        EmptyList(
            subject: "items", isRead: list.loadedAt != nil, failure: list.failure, failingSince: list.failingSince,
            hint: "N adds one that you type, I those of a file, A an execution."
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(showsArchived ? "with archived ones" : "in their order"),
            Segment("\(Formats.percent(dataset.labelledShare)) labelled"),
            .held(
                shown: list.rows.count, of: list.rows.count, isCut: !list.isWhole, loadedAt: list.loadedAt,
                failingSince: list.failingSince, scope),
        ]
    }

    package func status(_ scope: Scope) -> Segment? {
        if importing.isWaiting { return Segment("The server reads the file", .accent) }
        if adding.isWaiting || archiving.isWaiting { return Segment("Telling the server", .accent) }
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return Segment(
            "\(Formats.count(dataset.labelledCount)) of \(Formats.count(dataset.itemCount)) items are labelled")
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        list.selected.map { item in
            Explanation("Item \(item.number)", definition: "One input of the dataset; editing it makes a new version.")
                .value(item.labels.isEmpty ? "not labelled" : "label \(item.labelWords)")
                .adding(
                    "Label", "With several labels: their mean, and how many there are. Labels stay when it is edited.")
        }
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("d", "identifier of the dataset", id.lowercase)]
            + (list.selected.map { [Copy("i", "identifier of the item", $0.externalID.lowercase)] } ?? [])
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard list.loadedAt != nil else { return nil }
        return Sheet(
            titles: Self.columns.map(\.title),
            rows: list.rows.map { row in Self.columns.map { $0.text(row, scope) } }, json: Sheet.json(list.rows))
    }
}
