/// A compiled regular expression. It is matched by following all ways at once (Pike's machine; Cox, Regular Expression
/// Matching: the Virtual Machine Approach, 2009), so that the time grows with the text times the pattern and never
/// faster: no pattern and no text can hold the server up. The price is that references to groups and look-around, which
/// need to go back, are refused.
struct Pattern: Sendable, Hashable {
    private let program: PatternProgram

    /// The most steps × scalars of one search, about a tenth of a second.
    static let mostWork = 100_000_000

    /// Compiles a pattern; with `matchesWhole` it matches the whole text or nothing.
    init(_ pattern: String, ignoresCase: Bool = false, matchesWhole: Bool = false) throws(PatternError) {
        let node = try PatternParser.parse(pattern, ignoresCase: ignoresCase)
        program = try PatternProgram(
            matchesWhole ? .sequence([.assertion(.textStart), node, .assertion(.textEnd)]) : node)
    }

    /// Whether a search of a text of `count` scalars is within bounds.
    func isAffordable(for count: Int) -> Bool { program.steps.count * max(1, count) <= Self.mostWork }

    /// The leftmost match from `start` on; of several from there the one that the pattern prefers.
    func firstMatch(in text: [Unicode.Scalar], from start: Int = 0) -> Range<Int>? {
        var machine = Machine(program.steps, text)
        return machine.run(from: start)
    }

    /// All matches that do not overlap, in order.
    func matches(in text: [Unicode.Scalar]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = 0
        while place <= text.count, let match = firstMatch(in: text, from: place) {
            found.append(match)
            place = match.isEmpty ? match.upperBound + 1 : match.upperBound
        }
        return found
    }
}

/// One run of a program over a text.
private struct Machine {
    let steps: [PatternProgram.Step]
    let text: [Unicode.Scalar]
    private var current = Threads()
    private var upcoming = Threads()
    /// The place at which a step was last reached, so that it is followed once only.
    private var reached: [Int]

    /// The steps that are being followed, the preferred first, each with the start of its match.
    private struct Threads {
        var steps: [Int] = []
        var starts: [Int] = []

        mutating func clear() {
            steps.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
        }
    }

    init(_ steps: [PatternProgram.Step], _ text: [Unicode.Scalar]) {
        self.steps = steps
        self.text = text
        reached = Array(repeating: -1, count: steps.count)
    }

    mutating func run(from start: Int) -> Range<Int>? {
        var match: Range<Int>?
        var place = start
        while true {
            // A later start is followed only as long as no earlier one has matched.
            if match == nil { follow(0, from: place, at: place) }
            swap(&current, &upcoming)
            upcoming.clear()
            if current.steps.isEmpty, match != nil { return match }
            if let end = advance(at: place) { match = end }
            guard place < text.count else { return match }
            place += 1
        }
    }

    /// Takes the scalar at `place` on every way; a match ends the less preferred ones.
    private mutating func advance(at place: Int) -> Range<Int>? {
        for index in current.steps.indices {
            let step = current.steps[index]
            switch steps[step] {
            case .take(let set):
                guard place < text.count, set.contains(text[place]) else { continue }
                follow(step + 1, from: current.starts[index], at: place + 1)
            case .matched: return current.starts[index]..<place
            case .check, .fork, .jump: continue
            }
        }
        return nil
    }

    /// Goes on from a step as far as nothing is taken.
    private mutating func follow(_ first: Int, from start: Int, at place: Int) {
        var pending = [first]
        while let step = pending.popLast() {
            guard reached[step] != place else { continue }
            reached[step] = place
            switch steps[step] {
            case .jump(let target): pending.append(target)
            case .fork(let preferred, let other):
                pending.append(other)
                pending.append(preferred)
            case .check(let assertion):
                if assertion.holds(at: place, in: text) { pending.append(step + 1) }
            case .take, .matched:
                upcoming.steps.append(step)
                upcoming.starts.append(start)
            }
        }
    }
}
