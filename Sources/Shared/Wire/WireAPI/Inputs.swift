package import Scoring

/// The shape of one input that an execution needs: a string, or an array of strings or objects.
package struct InputShapeBody: Codable, Sendable, Hashable {
    /// What an array holds.
    package struct Items: Codable, Sendable, Hashable {
        package let type: String
    }

    package let type: String
    package let items: Items?

    private enum CodingKeys: String, CodingKey { case type, items }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        // Clients read `items` only on arrays, and a null there is not an absent one to all of them.
        if let items { try container.encode(items, forKey: .items) }
    }

    init(_ shape: InputShape) {
        switch shape {
        case .string: (type, items) = ("string", nil)
        case .arrayOfStrings: (type, items) = ("array", Items(type: "string"))
        case .arrayOfObjects: (type, items) = ("array", Items(type: "object"))
        }
    }

    /// The named shapes of `inputs`.
    package static func map(of inputs: ExecutionInputs) -> [String: InputShapeBody] {
        Dictionary(uniqueKeysWithValues: inputs.entries.map { ($0.name, InputShapeBody($0.shape)) })
    }
}
