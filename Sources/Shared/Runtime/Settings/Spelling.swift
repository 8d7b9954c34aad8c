/// Guesses what somebody meant to write.
package enum Spelling {
    /// The candidate that differs from `word` by the fewest edits; `nil` when even that one is a different word.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let allowed = max(1, min(3, word.count / 3))
        return candidates.map { (candidate: $0, distance: distance(word, $0, limit: allowed)) }
            .filter { $0.distance <= allowed }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
    }

    /// How many characters to insert, delete or replace, neighbours swapped counting as one; more than `limit` is
    /// reported as `limit + 1`.
    static func distance(_ left: String, _ right: String, limit: Int) -> Int {
        let left = Array(left)
        let right = Array(right)
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = left[row] == right[column] ? 0 : 1
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + change)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return min(last[right.count], limit + 1)
    }
}
