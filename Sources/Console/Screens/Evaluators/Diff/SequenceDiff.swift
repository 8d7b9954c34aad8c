/// The shortest way from one sequence to another, by Myers' greedy algorithm.
package struct SequenceDiff: Sendable, Hashable {
    /// One step through both sequences, by the places of its elements in them.
    package enum Step: Sendable, Hashable {
        case same(old: Int, new: Int)
        case removed(old: Int)
        case added(new: Int)
    }

    /// The steps in order; within a change what is removed comes before what is added.
    package let steps: [Step]

    /// Sequences that differ in more elements than `effort` are told apart as a whole: memory grows with its square.
    package init<Element: Hashable>(from old: [Element], to new: [Element], effort: Int = 800) {
        let prefix = zip(old, new).prefix { $0 == $1 }.count
        let rest = min(old.count, new.count) - prefix
        let suffix = zip(old.reversed(), new.reversed()).prefix(rest).prefix { $0 == $1 }.count
        let middle = Search(
            Array(old[prefix..<old.count - suffix]), Array(new[prefix..<new.count - suffix]), effort: effort
        ).steps
        var steps: [Step] = (0..<prefix).map { .same(old: $0, new: $0) }
        steps += middle.map { step in
            switch step {
            case .same(let old, let new): .same(old: old + prefix, new: new + prefix)
            case .removed(let old): .removed(old: old + prefix)
            case .added(let new): .added(new: new + prefix)
            }
        }
        steps += (0..<suffix).map { .same(old: old.count - suffix + $0, new: new.count - suffix + $0) }
        self.steps = Self.ordered(steps)
    }

    /// Puts what is removed before what is added within each change.
    private static func ordered(_ steps: [Step]) -> [Step] {
        var ordered: [Step] = []
        var added: [Step] = []
        for step in steps {
            switch step {
            case .removed: ordered.append(step)
            case .added: added.append(step)
            case .same:
                ordered += added
                added = []
                ordered.append(step)
            }
        }
        return ordered + added
    }
}

/// Looks for the way through two sequences that have neither begin nor end in common.
private struct Search<Element: Hashable> {
    let steps: [SequenceDiff.Step]

    init(_ old: [Element], _ new: [Element], effort: Int) {
        guard !old.isEmpty, !new.isEmpty else {
            steps = Self.replacing(old.count, new.count)
            return
        }
        let most = min(effort, old.count + new.count)
        // How far one comes in `old` on each diagonal `k`, kept at `k + most + 1`.
        var reach = [Int](repeating: 0, count: 2 * most + 3)
        var history: [[Int]] = []
        for distance in 0...most {
            history.append(reach)
            for diagonal in stride(from: -distance, through: distance, by: 2) {
                let place = diagonal + most + 1
                let isDown = Self.comesDown(diagonal, distance, reach, place)
                var x = isDown ? reach[place + 1] : reach[place - 1] + 1
                while x < old.count, x - diagonal < new.count, old[x] == new[x - diagonal] { x += 1 }
                reach[place] = x
                if x >= old.count, x - diagonal >= new.count {
                    steps = Self.way(back: history, to: (old.count, new.count), center: most + 1)
                    return
                }
            }
        }
        steps = Self.replacing(old.count, new.count)
    }

    private static func replacing(_ old: Int, _ new: Int) -> [SequenceDiff.Step] {
        (0..<old).map { .removed(old: $0) } + (0..<new).map { .added(new: $0) }
    }

    /// Whether the best way onto a diagonal adds an element, rather than removing one.
    private static func comesDown(_ diagonal: Int, _ distance: Int, _ reach: [Int], _ place: Int) -> Bool {
        diagonal == -distance || (diagonal != distance && reach[place - 1] < reach[place + 1])
    }

    private static func way(back history: [[Int]], to end: (Int, Int), center: Int) -> [SequenceDiff.Step] {
        var (x, y) = end
        var steps: [SequenceDiff.Step] = []
        for distance in history.indices.reversed() {
            let reach = history[distance]
            let diagonal = x - y
            let place = diagonal + center
            let isDown = comesDown(diagonal, distance, reach, place)
            let before = distance == 0 ? 0 : isDown ? reach[place + 1] : reach[place - 1]
            let beforeY = distance == 0 ? 0 : before - (isDown ? diagonal + 1 : diagonal - 1)
            while x > before, y > beforeY, distance == 0 || x > (isDown ? before : before + 1) {
                x -= 1
                y -= 1
                steps.append(.same(old: x, new: y))
            }
            guard distance > 0 else { break }
            steps.append(isDown ? .added(new: beforeY) : .removed(old: before))
            x = before
            y = beforeY
        }
        return steps.reversed()
    }
}
