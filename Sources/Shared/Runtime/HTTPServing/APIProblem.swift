package import HTTPMessages

/// An answer other than success: what a client is told when its request cannot be served.
///
/// Nothing of a database's or a provider's message goes in here: it is written for the person who sent the request.
package struct APIProblem: Error, Sendable, Hashable {
    /// The HTTP status.
    package var status: Int
    /// A stable word that programs compare, such as `not_found`.
    package var code: String
    /// What kind of problem it is, the same text for every problem of the kind.
    package var title: String
    /// What is wrong this time, for a person.
    package var detail: String
    /// Complaints about single fields of the request, by the field's name.
    package var fields: [String: [String]]
    /// Header fields that belong to the answer, such as `Retry-After`.
    package var headers: HTTPHeaders
    /// Whether the call has come to its end with this although it says that something failed: there is nothing to resume.
    package var isOutcome = false

    /// A problem whose title is its detail where none is given.
    package init(
        status: Int, code: String, title: String? = nil, detail: String, fields: [String: [String]] = [:],
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title ?? detail
        self.detail = detail
        self.fields = fields
        self.headers = headers
    }
}

extension APIProblem: CustomStringConvertible {
    package var description: String { "\(status) \(code): \(detail)" }
}

/// How many seconds a client is asked to wait before it tries again.
package struct RetryAfter: Sendable, Hashable {
    /// At least one second, and not more than an hour: clients obey literally.
    package let seconds: Int

    /// The whole seconds that cover `duration`.
    package init(_ duration: Duration) {
        let (seconds, rest) = duration.components
        self.seconds = Int(min(max(seconds + (rest > 0 ? 1 : 0), 1), 3600))
    }

    /// The header field.
    package var headers: HTTPHeaders { ["retry-after": "\(seconds)"] }
}

/// The body that errors of a route have.
package enum ErrorShape: Sendable, Hashable {
    /// RFC 7807 members, `code`, and a list for every field complained about.
    case problem
    /// The same, and the `error` object that OpenAI's clients read.
    case openAI
}
