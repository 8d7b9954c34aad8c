package import HTTPMessages
package import JSON

/// What can be sent, or is answered.
package struct Content: Sendable {
    package let type: String
    /// Made when the document is, because named schemas are collected then.
    let schema: @Sendable (inout SchemaReader) -> Schema

    /// Whether it is a form that may have files in it.
    var isMultipart: Bool { type.hasPrefix("multipart/") }

    /// JSON that is a `T`.
    package static func json<T: Decodable & SendableMetatype>(_: T.Type, type: String = "application/json") -> Content {
        Content(type: type) { $0.schema(of: T.self) }
    }

    /// A page of a list of `T`s.
    package static func page<T: Decodable & SendableMetatype>(of _: T.Type) -> Content {
        Content(type: "application/json") { reader in
            let items = Schema.array(of: reader.read(T.self, isSent: true).schema)
            return .object(
                .init(
                    "next", Schema.string.orNull.saying("Where the next page is; null on the last."), isRequired: true),
                .init(
                    "previous", Schema.string.orNull.saying("Where the page before is; null on the first."),
                    isRequired: true),
                .init("results", items, isRequired: true))
        }
    }

    /// What a schema made by hand says.
    package static func of(_ schema: Schema, type: String = "application/json") -> Content {
        Content(type: type) { _ in schema }
    }
}

/// One thing that an API can be asked for.
package struct Operation: Sendable {
    package let method: HTTPMethod
    /// As the route is registered.
    package let path: String
    /// Unique; generated clients name their functions by it.
    package let id: String
    /// What it does, in a few words.
    package let summary: String
    /// What else there is to know.
    package private(set) var text = ""
    package private(set) var parameters: [Parameter] = []
    /// What may be sent, each of these.
    package private(set) var bodies: [Content] = []
    package private(set) var isBodyRequired = false
    /// What is answered when all is well.
    package private(set) var answers: [Answer] = []
    /// The statuses of problems beside those of every call.
    package private(set) var problems: Set<Int> = []
    package private(set) var isDeprecated = false
    /// Whether it takes no credentials.
    package private(set) var isForEverybody = false
    /// What is sent in the example.
    package private(set) var example: JSONValue?
    /// Whether problems come as clients of OpenAI read them.
    package private(set) var speaksOpenAI = false

    /// What is answered when all is well.
    package struct Answer: Sendable {
        package let status: Int
        package let text: String
        /// Each of these; none for an answer without a body.
        package let contents: [Content]
    }

    package init(_ method: HTTPMethod, _ path: String, _ id: String, _ summary: String) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        parameters = path.split(separator: "/").filter { $0.first == "{" }.map {
            Parameter(String($0.dropFirst().dropLast()), in: .path, .uuid, "")
        }
        problems = parameters.isEmpty ? [] : [404]
    }

    // MARK: Saying more

    /// What else there is to know.
    package func saying(_ text: String) -> Operation { changing { $0.text = text } }

    /// What the query or the header may say; a parameter of the path that is no UUID is named here too.
    package func asking(_ more: Parameter...) -> Operation {
        changing { copy in
            copy.parameters.removeAll { old in more.contains { $0.name == old.name && $0.place == old.place } }
            copy.parameters += more
        }
    }

    /// JSON that is sent.
    package func taking<T: Decodable & SendableMetatype>(_ type: T.Type, isRequired: Bool = true) -> Operation {
        taking(.json(type), isRequired: isRequired)
    }

    /// What is sent.
    package func taking(_ contents: Content..., isRequired: Bool = true) -> Operation {
        changing { copy in
            copy.bodies += contents
            copy.isBodyRequired = isRequired
            copy.problems.formUnion([400, 408, 413, 415])
        }
    }

    /// JSON that is answered.
    package func answering<T: Decodable & SendableMetatype>(_ status: Int = 200, _ type: T.Type, _ text: String = "")
        -> Operation
    {
        answering(status, text, .json(type))
    }

    /// What is answered.
    package func answering(_ status: Int, _ text: String, _ contents: Content...) -> Operation {
        changing { $0.answers.append(Answer(status: status, text: text, contents: contents)) }
    }

    /// What may be answered in place of the last answer's contents, with the same status.
    package func orAnswering(_ contents: Content...) -> Operation {
        changing { copy in
            guard let last = copy.answers.popLast() else { return }
            copy.answers.append(Answer(status: last.status, text: last.text, contents: last.contents + contents))
        }
    }

    /// The statuses of problems that it may end with, beside those of every call.
    package func failing(_ statuses: Int...) -> Operation { changing { $0.problems.formUnion(statuses) } }

    /// There is a better way.
    package var deprecated: Operation { changing { $0.isDeprecated = true } }

    /// No credentials are needed.
    package var forEverybody: Operation { changing { $0.isForEverybody = true } }

    /// Problems come as clients of OpenAI read them.
    package var forOpenAI: Operation { changing { $0.speaksOpenAI = true } }

    /// What is sent in the example.
    package func showing(_ example: JSONValue) -> Operation { changing { $0.example = example } }

    private func changing(_ change: (inout Operation) -> Void) -> Operation {
        var copy = self
        change(&copy)
        return copy
    }
}
