internal import HTTPMessages

/// Fields of calls with what a provider recognises us by among them. They never print.
struct AuthorizedFields: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let fields: HTTPHeaders

    var description: String { "‹redacted›" }
    var debugDescription: String { "‹redacted›" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
