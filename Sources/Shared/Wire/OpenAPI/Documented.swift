/// A type of the wire that has a name in the document. What it looks like is read from how it decodes itself; what people
/// should know beside that stands in its notes.
package protocol Documented: Decodable {
    static var notes: TypeNotes { get }
}

/// What is received: whatever is optional may be left out, and null means the same.
package protocol DocumentedRequest: Documented {}

/// What is sent: every member is there, and null stands for what there is not.
package protocol DocumentedResponse: Documented {}

/// What people should know about a type.
package struct TypeNotes: Sendable {
    /// Its name in the document.
    package let name: String
    package let text: String
    /// By the name of a member on the wire.
    package let members: [String: Note]

    package init(_ name: String, _ text: String, _ members: [String: Note] = [:]) {
        self.name = name
        self.text = text
        self.members = members
    }
}

/// What people should know about a member, and what programs cannot read from its type.
package struct Note: Sendable, ExpressibleByStringLiteral {
    package let text: String
    let choices: [String]
    let range: ClosedRange<Double>?
    let lengths: ClosedRange<Int>?
    let counts: ClosedRange<Int>?
    /// About the elements of an array: one note, or none.
    let each: [Note]
    /// In place of a type that is open.
    let shape: Schema?
    let isDeprecated: Bool
    let isLeftOut: Bool

    /// `isLeftOut` is said of a member of an answer that is not there where others are null.
    package init(
        _ text: String, choices: [String] = [], range: ClosedRange<Double>? = nil, lengths: ClosedRange<Int>? = nil,
        counts: ClosedRange<Int>? = nil, each: Note? = nil, shape: Schema? = nil, isDeprecated: Bool = false,
        isLeftOut: Bool = false
    ) {
        self.text = text
        self.choices = choices
        self.range = range
        self.lengths = lengths
        self.counts = counts
        self.each = each.map { [$0] } ?? []
        self.shape = shape
        self.isDeprecated = isDeprecated
        self.isLeftOut = isLeftOut
    }

    package init(stringLiteral text: String) { self.init(text) }
}

/// The words of an enumeration, as they stand on the wire.
package func words<Choice: CaseIterable & RawRepresentable<String>>(of _: Choice.Type) -> [String] {
    Choice.allCases.map(\.rawValue)
}
