/// How far two sequences can be brought together, by the bits of whole machine words at once.
enum Alignment {
    /// The most comparisons of one element with one element that are made, which bounds time and memory: 30,000 with
    /// 30,000 take some hundredths of a second.
    static let mostComparisons = 1_000_000_000

    /// Whether two sequences of these lengths are within bounds.
    static func isAffordable(_ left: Int, _ right: Int) -> Bool {
        let (product, hasOverflown) = left.multipliedReportingOverflow(by: right)
        return !hasOverflown && product <= mostComparisons
    }

    /// The length of the longest common subsequence (Hyyrö, Bit-parallel LCS-length computation revisited, 2004).
    static func commonLength<Element: Hashable>(_ first: [Element], _ second: [Element]) -> Int {
        let (left, right) = inOrder(first, second)
        guard !left.isEmpty else { return 0 }
        let words = (left.count + 63) / 64
        let masks = masks(of: left, words)
        var row = Array(repeating: UInt64.max, count: words)
        for element in right {
            // Without the element nothing changes.
            guard let mask = masks[element] else { continue }
            var carry = false
            for word in 0..<words {
                let matches = row[word] & mask[word]
                let (sum, first) = row[word].addingReportingOverflow(matches)
                let (total, second) = sum.addingReportingOverflow(carry ? 1 : 0)
                carry = first || second
                row[word] = total | (row[word] & ~mask[word])
            }
        }
        let unused = words * 64 - left.count
        return row.reduce(0) { $0 + (~$1).nonzeroBitCount } - unusedZeros(row[words - 1], unused)
    }

    /// The fewest insertions, deletions and replacements that make one of the other (Myers, JACM 46, 1999; blocks after
    /// Hyyrö, A bit-vector algorithm for computing Levenshtein distance, 2003).
    static func editDistance<Element: Hashable>(_ first: [Element], _ second: [Element]) -> Int {
        let (left, right) = inOrder(first, second)
        guard !left.isEmpty else { return right.count }
        let words = (left.count + 63) / 64
        let masks = masks(of: left, words)
        let nothing = Array(repeating: UInt64(0), count: words)
        var positive = Array(repeating: UInt64.max, count: words)
        var negative = nothing
        var distance = left.count
        let last = UInt64(1) << UInt64((left.count - 1) % 64)
        for element in right {
            let mask = masks[element] ?? nothing
            // What comes into a block from the one above it: the first row grows by one with each element.
            var positiveIn: UInt64 = 1
            var negativeIn: UInt64 = 0
            for word in 0..<words {
                let (up, down) = (positive[word], negative[word])
                let equal = mask[word]
                let vertical = equal | down
                let entering = equal | negativeIn
                let horizontal = (((entering & up) &+ up) ^ up) | entering
                var rising = down | ~(horizontal | up)
                var falling = up & horizontal
                if word == words - 1 {
                    if rising & last != 0 { distance += 1 }
                    if falling & last != 0 { distance -= 1 }
                }
                let (risingOut, fallingOut) = (rising >> 63, falling >> 63)
                rising = rising << 1 | positiveIn
                falling = falling << 1 | negativeIn
                positive[word] = falling | ~(vertical | rising)
                negative[word] = rising & vertical
                (positiveIn, negativeIn) = (risingOut, fallingOut)
            }
        }
        return distance
    }

    /// The shorter one first: its places are the bits, of which every element has a row.
    private static func inOrder<Element>(_ first: [Element], _ second: [Element]) -> ([Element], [Element]) {
        first.count <= second.count ? (first, second) : (second, first)
    }

    /// The places of each element, as bits.
    private static func masks<Element: Hashable>(of elements: [Element], _ words: Int) -> [Element: [UInt64]] {
        var masks: [Element: [UInt64]] = [:]
        for (place, element) in elements.enumerated() {
            masks[element, default: Array(repeating: 0, count: words)][place / 64] |= 1 << UInt64(place % 64)
        }
        return masks
    }

    /// The zeros behind the last element.
    private static func unusedZeros(_ word: UInt64, _ unused: Int) -> Int {
        unused == 0 ? 0 : (~word & ~(UInt64.max >> UInt64(unused))).nonzeroBitCount
    }
}
