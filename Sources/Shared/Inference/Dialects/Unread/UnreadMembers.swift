internal import JSON

/// The members inside a request that have no neutral meaning, by their names without the numbers of elements:
/// `messages.weight`. Those of the request itself are extras; of these the caller is told that they did not go along.
///
/// Those that say nothing are not among them: `null`, and the empty lists and objects that clients repeat from answers.
struct UnreadMembers {
    private(set) var names: [String] = []

    /// More of them than anybody reads.
    private static let most = 16
    private static let longestName = 80

    /// Notes the members of an object that are not `known`.
    mutating func look(_ node: JSONNode?, _ place: String, known: Set<String>) throws(JSONDecodingError) {
        guard let node, node.isObject else { return }
        for (name, value) in try node.members() where !known.contains(name) && !value.saysNothing {
            note("\(place).\(name)")
        }
    }

    /// Does the same for the members of an object in an object.
    mutating func look(
        _ node: JSONNode, _ member: String, in place: String, known: Set<String>
    ) throws(JSONDecodingError) {
        guard let inner = node[member] else { return }
        try look(inner, "\(place).\(member)", known: known)
    }

    private mutating func note(_ name: String) {
        // It becomes a part of a field, where a caller's own letters have no place.
        let plain = name.unicodeScalars.prefix(Self.longestName).map { Self.isPlain($0) ? $0 : "_" }
        let text = String(String.UnicodeScalarView(plain))
        guard names.count < Self.most, !names.contains(text) else { return }
        names.append(text)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "$": true
        default: false
        }
    }
}

extension JSONNode {
    fileprivate var saysNothing: Bool {
        switch kind {
        case .null: true
        case .array, .object: count == 0
        case .bool, .number, .string: false
        }
    }
}
