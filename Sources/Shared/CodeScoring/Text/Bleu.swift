internal import Glibc
internal import Scoring

/// BLEU of one text (Papineni et al., ACL 2002), as sacreBLEU 2's `sentence_bleu` computes it: tokens as of
/// mteval-v13a, four orders and no more than the text has words.
struct Bleu: Sendable, Hashable {
    /// From 0 to 1.
    let value: Double
    /// The share of the runs of 1 to 4 words that were expected, from 0 to 1.
    let precisions: [Double]
    /// What a text that is too short keeps.
    let brevityPenalty: Double

    private static let orders = 4

    init(_ rule: BleuRule, _ text: String, expected: String) {
        func tokens(_ text: String) -> [String] {
            MTEvalTokens.split(rule.ignoresCase ? text.lowercased() : text)
        }
        let found = tokens(text)
        let wanted = tokens(expected)
        let grams = (1...Self.orders).map { length in
            let ngrams = NGrams(found, length: length)
            return (
                correct: Double(NGrams(wanted, length: length).common(with: ngrams)), total: Double(ngrams.total)
            )
        }
        brevityPenalty =
            found.count >= wanted.count
            ? 1 : found.isEmpty ? 0 : exp(1 - Double(wanted.count) / Double(found.count))
        guard grams.contains(where: { $0.correct > 0 }) else {
            (value, precisions) = (0, Array(repeating: 0, count: Self.orders))
            return
        }
        precisions = Self.precisions(grams, rule.smoothing)
        let logs = precisions.map { $0 > 0 ? log($0) : -9_999_999_999 }
        value = logs.isEmpty ? 0 : brevityPenalty * exp(logs.reduce(0, +) / Double(logs.count))
    }

    /// The precision of every order that the text has a run of (Chen and Cherry, WMT 2014, for the smoothings).
    private static func precisions(
        _ grams: [(correct: Double, total: Double)], _ smoothing: BleuRule.Smoothing
    ) -> [Double] {
        var precisions: [Double] = []
        var halvings = 1.0
        for (index, gram) in grams.enumerated() {
            var (correct, total) = gram
            if smoothing == .addK, index > 0 { (correct, total) = (correct + 1, total + 1) }
            guard total > 0 else { break }
            if correct > 0 {
                precisions.append(correct / total)
                continue
            }
            switch smoothing {
            case .exponential:
                halvings *= 2
                precisions.append(1 / (halvings * total))
            case .floor: precisions.append(0.1 / total)
            case .addK, .none: precisions.append(0)
            }
        }
        return precisions
    }
}

/// The tokens of NIST's mteval-v13a, by which translations are compared everywhere.
enum MTEvalTokens {
    static func split(_ text: String) -> [String] {
        var trimmed = text.unicodeScalars[...]
        while trimmed.last?.properties.isWhitespace == true { trimmed.removeLast() }
        var line = String(trimmed).replacing("<skipped>", with: "").replacing("-\n", with: "").replacing(
            "\n", with: " ")
        if line.unicodeScalars.contains("&") {
            for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
                line = line.replacing(entity, with: character)
            }
        }
        var scalars = Array(" \(line) ".unicodeScalars)
        scalars = scalars.flatMap { isSymbol($0) ? [" ", $0, " "] : [$0] }
        scalars = replacingPairs(scalars) { isDigit($0) || !isStop($1) ? nil : [$0, " ", $1, " "] }
        scalars = replacingPairs(scalars) { isStop($0) && !isDigit($1) ? [" ", $0, " ", $1] : nil }
        scalars = replacingPairs(scalars) { isDigit($0) && $1 == "-" ? [$0, " ", $1, " "] : nil }
        return scalars.split(whereSeparator: \.properties.isWhitespace).map { part in
            var token = ""
            token.unicodeScalars.append(contentsOf: part)
            return token
        }
    }

    /// ASCII symbols but for `'`, `,`, `-` and `.`.
    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isStop(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

    /// Replaces pairs of neighbours from left to right; what was replaced takes no part in another pair.
    private static func replacingPairs(
        _ scalars: [Unicode.Scalar], _ replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var place = 0
        while place < scalars.count {
            if place + 1 < scalars.count, let replaced = replacement(scalars[place], scalars[place + 1]) {
                result += replaced
                place += 2
            } else {
                result.append(scalars[place])
                place += 1
            }
        }
        return result
    }
}
