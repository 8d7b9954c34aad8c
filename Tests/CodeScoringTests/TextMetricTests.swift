@testable import CodeScoring
import JSON
import Scoring
import Testing

/// Texts are compared as the reference libraries compare them.
@Suite struct TextMetricTests {
    private struct Row {
        let text: String
        let expected: String
        let json: JSONValue

        init?(_ json: JSONValue) {
            guard let text = json["text"]?.stringValue, let expected = json["expected"]?.stringValue else { return nil }
            (self.text, self.expected, self.json) = (text, expected, json)
        }

        func number(_ key: String, _ nested: String? = nil) -> Double {
            (nested.map { json[key]?[$0] } ?? json[key])?.doubleValue ?? .nan
        }
    }

    private let rows: [Row]

    init() throws {
        rows = try #require(try Vectors.load("texts").arrayValue).compactMap(Row.init)
    }

    @Test func thereAreEnoughVectors() {
        #expect(rows.count > 200)
    }

    @Test(arguments: RougeRule.Variant.allCases) func rougeIsThatOfRougeScore(_ variant: RougeRule.Variant) throws {
        for row in rows {
            let rouge = try #require(Rouge(variant, .ascii, row.text, expected: row.expected))
            let wanted = row.json["rouge"]?[variant.rawValue]?.arrayValue?.compactMap(\.doubleValue) ?? []
            let found = [rouge.precision, rouge.recall, rouge.f1]
            #expect(zip(found, wanted).allSatisfy { isClose($0, $1) }, "\(row.json): \(found)")
        }
    }

    @Test func rougeCountsWordsOfAllScripts() throws {
        let same = try #require(Rouge(.longest, .unicode, "Привет, мир!", expected: "привет мир"))
        #expect(same.f1 == 1)
        let ascii = try #require(Rouge(.longest, .ascii, "Привет, мир!", expected: "привет мир"))
        #expect(ascii.f1 == 0)
    }

    @Test(arguments: BleuRule.Smoothing.allCases) func bleuIsThatOfSacreBLEU(_ smoothing: BleuRule.Smoothing) {
        var rule = BleuRule()
        rule.smoothing = smoothing
        for row in rows {
            let bleu = Bleu(rule, row.text, expected: row.expected)
            #expect(isClose(bleu.value * 100, row.number("bleu", smoothing.rawValue)), "\(row.json): \(bleu)")
        }
    }

    @Test(arguments: 0...2) func chrfIsThatOfSacreBLEU(_ wordOrder: Int) {
        for row in rows {
            let value = ChrF.value(row.text, expected: row.expected, wordOrder: wordOrder) * 100
            #expect(isClose(value, row.json["chrf"]?[wordOrder]?.doubleValue ?? .nan), "\(row.json): \(value)")
        }
    }

    @Test(arguments: FuzzyMethod.allCases) func similarityIsThatOfRapidFuzz(_ method: FuzzyMethod) {
        for row in rows {
            let value = Similarity.fuzzy(method, row.text, row.expected) * 100
            #expect(isClose(value, row.number(method.rawValue)), "\(row.json): \(value)")
        }
    }

    @Test func editsAreThoseOfRapidFuzz() {
        for row in rows {
            let (distance, similarity) = Similarity.levenshtein(row.text, row.expected)
            #expect(distance == Int(row.number("distance")))
            #expect(isClose(similarity, row.number("levenshtein")))
        }
    }

    /// Sequences longer than a machine word take other paths.
    @Test func longSequencesAreAlignedAsATableWould() {
        var generator = SystemRandomNumberGenerator()
        for length in [1, 63, 64, 65, 127, 128, 129, 200] {
            let left = (0..<length).map { _ in Int.random(in: 0..<4, using: &generator) }
            let right = (0..<Int.random(in: 1...220)).map { _ in Int.random(in: 0..<4, using: &generator) }
            let (edits, common) = Self.table(left, right)
            #expect(Alignment.editDistance(left, right) == edits)
            #expect(Alignment.commonLength(left, right) == common)
        }
    }

    /// The textbook's tables.
    private static func table(_ left: [Int], _ right: [Int]) -> (edits: Int, common: Int) {
        var edits = Array(0...right.count)
        var common = Array(repeating: 0, count: right.count + 1)
        for (row, element) in left.enumerated() {
            var (corner, shared) = (edits[0], 0)
            edits[0] = row + 1
            for column in right.indices {
                let isSame = right[column] == element
                let next = min(corner + (isSame ? 0 : 1), edits[column] + 1, edits[column + 1] + 1)
                (corner, edits[column + 1]) = (edits[column + 1], next)
                let longest = isSame ? shared + 1 : max(common[column], common[column + 1])
                (shared, common[column + 1]) = (common[column + 1], longest)
            }
        }
        return (edits[right.count], common[right.count])
    }

    @Test func readabilityIsNearThatOfTextstat() throws {
        let rows = try #require(try Vectors.load("readability").arrayValue)
        #expect(!rows.isEmpty)
        for row in rows {
            let readability = try #require(Readability(row["text"]?.stringValue ?? ""))
            #expect(readability.words == row["words"]?.integerValue.map(Int.init))
            #expect(readability.sentences == row["sentences"]?.integerValue.map(Int.init))
            // It looks syllables up in a dictionary, and ours are counted by rule.
            let syllables = row["syllables"]?.doubleValue ?? .nan
            #expect(abs(Double(readability.syllables) - syllables) / syllables < 0.04, "\(row): \(readability)")
            let ease = row["ease"]?.doubleValue ?? .nan
            #expect(abs(readability.value(.readingEase) - ease) < 8, "\(row): \(readability)")
        }
    }
}
