internal import JSON
internal import Scoring

/// Two documents, compared field by field.
struct FieldComparison {
    private let rule: JSONComparison
    private(set) var matching = 0
    private(set) var total = 0
    /// What differs, in sentences.
    private(set) var differences: [String] = []

    /// How many values have been looked at, and how many may be.
    private var work = 0
    private let mostWork: Int
    /// Whether there was more to compare than is allowed, so that the share means nothing: where order does not count,
    /// every element of an array is compared with every other.
    private(set) var isTooLarge = false

    init(_ rule: JSONComparison, _ found: JSONValue, expected: JSONValue) {
        self.init(rule, found, expected, at: [], mostWork: 500_000)
    }

    private init(
        _ rule: JSONComparison, _ found: JSONValue, _ expected: JSONValue, at path: JSONPath, mostWork: Int
    ) {
        self.rule = rule
        self.mostWork = mostWork
        compare(found, expected, at: path)
    }

    /// The share of the fields that match. Where none was to be looked at, all do; where none was found, none does.
    var share: Double {
        guard total == 0 else { return Double(matching) / Double(total) }
        return switch rule.aspect {
        case .values, .completeness: 1
        case .names, .types: 0
        }
    }

    private func isIgnored(_ path: JSONPath) -> Bool { rule.ignoredFields.contains(where: path.isCovered) }

    private mutating func compare(_ found: JSONValue, _ expected: JSONValue, at path: JSONPath) {
        work += 1
        guard work <= mostWork else {
            isTooLarge = true
            return
        }
        guard !isIgnored(path) else { return }
        switch (found, expected) {
        case (.object(let left), .object(let right)) where !(left.isEmpty && right.isEmpty):
            for member in right.members {
                let path = path + [.member(member.key)]
                if let value = left[member.key] {
                    compare(value, member.value, at: path)
                } else {
                    miss(member.value, at: path)
                }
            }
            for member in left.members where right[member.key] == nil {
                exceed(member.value, at: path + [.member(member.key)])
            }
        case (.array(let left), .array(let right)) where !(left.isEmpty && right.isEmpty):
            compare(rule.ignoresOrder ? reordered(left, like: right, at: path) : left, with: right, at: path)
        case (_, .object(let right)) where !right.isEmpty && rule.aspect != .types: miss(expected, at: path)
        case (_, .array(let right)) where !right.isEmpty && rule.aspect != .types: miss(expected, at: path)
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _):
            weigh(found, expected, at: path)
        }
    }

    private mutating func compare(_ left: [JSONValue], with right: [JSONValue], at path: JSONPath) {
        for (index, expected) in right.enumerated() {
            let path = path + [.element(index)]
            if index < left.count {
                compare(left[index], expected, at: path)
            } else {
                miss(expected, at: path)
            }
        }
        for index in left.indices.dropFirst(right.count) { exceed(left[index], at: path + [.element(index)]) }
    }

    /// Two values of which at least one has no fields below.
    private mutating func weigh(_ found: JSONValue, _ expected: JSONValue, at path: JSONPath) {
        switch rule.aspect {
        case .names, .completeness: count(true)
        case .types:
            count(found.typeName == expected.typeName) {
                "\(path.text) is of the type \(found.typeName), not \(expected.typeName)"
            }
        case .values:
            count(isEqual(found, expected)) {
                "\(path.text) is \(Self.short(found)), not \(Self.short(expected))"
            }
        }
    }

    /// Fields that are expected and not there.
    private mutating func miss(_ value: JSONValue, at path: JSONPath) {
        for field in value.fields where !isIgnored(path + field.path) {
            // Types are those of fields that both have, and names those of fields that were found.
            guard rule.aspect == .values || rule.aspect == .completeness else { continue }
            count(false) { "\((path + field.path).text) is missing" }
        }
    }

    /// Fields that are there and were not expected.
    private mutating func exceed(_ value: JSONValue, at path: JSONPath) {
        guard !rule.ignoresExtra else { return }
        switch rule.aspect {
        case .types, .completeness: return
        case .values, .names:
            for field in value.fields where !isIgnored(path + field.path) {
                count(false) { "\((path + field.path).text) was not expected" }
            }
        }
    }

    private mutating func count(_ isRight: Bool, _ difference: () -> String = { "" }) {
        total += 1
        if isRight { matching += 1 } else { differences.append(difference()) }
    }

    private func isEqual(_ found: JSONValue, _ expected: JSONValue) -> Bool {
        if let left = found.doubleValue, let right = expected.doubleValue {
            return found.isSame(as: expected) || abs(left - right) <= rule.tolerance
        }
        if rule.foldsText, let left = found.stringValue, let right = expected.stringValue {
            var folding = TextFolding()
            folding.ignoresCase = true
            folding.ignoresWhitespace = true
            return folding.fold(left) == folding.fold(right)
        }
        return found.isSame(as: expected)
    }

    /// The elements in the order in which they fit those expected best: equal ones first, then each to the most similar
    /// that is left.
    private mutating func reordered(
        _ elements: [JSONValue], like expected: [JSONValue], at path: JSONPath
    ) -> [JSONValue] {
        var left = elements
        var places: [Int: JSONValue] = [:]
        for isFirstRound in [true, false] {
            for (place, value) in expected.enumerated() where places[place] == nil && !left.isEmpty {
                var best = (index: 0, share: -1.0)
                for index in left.indices where best.share < 1 {
                    let share = trial(left[index], value, at: path + [.element(place)])
                    if share > best.share { best = (index, share) }
                }
                guard !isTooLarge else { return elements }
                if best.share == 1 || !isFirstRound { places[place] = left.remove(at: best.index) }
            }
        }
        return expected.indices.compactMap { places[$0] } + left
    }

    /// How well two elements fit, for nothing but their order.
    private mutating func trial(_ found: JSONValue, _ expected: JSONValue, at path: JSONPath) -> Double {
        let trial = FieldComparison(rule, found, expected, at: path, mostWork: mostWork - work)
        work += trial.work
        isTooLarge = isTooLarge || trial.isTooLarge
        return trial.share
    }

    private static func short(_ value: JSONValue) -> String {
        let text = value.description
        return text.count > 60 ? "\(text.prefix(57))…" : text
    }
}
