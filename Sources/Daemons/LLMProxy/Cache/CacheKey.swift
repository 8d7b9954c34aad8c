internal import Cryptography
internal import JSON
package import Tenancy

/// The place of an answer: a hash of everything that decides what the answer may be.
package struct CacheKey: Sendable, Hashable {
    let organization: OrganizationID
    let digest: String

    /// What is asked, where and by whom. Calls are the same when all of it is the same, whatever the order of members and
    /// the blanks in their bodies.
    package struct Question: Sendable {
        package let organization: OrganizationID
        /// What the answer may lack without the caller being told, as he said it; empty for nothing.
        package let dispensable: String
        /// The path that was called: the answer has its form.
        package let endpoint: String
        package let provider: String
        /// The model by the name it has at its provider.
        package let model: String
        /// What the provider is told beside the body.
        package let fields: [String]
        package let body: [UInt8]

        package init(
            organization: OrganizationID, dispensable: String, endpoint: String, provider: String, model: String,
            fields: [String] = [], body: [UInt8]
        ) {
            self.organization = organization
            self.dispensable = dispensable
            self.endpoint = endpoint
            self.provider = provider
            self.model = model
            self.fields = fields
            self.body = body
        }
    }

    /// `nil` when the body is no JSON object, or what is answered depends on what the provider has kept.
    package init?(_ question: Question) {
        let body: JSONValue
        do {
            body = try JSONParser.parse(question.body)
        } catch {
            return nil
        }
        guard case .object(var object) = body else { return nil }
        guard !Self.stateful.contains(where: { object[$0].map { $0 != .null && $0 != .bool(false) } ?? false }) else {
            return nil
        }
        // They say on whose behalf a question is asked, and not what is asked.
        for name in ["user", "metadata", "safety_identifier", "model"] { object[name] = nil }
        organization = question.organization
        var message: [UInt8] = []
        for part in [
            Self.format, question.organization.description, question.dispensable, question.endpoint, question.provider,
            question.model, String(question.fields.count),
        ] + question.fields {
            // Lengths keep the end of one part from passing for the beginning of the next.
            message += Array("\(part.utf8.count):\(part)".utf8)
        }
        message += JSONWriter.bytes(of: Self.sorted(.object(object)))
        digest = Hexadecimal.encode(SHA256.hash(message))
    }

    /// Changes when answers that were kept before must not be found any more.
    private static let format = "2"

    /// A conversation that grows, an answer that is fetched later, a machine that remembers.
    private static let stateful = ["conversation", "background", "container"]

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .integer, .number, .string: value
        case .array(let elements): .array(elements.map(sorted))
        case .object(let object):
            .object(
                JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
        }
    }
}
