import Terminal
import WireAPI

/// How the body is divided while jobs are listed.
struct JobsDivision: Sendable, Hashable {
    /// Rows of the table without its titles.
    let listRows: Int
    /// Rows below it about the job under the cursor.
    let footRows: Int

    init(size: Size) {
        footRows = size.rows >= 14 ? 3 : 0
        listRows = max(1, size.rows - 1 - footRows)
    }
}

/// Draws the list of jobs, and says below what the row under the cursor has no room for.
struct JobsView {
    private let screen: JobsScreen
    private let scope: Scope

    init(_ screen: JobsScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let division = JobsDivision(size: area.size)
        let table = area.top(division.listRows + 1)
        screen.list.draw(JobColumns.all, sorting: screen.sorting, into: &frame, table, scope)
        if screen.list.rows.isEmpty {
            EmptyList(
                subject: "jobs", isRead: screen.list.loadedAt != nil && !screen.list.isSearching,
                failure: screen.list.failure, failingSince: screen.list.failingSince, query: screen.filterText
            ).draw(into: &frame, table.below(1), scope)
        }
        if division.footRows > 0 { drawFoot(into: &frame, area.below(division.listRows + 1)) }
    }

    private func drawFoot(into frame: inout Frame, _ area: Area) {
        guard let row = area.rows.first else { return }
        frame.rule(scope.marks.rule, row, Style(.faint), from: area.columns.lowerBound, width: area.columns.count)
        guard let job = screen.list.selected else { return }
        let width = area.columns.count - 2
        var column = frame.put(job.state.rawValue, row + 1, 1, Style(job.state.ink), width: width) + 2
        let facts = [
            JobWords.timing(job, scope), "\(JobWords.attempts(job)) failed", job.queue,
            [job.organization?.label, job.project?.label].compactMap { $0 }.joined(
                separator: " \(scope.marks.between) "),
            job.worker ?? "", job.id.lowercase,
        ].filter { !$0.isEmpty }
        column = frame.put(
            facts.joined(separator: " \(scope.marks.separator) "), row + 1, column, Style(.quiet), width: width - column
        )
        let error = JobWords.error(job)
        frame.put(
            error.isEmpty ? "No error." : error, row + 2, 1,
            Style(error.isEmpty ? .faint : job.state == .dead ? .bad : .caution),
            width: width)
    }

    // MARK: What the chrome says

    var address: [Segment] {
        let filter = screen.filterText.isEmpty ? Segment("all") : Segment("/\(screen.filterText)", .strong)
        return [filter, held]
    }

    /// Which of how many are on the screen, and how old they are.
    private var held: Segment {
        let list = screen.list
        guard let loadedAt = list.loadedAt else { return Segment(list.failure == nil ? "loading" : "not read", .quiet) }
        let total = screen.total.map { " of \(Formats.count($0.count))\($0.isCut ? "+" : "")" } ?? ""
        let first = list.window.offset + (list.cursorIndex ?? 0) + 1
        let text = list.rows.isEmpty ? "none" : "\(Formats.count(first))\(total)"
        if let since = list.failingSince {
            return Segment("\(text), not read for \(Formats.span(seconds: (scope.now - since).wholeSeconds))", .bad)
        }
        let age = (scope.now - loadedAt).wholeSeconds
        let follow = list.isFollowing || !screen.sorting.isDescending ? "" : ", new ones wait above"
        return Segment(age > 30 ? "\(text), read \(Formats.span(seconds: age)) ago" : text + follow)
    }

    /// What is marked, and how everything is.
    static func markWords(_ screen: JobsScreen) -> String {
        let list = screen.list
        guard list.marks.isEverything else {
            let more = list.isWhole ? "_ takes the marks" : "* again marks all that match"
            return "\(Formats.count(list.marks.ids.count)) marked: x acts on them, \(more)"
        }
        let count = screen.total.map { " (\(Formats.count($0.count))\($0.isCut ? " or more" : ""))" } ?? ""
        return "All that match are marked\(count): x acts on them, counting first; _ unmarks"
    }

    var status: Segment? {
        let list = screen.list
        if let failure = list.failure { return Segment("Not read: \(failure.message)", .bad) }
        return states
    }

    /// How many there are of each state.
    private var states: Segment? {
        guard let counts = screen.counts.value, counts.states.count > 1 else { return nil }
        let parts = counts.states.map { "\(Formats.count($0.count)) \($0.name)" }
        return Segment(parts.joined(separator: ", ") + (counts.isCut ? ", at least" : ""))
    }
}
