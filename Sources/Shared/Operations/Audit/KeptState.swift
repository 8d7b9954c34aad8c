internal import Cryptography
internal import JSON
internal import Tenancy

/// How something is, as the audit keeps it: its figures, and a digest of all of them. Texts that are content, such as
/// prompts, stand there as a digest and a length: what they were is kept in the versions.
struct KeptState: Sendable {
    private let members: JSONObject

    /// What something is known by stays in every entry.
    private static let lasting: Set = ["name", "version", "digest"]

    init(_ figures: some Encodable) {
        let json = JSONCodec.encode(figures, absent: .omitted)
        var members = JSONObject()
        do {
            members = try JSONParser.parse(json).objectValue ?? members
        } catch {
            preconditionFailure("what was just written as JSON is none: \(error)")
        }
        members["digest"] = .string("sha256:" + Hexadecimal.encode(SHA256.hash(json)))
        self.members = members
    }

    /// All of it.
    var whole: JSONValue { .object(members) }

    /// What of it is otherwise in `other`, and what it is known by.
    func differing(from other: KeptState) -> JSONValue {
        .object(
            JSONObject(
                members.members.filter { Self.lasting.contains($0.key) || other.members[$0.key] != $0.value }
                    .map { ($0.key, $0.value) }))
    }
}

/// A text that is content, as the audit keeps it.
struct KeptText: Encodable, Sendable, Hashable {
    let sha256: String
    /// In bytes of UTF-8.
    let length: Int

    /// `nil` for no text.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        sha256 = Hexadecimal.encode(SHA256.hash(text))
        length = text.utf8.count
    }
}

extension Audit.Change {
    /// Something that is as `after` says since, and of which only what is otherwise than before is kept.
    init(_ result: Result, from before: some Encodable, to after: some Encodable) {
        let (old, new) = (KeptState(before), KeptState(after))
        self.init(result, before: old.differing(from: new), after: new.differing(from: old))
    }

    /// Something new.
    init(_ result: Result, made after: some Encodable) {
        self.init(result, after: KeptState(after).whole)
    }

    /// Something that is not there any more.
    init(_ result: Result, ending before: some Encodable) {
        self.init(result, before: KeptState(before).whole)
    }
}
