/// A regular expression as the steps of Thompson's machine (Communications of the ACM 11, 1968).
struct PatternProgram: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case take(ScalarClass)
        case check(PatternNode.Assertion)
        /// Both ways, the first preferred.
        case fork(Int, Int)
        case jump(Int)
        case matched
    }

    private(set) var steps: [Step] = []
    /// What is left to be compiled, in nodes: nested counts multiply.
    private var budget = mostSteps

    /// The most steps of a program.
    static let mostSteps = 10_000

    init(_ node: PatternNode) throws(PatternError) {
        try compile(node)
        steps.append(.matched)
    }

    private mutating func compile(_ node: PatternNode) throws(PatternError) {
        budget -= 1
        guard budget > 0, steps.count < Self.mostSteps else {
            throw PatternError(place: 1, message: "The pattern is too large: its counts multiply to too many steps")
        }
        switch node {
        case .empty: break
        case .one(let set): steps.append(.take(set))
        case .assertion(let assertion): steps.append(.check(assertion))
        case .sequence(let nodes):
            for node in nodes { try compile(node) }
        case .alternatives(let branches): try compile(branches: branches)
        case .repeated(let node, let minimum, let maximum, let isGreedy):
            for _ in 0..<minimum { try compile(node) }
            if let maximum {
                try compile(optional: node, times: maximum - minimum, isGreedy)
            } else {
                try compile(loop: node, isGreedy)
            }
        }
    }

    private mutating func compile(branches: [PatternNode]) throws(PatternError) {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index + 1 < branches.count else {
                try compile(branch)
                continue
            }
            let fork = reserve()
            try compile(branch)
            exits.append(reserve())
            steps[fork] = .fork(fork + 1, steps.count)
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
    }

    private mutating func compile(loop node: PatternNode, _ isGreedy: Bool) throws(PatternError) {
        let fork = reserve()
        try compile(node)
        steps.append(.jump(fork))
        steps[fork] = Self.fork(fork + 1, steps.count, isGreedy)
    }

    private mutating func compile(
        optional node: PatternNode, times: Int, _ isGreedy: Bool
    ) throws(PatternError) {
        var forks: [Int] = []
        for _ in 0..<times {
            forks.append(reserve())
            try compile(node)
        }
        for fork in forks { steps[fork] = Self.fork(fork + 1, steps.count, isGreedy) }
    }

    private static func fork(_ inside: Int, _ outside: Int, _ isGreedy: Bool) -> Step {
        isGreedy ? .fork(inside, outside) : .fork(outside, inside)
    }

    private mutating func reserve() -> Int {
        steps.append(.matched)
        return steps.count - 1
    }
}
