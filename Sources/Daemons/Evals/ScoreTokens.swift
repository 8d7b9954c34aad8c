internal import ChatModel
internal import Glibc
internal import JSON
internal import Scoring

/// The tokens of the score in an answer, from which it follows how likely the model found other scores.
///
/// A number is written in several tokens (`0`, `.`, `85`), and each is chosen knowing those before it. Where another token
/// might have stood, the number would have begun with what stands before it and gone on with that token: it lies in the
/// range of the numbers that begin so.
struct ScoreTokens {
    private let tokens: ArraySlice<TokenLogprob>
    /// What stands between the name of the score and the first of the tokens.
    private let lead: [UInt8]
    private let score: Score

    /// Finds the tokens of `score`; none when the answer's text is not made of these tokens.
    init(_ tokens: [TokenLogprob], of score: Score, in text: String) {
        self.score = score
        let written = tokens.map(\.chosen.text)
        guard let member = Member(in: text), let start = member.lastPlace(in: Array(written.joined())) else {
            (self.tokens, lead) = ([], [])
            return
        }
        let (name, value) = (start + member.nameLength, start + member.nameLength + member.gap)
        var index = 0
        var offset = 0
        while index < written.count, offset + written[index].count <= value {
            offset += written[index].count
            index += 1
        }
        guard offset >= name else {
            (self.tokens, lead) = ([], [])
            return
        }
        self.tokens = tokens[index...]
        lead = Array(member.bytes[member.nameLength..<(member.nameLength + offset - name)])
    }

    /// How likely each score was; `nil` when it cannot be told.
    var distribution: ScoreDistribution? {
        guard !tokens.isEmpty else { return nil }
        var distribution = ScoreDistribution()
        var written = lead
        var mass = 1.0
        for token in tokens {
            let begun = NumberBeginning(written + token.chosen.text)
            var stays = Self.probability(token.chosen)
            for other in token.top where other.text != token.chosen.text {
                let alternative = NumberBeginning(written + other.text)
                if alternative == begun {
                    // The same digits in other words, such as with a space in front.
                    stays += Self.probability(other)
                } else if let range = alternative.range {
                    distribution.add(range, mass: mass * Self.probability(other))
                }
            }
            mass *= min(1, stays)
            written += token.chosen.text
            if begun.isComplete { break }
        }
        distribution.add(score.value...score.value, mass: mass)
        return distribution
    }

    private static func probability(_ token: TokenLogprob.Alternative) -> Double { min(1, exp(token.logprob)) }
}

/// The score as the answer writes it, such as `"score": 0.85`.
private struct Member {
    let bytes: [UInt8]
    /// The length of the name with its quotes.
    let nameLength: Int
    /// The length of what stands between the name and the value.
    let gap: Int

    /// `nil` when the answer is not the object that was asked for.
    init?(in text: String) {
        let name = Array("\"score\"".utf8)
        do {
            let object = try AnswerText.object(in: text)
            let scanner = try JSONScanner(Array(object.utf8), limits: JSONLimits(depth: 32))
            guard let value = scanner.range(of: "score"),
                let quote = scanner.bytes[..<value.lowerBound].lastIndex(of: UInt8(ascii: "\"")),
                quote + 1 >= name.count, scanner.bytes[..<(quote + 1)].suffix(name.count).elementsEqual(name)
            else { return nil }
            bytes = Array(scanner.bytes[(quote + 1 - name.count)..<value.upperBound])
            nameLength = name.count
            gap = value.lowerBound - quote - 1
        } catch {
            return nil
        }
    }

    /// Where it stands last in `written`: before the answer there may be thoughts, and behind it signs of its end.
    func lastPlace(in written: [UInt8]) -> Int? {
        guard written.count >= bytes.count else { return nil }
        return (0...(written.count - bytes.count)).last { written[$0..<($0 + bytes.count)].elementsEqual(bytes) }
    }
}

extension TokenLogprob.Alternative {
    /// Its bytes, which may be a part of a character.
    fileprivate var text: [UInt8] { bytes ?? Array(token.utf8) }
}

/// The beginning of a number behind a colon, such as `: 0.8`.
struct NumberBeginning: Equatable {
    /// Digits and the point.
    private var digits: [UInt8] = []
    /// Whether something stands behind the digits, so that no more of them can follow.
    private(set) var isComplete = false
    /// Whether it is something that is no plain number.
    private var isStrange = false

    init(_ text: [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                isStrange = isStrange || isComplete
                if !isComplete { digits.append(byte) }
            case UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                if !digits.isEmpty { isComplete = true }
            case UInt8(ascii: "}"), UInt8(ascii: ","):
                isComplete = true
            default: isStrange = true
            }
        }
    }

    /// The scores that begin so; `nil` when none does, or too little is known.
    var range: ClosedRange<Double>? {
        guard !isStrange, digits.first != UInt8(ascii: "."),
            let value = Double(
                String(decoding: digits.last == UInt8(ascii: ".") ? digits + [48] : digits, as: UTF8.self)),
            (0...1).contains(value)
        else { return nil }
        guard !isComplete else { return value...value }
        var step = 1.0
        if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
            for _ in digits[point...].dropFirst() { step /= 10 }
        }
        return value...min(1, value + step)
    }
}
