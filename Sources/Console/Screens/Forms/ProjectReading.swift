import WireAPI

/// Reads the projects that a form names one of: all of them, page by page, since the one that is meant may be on any.
struct ProjectReading: Sendable {
    /// With 500 on each.
    private static let mostPages = 40

    private var page = Awaited<OperatorProjectPage>()
    private var found: [OperatorProject] = []
    private var pages = 0

    var isWaiting: Bool { page.isWaiting }

    mutating func begin(_ context: inout ScreenContext) {
        (found, pages) = ([], 0)
        page.ask(.projects(), &context)
    }

    /// Takes an answer; the projects when it was the last one.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> [OperatorProject]? {
        guard let result = page.take(answer), let reply = context.reply(of: result) else { return nil }
        found += reply.results
        pages += 1
        guard let next = reply.next, pages < Self.mostPages else { return found }
        page.ask(.projects(cursor: next), &context)
        return nil
    }
}
