/// What a JSON value looks like, as far as JSON Schema and OpenAPI 3.1 can say it.
package struct Schema: Sendable, Hashable {
    /// The kinds of values.
    package indirect enum Kind: Sendable, Hashable {
        /// Whatever its owner puts there.
        case any
        case boolean
        case integer
        case number
        /// `format` is a word of JSON Schema, such as `uuid` or `date-time`.
        case string(format: String?)
        case array(Schema)
        /// Names that are data, each with a value.
        case map(Schema)
        case object([Member])
        /// One of the document's components.
        case reference(String)
    }

    /// A member of an object.
    package struct Member: Sendable, Hashable {
        package let name: String
        package var schema: Schema
        /// Whether it is there always.
        package var isRequired: Bool

        package init(_ name: String, _ schema: Schema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    package var kind: Kind
    package var isNullable = false
    /// What a person should know about it.
    package var text = ""
    /// The only values of a string; any when empty.
    package var choices: [String] = []
    package var range: ClosedRange<Double>?
    /// Characters of a string.
    package var lengths: ClosedRange<Int>?
    /// Elements of an array.
    package var counts: ClosedRange<Int>?
    package var isDeprecated = false

    package init(_ kind: Kind) { self.kind = kind }
}

extension Schema {
    /// Whatever its owner puts there.
    package static let any = Schema(.any)
    package static let boolean = Schema(.boolean)
    package static let integer = Schema(.integer)
    package static let number = Schema(.number)
    package static let string = Schema(.string(format: nil))
    package static let uuid = Schema(.string(format: "uuid"))
    package static let moment = Schema(.string(format: "date-time"))
    /// Bytes that are no JSON, such as a file.
    package static let bytes = Schema(.string(format: "binary"))

    package static func array(of element: Schema) -> Schema { Schema(.array(element)) }
    package static func map(of value: Schema) -> Schema { Schema(.map(value)) }

    /// An object of the given members.
    package static func object(_ members: Member...) -> Schema { Schema(.object(members)) }

    /// One of these words.
    package static func words(_ choices: [String]) -> Schema {
        var schema = Schema.string
        schema.choices = choices
        return schema
    }

    /// The same with what a person should know.
    package func saying(_ text: String) -> Schema {
        var copy = self
        copy.text = text
        return copy
    }

    /// The same, or null.
    package var orNull: Schema {
        var copy = self
        copy.isNullable = true
        return copy
    }

    /// This schema with what a note says of it.
    func noted(_ note: Note) -> Schema {
        var copy = self
        copy.text = note.text
        if !note.choices.isEmpty { copy.choices = note.choices }
        copy.range = note.range ?? range
        copy.lengths = note.lengths ?? lengths
        copy.counts = note.counts ?? counts
        copy.isDeprecated = note.isDeprecated
        if let shape = note.shape { copy.kind = shape.kind }
        if let each = note.each.first, case .array(let element) = copy.kind { copy.kind = .array(element.noted(each)) }
        return copy
    }
}
