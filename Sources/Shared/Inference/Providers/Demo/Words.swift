/// A text cut into what the measures count: words, sentences, numbers.
struct Words: Sendable {
    /// The words in lower case, in their order, numbers included.
    let all: [String]
    /// How many sentences there are; at least one in a text that has words.
    let sentences: Int
    /// The words that carry meaning, without their endings.
    let stems: [String]
    /// The numbers, normalised: `1,200.50` and `1200.5` are the same, `thirty` is `30`.
    let numbers: [String]

    init(_ text: String) {
        var all: [String] = []
        var word = ""
        var sentences = 0
        var wordsOfSentence = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "'" || scalar == "’"
            {
                word.unicodeScalars.append(scalar == "’" ? "'" : scalar)
                continue
            }
            if (scalar == "." || scalar == ","), let last = word.unicodeScalars.last, Self.isDigit(last) {
                word.unicodeScalars.append(scalar)
                continue
            }
            if Self.endsSentence(scalar) || word.hasSuffix("."), wordsOfSentence + (word.isEmpty ? 0 : 1) > 0 {
                sentences += 1
                wordsOfSentence = word.isEmpty ? 0 : -1
            }
            if !word.isEmpty {
                all.append(Self.trimmed(word))
                wordsOfSentence += 1
                word = ""
            }
        }
        if !word.isEmpty { all.append(Self.trimmed(word)) }
        self.all = all.filter { !$0.isEmpty }
        self.sentences = max(sentences, self.all.isEmpty ? 0 : 1)
        stems = self.all.filter { !Lexicon.stopWords.contains($0) }.map(Self.stem)
        numbers = Self.numbers(in: self.all)
    }

    /// The distinct meaningful words.
    var vocabulary: Set<String> { Set(stems) }

    /// The share of the distinct meaningful words that `source` has too; `nil` when there are none.
    func support(in source: Set<String>) -> Double? {
        let own = vocabulary
        guard !own.isEmpty else { return nil }
        return Double(own.intersection(source).count) / Double(own.count)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func endsSentence(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "!" || scalar == "?" || scalar == "。" || scalar == "\n"
    }

    private static func trimmed(_ word: String) -> String {
        var word = Substring(word.lowercased())
        while let last = word.unicodeScalars.last, last == "." || last == "," || last == "'" { word.removeLast() }
        while word.unicodeScalars.first == "'" { word.removeFirst() }
        return String(word)
    }

    /// Takes off the endings that English words most often differ by.
    static func stem(_ word: String) -> String {
        for ending in ["ments", "ment", "ings", "ing", "edly", "ies", "ed", "es", "ly", "s"]
        where word.utf8.count > ending.utf8.count + 3 && word.hasSuffix(ending) {
            return String(word.dropLast(ending.count))
        }
        return word
    }

    /// The numbers that a text states, in digits or in words.
    private static func numbers(in words: [String]) -> [String] {
        var found: [String] = []
        var spoken: Int?
        for word in words {
            if let value = Lexicon.numberWords[word] {
                spoken = combined(spoken, value, &found)
                continue
            }
            if let value = spoken { found.append(String(value)) }
            spoken = nil
            if let value = number(word) { found.append(value) }
        }
        if let value = spoken { found.append(String(value)) }
        return found
    }

    /// `two hundred` and `fifty five` are one number, `two, three` are two.
    private static func combined(_ spoken: Int?, _ value: Int, _ found: inout [String]) -> Int {
        guard let spoken else { return value }
        if value >= 100 { return spoken < value ? spoken * value : spoken }
        if spoken >= 100 || (spoken >= 20 && value < 10) { return spoken + value }
        found.append(String(spoken))
        return value
    }

    /// The number that a word of digits states, without separators of thousands.
    private static func number(_ word: String) -> String? {
        guard let first = word.unicodeScalars.first, isDigit(first) else { return nil }
        let digits = word.unicodeScalars.prefix { isDigit($0) || $0 == "," || $0 == "." }.filter { $0 != "," }
        guard let value = Double(String(String.UnicodeScalarView(digits))) else { return nil }
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
