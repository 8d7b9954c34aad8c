/// chrF (Popović, WMT 2015) and, with words, chrF+ and chrF++ (WMT 2017), as sacreBLEU 2 computes them: runs of 1 to 6
/// characters without white space, recall counting twice as much as precision.
enum ChrF {
    private static let characterOrders = 6
    /// β².
    private static let recallWeight = 4.0

    /// From 0 to 1; `wordOrder` is how long the runs of words are that count too.
    static func value(_ text: String, expected: String, wordOrder: Int) -> Double {
        var precision = 0.0
        var recall = 0.0
        var orders = 0.0
        func add<Element>(_ found: NGrams<Element>, _ wanted: NGrams<Element>) {
            guard found.total > 0, wanted.total > 0 else { return }
            let common = Double(found.common(with: wanted))
            precision += common / Double(found.total)
            recall += common / Double(wanted.total)
            orders += 1
        }
        let found = characters(text)
        let wanted = characters(expected)
        for length in 1...characterOrders { add(NGrams(found, length: length), NGrams(wanted, length: length)) }
        let foundWords = words(text)
        let wantedWords = words(expected)
        for length in 1..<(wordOrder + 1) {
            add(NGrams(foundWords, length: length), NGrams(wantedWords, length: length))
        }
        guard orders > 0, precision + recall > 0 else { return 0 }
        (precision, recall) = (precision / orders, recall / orders)
        return (1 + recallWeight) * precision * recall / (recallWeight * precision + recall)
    }

    private static func characters(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { !$0.properties.isWhitespace }
    }

    /// Words, with one sign of punctuation at the end, else at the beginning, as a word of its own.
    private static func words(_ text: String) -> [[Unicode.Scalar]] {
        text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).flatMap { part in
            let word = Array(part)
            guard word.count > 1 else { return [word] }
            if isPunctuation(word[word.count - 1]) { return [Array(word.dropLast()), [word[word.count - 1]]] }
            if isPunctuation(word[0]) { return [[word[0]], Array(word.dropFirst())] }
            return [word]
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }
}
