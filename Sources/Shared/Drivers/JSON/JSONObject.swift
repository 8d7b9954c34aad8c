/// The members of a JSON object in the order they were added; a key occurs once.
///
/// Two objects are equal when they have the same members in any order, as JSON defines it.
package struct JSONObject: Sendable {
    /// One member.
    package struct Member: Sendable, Hashable {
        package let key: String
        package fileprivate(set) var value: JSONValue
    }

    /// All members in order.
    package private(set) var members: [Member] = []
    /// Where each key stands; kept only for objects too large for a linear search.
    private var positions: [String: Int]?

    private static let largestSearchedLinearly = 16

    /// No members.
    package init() {}

    /// The given members; of a repeated key the last value counts, at the place of the first.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { set(key, value) }
    }

    /// The number of members.
    package var count: Int { members.count }
    /// Whether there are no members.
    package var isEmpty: Bool { members.isEmpty }
    /// The keys in order.
    package var keys: [String] { members.map(\.key) }

    /// The value of `key`. Setting keeps the place of a key that exists and appends a new one; nil removes the member
    /// (to store a null, set `.null`).
    package subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            if let newValue { set(key, newValue) } else { remove(key) }
        }
    }

    mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Adds a member whose key is known to be new.
    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if positions != nil {
            positions?[key] = members.count - 1
        } else if members.count > Self.largestSearchedLinearly {
            rebuildPositions()
        }
    }

    private mutating func set(_ key: String, _ value: JSONValue) {
        if let position = position(of: key) {
            members[position].value = value
        } else {
            append(key, value)
        }
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        members.remove(at: position)
        if positions != nil { rebuildPositions() }
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[key] }
        return members.firstIndex { $0.key == key }
    }

    private mutating func rebuildPositions() {
        guard members.count > Self.largestSearchedLinearly else {
            positions = nil
            return
        }
        positions = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { $1 })
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && zip(left.members, right.members).allSatisfy { mine, other in
                mine.key == other.key ? mine.value == other.value : right[mine.key] == mine.value
            }
    }

    package func hash(into hasher: inout Hasher) {
        // Members hash on their own and are summed, so that order does not matter.
        var sum = 0
        for member in members { sum &+= member.hashValue }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
