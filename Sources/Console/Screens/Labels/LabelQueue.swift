package import FoundationEssentials
package import Terminal
package import WireAPI

/// What is labelled, one after the other: what comes next, and how it is read.
package protocol LabelQueue: Sendable {
    /// One of them.
    associatedtype Item: Sendable

    /// What is labelled as a whole, for the header.
    var subject: String { get }
    /// What they are, in the plural.
    var noun: String { get }
    /// The one that is labelled now, `nil` when none is left or none is known yet.
    var current: Item? { get }
    /// How many there are.
    var total: Int { get }
    /// How many of them are labelled, also before.
    var done: Int { get }
    /// Whether it is known what is left.
    var isRead: Bool { get }
    /// Whether more may come.
    var isReading: Bool { get }
    /// Why what comes next is not known.
    var failure: ServerFailure? { get }

    /// Reads what is needed next, where it is not read yet.
    mutating func begin(_ context: inout ScreenContext)
    /// What was asked for is not waited for any more, and what could not be read may be read again.
    mutating func forget()
    /// Begins anew with what is left.
    mutating func beginAnew(_ context: inout ScreenContext)
    /// Takes an answer of the server.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext)
    /// Goes on behind the present one: it was labelled, or is left as it is.
    mutating func advance(isLabelled: Bool, _ context: inout ScreenContext)
    /// Its label is not there after all: it comes at once, or behind the present one, which somebody may be answering.
    mutating func putBack(_ item: Item, behindCurrent: Bool, _ context: inout ScreenContext)

    /// By which an item is known again.
    func id(of item: Item) -> UUID
    /// What an item is called, such as `item 3`.
    func name(of item: Item) -> String
    /// Its text; `nil` while it is read.
    func document(of item: Item, width: Int, charset: Charset) -> Document?
    /// What is sent to label it.
    func draft(of item: Item, on scale: OperatorScale, value: Double, rationale: String?) -> OperatorLabelDraft
}
