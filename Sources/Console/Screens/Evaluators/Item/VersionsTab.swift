import Terminal
import WireAPI

extension OperatorVersion: Identifiable {}

/// The versions of an item as a table.
struct VersionsTab: Sendable {
    private(set) var list: Listing<OperatorVersion>
    private(set) var versions: WholeList<OperatorVersionPage, OperatorVersion>
    private let item: OperatorItemReference

    init(_ item: OperatorItemReference) {
        self.item = item
        let (kind, id) = (item.kind, item.id)
        versions = WholeList({ .versions(kind, id, cursor: $0) }, content: { ($0.results, $0.next) })
        list = Listing(Self.columns, sorting: Sorting(column: "number", isDescending: true)) { version in
            Query.Facts(words: [version.changeNote])
        }
    }

    private static let columns: [Column<OperatorVersion>] = [
        Column(
            "number", "VERSION", .fixed(14), precedes: ascending { $0.number },
            ink: { version, _ in version.isCurrent ? .strong : .plain },
            text: { version, _ in "v\(version.number)\(version.isCurrent ? " current" : "")" }),
        Column(
            "when", "WHEN (UTC)", .fixed(16), rank: 2, ink: { _, _ in .quiet },
            text: { version, _ in Formats.dayAndMinute(version.createdAt) }),
        Column(
            "age", "AGE", .fixed(6), isNumber: true, rank: 3, ink: { _, _ in .quiet },
            text: { version, scope in ItemFigures.age(version.createdAt, scope) }),
        Column(
            "author", "WHO", .fixed(18), rank: 1, ink: { _, _ in .quiet },
            text: { version, _ in version.author.fullName }),
        Column(
            "note", "WHAT CHANGED", .flexible(minimum: 12),
            ink: { version, _ in version.changeNote.isEmpty ? .faint : .plain },
            text: { version, _ in version.changeNote.isEmpty ? "no note" : version.changeNote }),
    ]

    var selected: OperatorVersion? { list.selected }

    mutating func load(_ context: inout ScreenContext) { versions.load(&context) }
    mutating func loadIfNew(_ context: inout ScreenContext) {
        if versions.loadedAt == nil, !versions.isReading { versions.load(&context) }
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if versions.receive(answer, &context) { list.set(versions.rows) }
    }

    mutating func move(_ move: Move) { list.move(move) }
    mutating func mark() { list.mark(.toggle) }
    mutating func unmark() { list.mark(.none) }
    mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    mutating func point(atVisible row: Int) { list.point(atVisible: row) }

    /// The older and the newer version that are to be compared: the two that are marked, else the one under the cursor and
    /// the one before it.
    var compared: (old: OperatorVersion, new: OperatorVersion)? {
        let marked = list.shown.filter { list.marks.contains($0.id) }
        if marked.count == 2 { return (marked[1], marked[0]) }
        guard marked.count < 2, let selected, let index = list.cursorIndex, index + 1 < list.shown.count else {
            return nil
        }
        let other = marked.first.map { $0.id == selected.id ? list.shown[index + 1] : $0 } ?? list.shown[index + 1]
        return other.number < selected.number ? (other, selected) : (selected, other)
    }

    /// The version before one, where there is one.
    func before(_ version: OperatorVersion) -> OperatorVersion? {
        versions.rows.filter { $0.number < version.number }.max { $0.number < $1.number }
    }

    func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "versions", isRead: versions.loadedAt != nil, failure: versions.failure,
            failingSince: versions.failingSince
        ).draw(into: &frame, area.below(1), scope)
    }
}
