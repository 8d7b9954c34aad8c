package import FoundationEssentials
import Terminal
package import WireAPI

/// One execution that is open: what is known of it and which part is on the screen.
package struct ExecutionDetail: Sendable {
    /// What is known.
    package enum Content: Sendable {
        case loading(since: Duration)
        case loaded(OperatorExecutionDetail)
        case failed(ServerFailure)
    }

    package let id: UUID
    /// The row that it was opened from, `nil` for a part of a judge.
    package let row: OperatorExecutionRow?
    /// Its name, as far as it is known from where it was opened.
    package let name: String
    package private(set) var content: Content
    private(set) var document: DetailDocument?
    /// The first line on the screen.
    package private(set) var top = 0
    private var isUnfolded = false
    private var area = DetailArea(size: Size(columns: 80, rows: 24))
    private var charset = Charset.unicode

    /// Opens an execution; the effect that loads it goes with it.
    init(id: UUID, name: String, row: OperatorExecutionRow?, area: DetailArea, charset: Charset, at now: Duration) {
        self.id = id
        self.name = name
        self.row = row
        self.area = area
        self.charset = charset
        content = .loading(since: now)
    }

    /// The evaluators of a judge, in order.
    package var evaluators: [OperatorExecutionDetail.Evaluator] {
        if case .loaded(let detail) = content { detail.evaluators } else { [] }
    }

    /// The name, from the execution itself where it has come.
    package var title: String {
        if case .loaded(let detail) = content { detail.execution.name } else { name }
    }

    mutating func take(_ result: Result<OperatorExecutionDetail, ServerFailure>) {
        switch result {
        case .success(let detail): content = .loaded(detail)
        case .failure(let failure):
            // What is on the screen is still true: an execution never changes.
            if case .loaded = content { return }
            content = .failed(failure)
        }
        layOut()
    }

    mutating func reload(at now: Duration) -> Effect {
        if case .failed = content { content = .loading(since: now) }
        return .loadDetail(id)
    }

    mutating func resize(_ area: DetailArea) {
        self.area = area
        layOut()
    }

    mutating func unfold() {
        isUnfolded.toggle()
        layOut()
    }

    private mutating func layOut() {
        guard case .loaded(let detail) = content else { return }
        document = DetailDocument(detail, width: area.textWidth, charset: charset, isUnfolded: isUnfolded)
        scroll(to: top)
    }

    // MARK: Scrolling

    private var lineCount: Int { document?.lines.count ?? 0 }
    private var lastTop: Int { max(0, lineCount - area.rows) }

    mutating func move(_ move: Move) {
        let page = max(1, area.rows - 2)
        switch move {
        case .up: scroll(to: top - 1)
        case .down: scroll(to: top + 1)
        case .pageUp: scroll(to: top - page)
        case .pageDown: scroll(to: top + page)
        case .start: scroll(to: 0)
        case .end: scroll(to: lastTop)
        }
    }

    mutating func nextSection() {
        if let next = document?.sections.first(where: { $0 > top }) { scroll(to: next) }
    }

    mutating func previousSection() {
        if let previous = document?.sections.last(where: { $0 < top }) { scroll(to: previous) }
    }

    private mutating func scroll(to line: Int) { top = min(max(0, line), lastTop) }
}

/// How the screen is divided while an execution is open.
package struct DetailArea: Sendable, Hashable {
    /// Rows of the text.
    let rows: Int
    /// Columns of the text.
    let textWidth: Int
    /// Columns of the facts beside it, 0 when they stand above it.
    let factsWidth: Int
    /// Rows of the facts above it.
    let factRows: Int

    /// The division of a terminal of a size.
    init(size: Size) {
        let chrome = Layout(size: size)
        let isWide = size.columns >= 104
        factsWidth = isWide ? 46 : 0
        factRows = isWide || chrome.body.count < 10 ? 0 : 2
        // Longer lines are hard to read.
        textWidth = min(112, max(1, size.columns - 2 - (isWide ? factsWidth + 3 : 0)))
        rows = max(1, chrome.body.count - factRows)
    }
}
