package import FoundationEssentials
import JSON

/// Why a form cannot be sent, and which field it is about; an empty name when it is about none.
package struct FormProblem: Error, Sendable, Hashable {
    package let field: String
    package let message: String

    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}

/// What a form was answered. What was not asked for has no answer.
package struct FormValues: Sendable {
    private let answers: [String: String]

    init(_ answers: [String: String]) { self.answers = answers }

    /// An answer, empty for none.
    package subscript(_ id: String) -> String { answers[id] ?? "" }

    /// An answer, `nil` when there is none or an empty one.
    package func text(_ id: String) -> String? { self[id].isEmpty ? nil : self[id] }

    /// Whether a decision was for it.
    package func isOn(_ id: String) -> Bool { self[id] == "yes" }

    /// Texts that were divided by commas.
    package func list(_ id: String) -> [String] { Self.list(in: self[id]) }

    static func list(in text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
    }

    /// A whole number; thousands may stand apart, and `k` and `M` behind it.
    package func count(_ id: String, in range: ClosedRange<Int> = 0...1_000_000_000) throws(FormProblem) -> Int? {
        guard let text = text(id) else { return nil }
        let units: [(String, Int)] = [("k", 1000), ("K", 1000), ("m", 1_000_000), ("M", 1_000_000)]
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = (unit == nil ? text[...] : text.dropLast()).replacing(",", with: "").replacing("_", with: "")
        guard let number = Int(digits) else { throw FormProblem(id, "\(text) is not a whole number") }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
        guard !isTooLarge, range.contains(product) else {
            throw FormProblem(
                id, "from \(Formats.count(range.lowerBound)) to \(Formats.count(range.upperBound))")
        }
        return product
    }

    /// US dollars to the ninth decimal, in nano-dollars.
    package func money(_ id: String) throws(FormProblem) -> Int64? {
        guard let text = text(id) else { return nil }
        let parts = (text.hasPrefix("$") ? text.dropFirst() : text[...]).replacing(",", with: "")
            .split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        let whole = parts[0].isEmpty && !fraction.isEmpty ? "0" : parts[0]
        let padded = fraction + String(repeating: "0", count: max(0, 9 - fraction.count))
        guard parts.count <= 2, fraction.count <= 9, let dollars = Int64(whole), let rest = Int64(padded),
            dollars >= 0, rest >= 0, dollars < 1_000_000_000
        else { throw FormProblem(id, "\(text) is not an amount of US dollars such as 2.50") }
        return dollars * 1_000_000_000 + rest
    }

    /// A moment (UTC): a day, or a day and a time.
    package func date(_ id: String) throws(FormProblem) -> Date? {
        guard let text = text(id) else { return nil }
        guard let date = ISO8601.date(text) else {
            throw FormProblem(id, "\(text) is not a day such as 2026-12-01, or 2026-12-01 09:00")
        }
        return date
    }

    /// A span of time such as `90s`, `10m`, `24h` or `7d`, in seconds.
    package func seconds(_ id: String) throws(FormProblem) -> Int? {
        guard let text = text(id) else { return nil }
        let units: [(Character, Int)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        guard let last = text.last, let unit = units.first(where: { $0.0 == last })?.1 ?? (last.isNumber ? 1 : nil),
            let number = Int(last.isNumber ? text[...] : text.dropLast()), (0...1_000_000).contains(number)
        else { throw FormProblem(id, "\(text) is not a span of time such as 90s, 10m, 24h or 7d") }
        return number * unit
    }
}
