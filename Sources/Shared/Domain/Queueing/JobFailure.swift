/// What kind of thing went wrong: it decides what becomes of the job.
package enum ErrorClass: String, Sendable, Hashable, CaseIterable {
    /// Not now: a limit is reached. Costs no attempt.
    case rateLimited = "rate_limited"
    /// What it needs cannot be reached.
    case unavailable
    /// It took longer than it may.
    case timeout
    /// Something unforeseen.
    case `internal`
    /// What it was given cannot be worked on.
    case invalid
    /// What it is about is no longer there.
    case missing
    /// It may not do that: a key or a permission.
    case refused
    /// The money set aside for it is spent.
    case overBudget = "over_budget"
    /// Its workers died of it, again and again.
    case poison

    /// Whether another attempt may go better.
    package var isRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .timeout, .internal: true
        case .invalid, .missing, .refused, .overBudget, .poison: false
        }
    }

    /// Whether an attempt that ends so is one of those that the job has.
    package var costsAttempt: Bool { self != .rateLimited }
}

/// Why an attempt of a job did not succeed.
package struct JobFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package let errorClass: ErrorClass
    /// One sentence for operators; never a prompt or an answer of a model. At most 1,000 characters are kept.
    package let message: String
    /// How long to wait at least, when whoever refused has said so.
    package let retryAfter: Duration?
    /// What is at its limit: its other jobs wait as well.
    package let limit: JobLimit?

    package init(_ errorClass: ErrorClass, _ message: String, retryAfter: Duration? = nil, limit: JobLimit? = nil) {
        self.errorClass = errorClass
        self.message = String(message.prefix(1000).filter { $0 != "\0" })
        self.retryAfter = retryAfter
        self.limit = limit
    }

    package var description: String { "\(errorClass.rawValue): \(message)" }

    /// The message without what differs from job to job (numbers, identifiers, quoted text): failures with the same
    /// cause have the same one.
    package var cause: String { FailureCause.text(of: message) }
}

/// What messages of the same cause have in common.
enum FailureCause {
    private static let longest = 160

    static func text(of message: String) -> String {
        var words: [String] = []
        for word in message.prefix(1000).split(whereSeparator: { $0 == " " || $0.isNewline }) {
            words.append(generalised(word))
        }
        return String(withoutQuotes(words.joined(separator: " ")).prefix(longest))
    }

    /// Identifiers become `…`, digits `#`.
    private static func generalised(_ word: Substring) -> String {
        let hexadecimal = word.utf8.filter { $0 != UInt8(ascii: "-") }
        let digits = hexadecimal.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if hexadecimal.count >= 16, digits >= 4, word.allSatisfy({ $0.isHexDigit || "-_:;,.()".contains($0) }) {
            return "…"
        }
        var text = ""
        var isInNumber = false
        for character in word {
            let isDigit = character.isASCII && character.isNumber
            if !isDigit { text.append(character) } else if !isInNumber { text.append("#") }
            isInNumber = isDigit
        }
        return text
    }

    /// What stands between double quotes becomes `…`.
    private static func withoutQuotes(_ text: String) -> String {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count >= 3, !parts.count.isMultiple(of: 2) else { return text }
        return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }
            .joined(separator: "\"")
    }
}
