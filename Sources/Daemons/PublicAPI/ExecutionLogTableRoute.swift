internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

// A page of execution logs as a table for spreadsheets.
extension PublicRoutes {
    /// How many lines a table has at most, and how many logs of it are in memory at once.
    private static let mostLines = 10_000
    private static let step = 100

    /// Answers with the page as a table; it is read while it is sent.
    func table(_ context: RequestContext, _ principal: Principal) throws -> Reply {
        let page = try context.pageRequest(largestSize: Self.mostLines, order: context.listOrder)
        let filter = try ExecutionLogFilter(context.query, for: principal)
        let options = ExecutionLogTable.Options(
            includes: ExecutionLogIncludes(context.query),
            hasFullTexts: try context.query.bool("export_full_text") ?? false, address: context.address.base)
        return .file(named: "execution-logs.csv", type: "text/csv; charset=utf-8") { write in
            var table = ExecutionLogTable(options)
            var position = page.position
            var rest = page.limit
            while rest > 0 {
                let found = try await logs.listDetails(
                    filter, PageRequest(limit: min(rest, Self.step), order: page.order, position: position),
                    for: principal)
                for details in found.items { table.add(details) }
                try await write(table.take())
                rest -= found.items.count
                // What follows a page before a place is that place.
                if case .before = page.position { return }
                guard let next = found.next else { return }
                position = .after(next)
            }
        }
    }
}
