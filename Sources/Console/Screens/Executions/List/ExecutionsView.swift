internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// Draws the list of executions.
struct ExecutionsView {
    private let screen: ExecutionsScreen
    private let list: ExecutionList
    private let scope: Scope
    private let marks: Marks

    init(_ screen: ExecutionsScreen, _ scope: Scope) {
        self.screen = screen
        list = screen.list
        self.scope = scope
        marks = scope.marks
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = ExecutionsDivision(size: area.size, isPreviewed: screen.preview.isWanted)
        let place = division.list(in: area)
        let columns = screen.columns.shown(width: place.columns.count, showsDay: showsDay)
        let table = TableView(columns, sorting: list.pages.order.sorting, in: place, scope)
        table.drawTitles(into: &frame)
        if list.rows.isEmpty { drawEmpty(place.below(1), into: &frame) }
        let cursor = list.cursorIndex
        for offset in 0..<TableView<OperatorExecutionRow>.rows(in: place) {
            let index = list.top + offset
            guard index < list.rows.count else { break }
            let row = list.rows[index]
            table.draw(
                row, at: offset, isCurrent: index == cursor, isMarked: list.marks.contains(row.id), into: &frame)
        }
        if let line = division.summary(in: area) { ExecutionSummaryView(list, scope).draw(into: &frame, line) }
        if let pane = division.preview(in: area) {
            PreviewView(screen, scope).draw(into: &frame, pane, isBeside: division.previewColumns > 0)
        }
    }

    /// Times of more than one day need it, also for the one that is shown first.
    private var showsDay: Bool {
        guard let oldest = list.rows.oldest, let newest = list.rows.newest else { return false }
        let today = Formats.day(scope.date ?? newest.createdAt)
        guard list.rows.order.isByTime else { return list.rows.inOrder.contains { Formats.day($0.createdAt) != today } }
        return Formats.day(oldest.createdAt) != today
    }

    // MARK: What the chrome says

    /// The filter, the order, and which part of the whole is shown.
    var address: [Segment] {
        var segments = [list.filterText.isEmpty ? Segment("all") : Segment("/\(list.filterText)", .strong)]
        if list.pages.order != .newest { segments.append(Segment(list.pages.order.words, .accent)) }
        if list.isHeld { segments.append(Segment("held still (F)", .caution)) }
        let summary = part
        if !summary.text.isEmpty { segments.append(Segment(summary.text, summary.ink)) }
        return segments
    }

    /// One line about the row under the cursor where it failed, or about what could not be read.
    var status: Segment? {
        if let segment = screen.actions.status(at: scope.now) { return segment }
        switch list.pages.rest {
        case .failed(_, let failure): return Segment("More executions could not be read: \(failure.message)", .bad)
        case .loading: if isAtEnd { return Segment("Reading more executions\(searched)") }
        case .released:
            if isAtEnd {
                let limit = Formats.count(ExecutionList.limit)
                return Segment("\(limit) are held, no more. A filter looks further, such as until:2d.")
            }
        case .from: if list.pages.isSearchPaused { return Segment("Few match\(searched). G searches on.", .caution) }
        case .unknown, .end: break
        }
        if let other = screen.comparedTo {
            return Segment(
                "d on another execution compares it with \(other.name) \(Formats.time(other.createdAt))", .accent)
        }
        return list.selected?.failure.map { Segment("\(marks.failure) \($0.sentence)", .bad) }
    }

    private var searched: String {
        list.pages.searchedThrough.map { ": searched back to \(Formats.dayAndTime($0))" } ?? ""
    }

    /// Which part of the whole is shown; a part is never called the whole.
    private var part: (text: String, ink: Ink) {
        switch list.pages.load {
        case .never, .loading: return list.rows.isEmpty ? ("loading", .quiet) : ("\(held) held, loading", .quiet)
        case .failed(_, let since):
            guard !list.rows.isEmpty else { return ("", .quiet) }
            return ("list not read for \(Formats.span(seconds: (scope.now - since).wholeSeconds))", .bad)
        case .loaded: break
        }
        if list.rows.isEmpty { return ("", .quiet) }
        if !list.pages.order.isByTime { return (ranked, .quiet) }
        if list.unseen > 0 {
            let key = list.isHeld ? "F" : list.marks.isEmpty ? "gg" : "_"
            return ("\(marks.up) \(Formats.count(list.unseen)) new (\(key))  \(position)", .accent)
        }
        if list.isFollowing { return ("\(held) held, newest first", .quiet) }
        return (position, .quiet)
    }

    /// A ranking is of a part only, and of what there was when it was made.
    private var ranked: String {
        var text = position
        if let ranking = list.pages.ranking, ranking.isCut {
            text += " among the newest \(Formats.count(ranking.count))"
        }
        return list.unseen > 0 ? "\(text), \(Formats.count(list.unseen)) newer (r)" : text
    }

    private var position: String { "\(Formats.count((list.cursorIndex ?? 0) + 1)) of \(held)" }

    private var held: String {
        let count = Formats.count(list.rows.count)
        switch list.pages.rest {
        case .end: return count
        case .unknown, .from, .loading, .failed, .released: return "\(count)+"
        }
    }

    private var isAtEnd: Bool { list.rows.isEmpty || list.cursorIndex == list.rows.count - 1 }

    // MARK: States

    private func drawEmpty(_ area: Area, into frame: inout Frame) {
        let row = area.rows.lowerBound + max(0, area.rows.count / 2 - 1)
        func centre(_ text: String, _ row: Int, _ ink: Ink = .quiet) {
            let start = area.columns.lowerBound + max(1, (area.columns.count - text.columns) / 2)
            if row < area.rows.upperBound {
                frame.put(text, row, start, Style(ink), width: area.columns.upperBound - start)
            }
        }
        switch list.pages.load {
        case .never, .loading: centre("Reading the newest executions", row)
        case .failed(let failure, let since):
            centre(failure.message, row, .bad)
            guard failure.isTransient else { return }
            let age = Formats.span(seconds: (scope.now - since).wholeSeconds)
            centre("Failing for \(age); trying again by itself. r tries now.", row + 1)
        case .loaded:
            if case .loading = list.pages.rest {
                centre("Searching\(searched)", row)
            } else if list.pages.isSearchPaused {
                centre("Nothing yet\(searched)", row, .plain)
                centre("G searches on, / changes the filter.", row + 1)
            } else if list.filterText.isEmpty {
                centre("No execution has been recorded yet.", row, .plain)
                centre("The first one appears here by itself.", row + 1)
            } else {
                centre("No execution matches \(list.filterText)", row, .plain)
                centre("New ones appear by themselves. a shows all, / changes the filter.", row + 1)
            }
        }
    }
}
