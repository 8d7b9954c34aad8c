import FoundationEssentials
import Terminal
import WireAPI

extension OperatorLogExport: Identifiable {}

extension OperatorLogExport {
    /// The share of what was counted that is written; `nil` where that is not known.
    var share: Double? {
        switch state {
        case .finished, .expired: return 1
        case .waiting, .failed, .cancelled: return nil
        case .running:
            // More may have been there than was counted.
            guard let expectedRows, expectedRows > 0, rows <= expectedRows else { return nil }
            return Double(rows) / Double(expectedRows)
        }
    }

    /// In one word.
    var word: String {
        switch state {
        case .waiting: "waits"
        case .running: "writes"
        case .finished: "ready"
        case .failed: "failed"
        case .cancelled: "stopped"
        case .expired: "expired"
        }
    }

    var ink: Ink {
        switch state {
        case .waiting, .running: .accent
        case .finished: .good
        case .failed: .bad
        case .cancelled, .expired: .quiet
        }
    }

    /// The filter as people read it.
    var filterWords: String {
        filter.isEmpty ? "all" : filter.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    /// How many logs it has so far.
    var amount: String { rows == 1 ? "1 execution" : "\(Formats.count(rows)) executions" }

    /// How fast it is written, in logs a second; `nil` before that can be told.
    func rate(at date: Date?) -> Double? {
        guard state == .running, rows > 0, let startedAt, let date else { return nil }
        let seconds = date.timeIntervalSince(startedAt)
        return seconds >= 1 ? Double(rows) / seconds : nil
    }

    /// How it stands, in a sentence.
    func sentence(_ scope: Scope) -> String {
        switch state {
        case .waiting: return "It waits for a worker."
        case .running:
            guard let rate = rate(at: scope.date) else { return "It is being written." }
            guard let expectedRows, expectedRows > rows, rate > 0 else {
                return "\(amount) written, \(Formats.rate(rate)) a second."
            }
            let rest = Formats.span(seconds: Int(Double(expectedRows - rows) / rate))
            return "\(amount) of about \(Formats.count(expectedRows)) written; ready in about \(rest)."
        case .finished:
            let goes = expiresAt.map { ", until \(Formats.dayAndMinute($0)) UTC" } ?? ""
            return "\(amount), \(Formats.bytes(bytes)): S saves the file here\(goes)."
        case .failed: return "It has failed: \(error ?? "the reason is not known")."
        case .cancelled: return "It was cancelled."
        case .expired: return "Its file has expired. Export anew."
        }
    }

    func explanation(_ scope: Scope) -> Explanation {
        Explanation(
            fileName,
            definition: "A file of execution logs. It is written in the background, kept for a while, and then deleted."
        )
        .value(sentence(scope), ink)
        .adding("Which", "\(filterWords), of those that were there when it was made.")
        .adding(
            "Form",
            format == .csv
                ? "CSV with a header; texts that a spreadsheet would carry out begin with an apostrophe."
                : "JSON lines: each log as the public API shows it."
        )
        .source("The export's row; how far it is is written down once a second.")
    }
}
