import Screens
import Terminal
import Testing

struct EvaluatorDiffTests {
    /// Random texts of few words, so that much is alike.
    private static func text(_ generator: inout SeededGenerator) -> String {
        let words = [
            "", "a", "claim", "the context", "  - gpt-5-mini", "score: 0.5", "回答", "criteria: |-", "one two three",
        ]
        return (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in words.randomElement(using: &generator) ?? "" }
                .joined(separator: " ")
        }.joined(separator: "\n")
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func applyingADiffGivesTheNewTextAndTakingItBackTheOld(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let old = Self.text(&generator)
        // Half of them are small changes of the same text.
        var new = Self.text(&generator)
        if seed % 2 == 0 {
            var lines = TextDiff.lines(of: old)
            for _ in 0..<3 where !lines.isEmpty {
                let place = Int.random(in: 0..<lines.count, using: &generator)
                if Bool.random(using: &generator) { lines[place] += " more" } else { lines.remove(at: place) }
            }
            new = lines.joined(separator: "\n")
        }
        let diff = TextDiff(from: old, to: new)
        var before: [String] = []
        var after: [String] = []
        for row in diff.rows {
            switch row {
            case .same(let left, let right):
                before.append(left.text)
                after.append(right.text)
            case .changed(let left, let right):
                if let left { before.append(left.text) }
                if let right { after.append(right.text) }
            }
        }
        #expect(before == TextDiff.lines(of: old))
        #expect(after == TextDiff.lines(of: new))
        #expect(diff.isEmpty == (TextDiff.lines(of: old) == TextDiff.lines(of: new)))
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func theStepsOfSequencesAreInOrderAndAsFewAsCanBe(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let old = (0..<Int.random(in: 0..<14, using: &generator)).map { _ in Int.random(in: 0..<4, using: &generator) }
        let new = (0..<Int.random(in: 0..<14, using: &generator)).map { _ in Int.random(in: 0..<4, using: &generator) }
        var (left, right, same) = (0, 0, 0)
        for step in SequenceDiff(from: old, to: new).steps {
            switch step {
            case .same(let before, let after):
                #expect(before == left && after == right && old[before] == new[after])
                (left, right, same) = (left + 1, right + 1, same + 1)
            case .removed(let before):
                #expect(before == left)
                left += 1
            case .added(let after):
                #expect(after == right)
                right += 1
            }
        }
        #expect(left == old.count && right == new.count)
        #expect(same == Self.longestCommon(old, new))
    }

    /// By the table that everybody knows.
    private static func longestCommon(_ left: [Int], _ right: [Int]) -> Int {
        var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for row in left.indices.reversed() {
            for column in right.indices.reversed() {
                table[row][column] =
                    left[row] == right[column]
                    ? table[row + 1][column + 1] + 1 : max(table[row + 1][column], table[row][column + 1])
            }
        }
        return table[0][0]
    }

    @Test func textsWithNothingInCommonAreReplacedWithinBounds() {
        let old = (0..<6_000).map { "old \($0)" }.joined(separator: "\n")
        let new = (0..<6_000).map { "new line number \($0)" }.joined(separator: "\n")
        let start = ContinuousClock.now
        let counts = TextDiff(from: old, to: new).counts
        #expect(counts.added == 6_000 && counts.removed == 6_000)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func withinALineOnlyTheWordsThatChangedAreSetOff() {
        let diff = TextDiff(from: "Quote the sentence you relied on.", to: "Quote the whole sentence you relied upon.")
        guard case .changed(let old?, let new?) = diff.rows[0] else {
            Issue.record("the lines are not paired: \(diff.rows)")
            return
        }
        #expect(old.pieces.filter(\.isChanged).map(\.text) == ["on"])
        #expect(new.pieces.filter(\.isChanged).map { $0.text.filter { $0 != " " } } == ["whole", "upon"])
    }

    @Test func linesThatHaveLittleInCommonAreNotPaired() {
        let diff = TextDiff(from: "alpha beta gamma", to: "one two three four")
        #expect(diff.rows.count == 2)
    }
}
