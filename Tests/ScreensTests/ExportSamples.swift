import FoundationEssentials
import Terminal
import WireAPI

@testable import Screens

extension Samples {
    /// An export of Ada's, the newer the smaller its number.
    static func export(_ number: Int, state: OperatorLogExport.State = .finished) -> OperatorLogExport {
        let made = now.addingTimeInterval(-600 * Double(number + 1))
        let isWritten = state == .finished || state == .expired
        let rows = isWritten ? 1_234_567 : state == .running ? 400_000 : 0
        return OperatorLogExport(
            id: uuid(0x7000 + number),
            filter: [
                [.init(name: "tag", value: "nightly"), .init(name: "max_score", value: "0.5")],
                [], [.init(name: "model", value: "gpt")],
            ][number % 3], format: number.isMultiple(of: 2) ? .jsonl : .csv, state: state,
            requestedBy: number == 4 ? nil : ada, expectedRows: number == 2 ? nil : 1_234_567, rows: rows,
            bytes: Int64(rows) * 812, reachedAt: rows > 0 ? made.addingTimeInterval(-3600) : nil,
            sha256: state == .finished ? String(repeating: "5e", count: 32) : nil,
            fileName: "execution-logs-2026-03-01-0000700\(number).\(number.isMultiple(of: 2) ? "jsonl" : "csv")",
            error: state == .failed ? "the object storage has no room left" : nil, jobID: uuid(0x5000 + number),
            createdAt: made, startedAt: state == .waiting ? nil : now.addingTimeInterval(-100),
            endedAt: state.isFinal ? now.addingTimeInterval(-30) : nil,
            expiresAt: state == .finished ? now.addingTimeInterval(7 * 86_400) : nil)
    }

    static let exports = OperatorLogExportPage(
        results: [
            export(0, state: .running), export(1, state: .waiting), export(2, state: .running), export(3),
            export(4, state: .failed), export(5, state: .cancelled), export(6, state: .expired),
        ], next: nil)
}

extension Story {
    /// The exports, opened from the list of executions.
    static func exports(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        showing page: OperatorLogExportPage = Samples.exports
    ) -> Story {
        var story = Story.live(size, charset: charset)
        story.press(.character("f"))
        story.answer(OperatorLogExport.path, page)
        return story
    }

    /// One export, open.
    static func export(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        _ export: OperatorLogExport = Samples.export(3)
    ) -> Story {
        var story = Story.exports(size, charset: charset, showing: OperatorLogExportPage(results: [export], next: nil))
        story.press(Key(.enter))
        story.answer(OperatorLogExport.path, export)
        return story
    }
}
