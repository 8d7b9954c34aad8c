internal import FoundationEssentials
internal import JSON
internal import WireAPI

/// What a job is about, for people: the members of its payload, one by one.
struct JobPayload {
    let facts: [OperatorJobDetail.Fact]
    /// Whether something was left out that may hold what was asked and answered.
    let isContentHidden: Bool

    /// How much of one value is shown.
    private static let longest = 500
    private static let hidden = "‹hidden›"
    /// Names whose texts never come from a prompt.
    private static let plainNames: Set<String> = ["kind", "format", "event", "state", "reason", "mode", "queue"]

    /// The members of a JSON object; without `showsContent` only those that cannot hold a prompt or an answer.
    init(_ json: [UInt8], showsContent: Bool) throws {
        var isHidden = false
        facts = (try JSONParser.parse(String(decoding: json, as: UTF8.self)).objectValue?.members ?? []).map { member in
            let isShown = showsContent || Self.isPlain(member.key, member.value)
            if !isShown { isHidden = true }
            return OperatorJobDetail.Fact(
                name: member.key, value: isShown ? Self.text(of: member.value) : Self.hidden)
        }
        isContentHidden = isHidden
    }

    private static func isPlain(_ name: String, _ value: JSONValue) -> Bool {
        guard let text = value.stringValue else { return value.objectValue == nil && value.arrayValue == nil }
        return UUID(uuidString: text) != nil || plainNames.contains(name)
    }

    private static func text(of value: JSONValue) -> String {
        let text = value.stringValue ?? value.description
        return text.count > longest ? "\(text.prefix(longest))…" : text
    }
}
