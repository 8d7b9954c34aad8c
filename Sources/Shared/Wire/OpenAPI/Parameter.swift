internal import JSON

/// Something that a call says in its path, its query or its header.
package struct Parameter: Sendable {
    /// Where it is said.
    package enum Place: String, Sendable {
        case path, query, header
    }

    package let name: String
    package let place: Place
    package let schema: Schema
    package let text: String
    package let isRequired: Bool

    package init(_ name: String, in place: Place, _ schema: Schema, _ text: String, isRequired: Bool = false) {
        self.name = name
        self.place = place
        self.schema = schema
        self.text = text
        self.isRequired = isRequired || place == .path
    }

    var json: JSONValue {
        var members: JSONObject = ["name": .string(name), "in": .string(place.rawValue)]
        if isRequired { members["required"] = true }
        if !text.isEmpty { members["description"] = .string(text) }
        members["schema"] = schema.json
        return .object(members)
    }
}

extension Parameter {
    /// A text in the query.
    package static func text(_ name: String, _ text: String) -> Parameter {
        Parameter(name, in: .query, .string, text)
    }

    /// An identifier in the query.
    package static func id(_ name: String, _ text: String) -> Parameter { Parameter(name, in: .query, .uuid, text) }

    /// A yes or no in the query, no when it is absent.
    package static func flag(_ name: String, _ text: String) -> Parameter {
        Parameter(name, in: .query, .boolean, text)
    }

    /// A number in the query.
    package static func number(_ name: String, _ text: String) -> Parameter {
        Parameter(name, in: .query, .number, text)
    }

    /// A date, or a date and time, in the query.
    package static func moment(_ name: String, _ text: String) -> Parameter {
        Parameter(name, in: .query, .moment, text)
    }

    /// One of some words in the query.
    package static func word(_ name: String, of choices: [String], _ text: String) -> Parameter {
        Parameter(name, in: .query, .words(choices), text)
    }
}
