/// Something that a model may ask to have done.
package struct ChatTool: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        case function(Function)
        /// A tool that only one dialect knows, such as a provider's own web search.
        case opaque(RawJSON, ChatDialect)
    }

    /// A function of the caller.
    package struct Function: Sendable, Hashable {
        package var name: String
        package var description: String?
        /// The JSON Schema of its arguments; `nil` when it takes none.
        package var parameters: RawJSON?
        /// Whether the arguments have to follow the schema exactly.
        package var isStrict: Bool?

        package init(name: String, description: String? = nil, parameters: RawJSON? = nil, isStrict: Bool? = nil) {
            self.name = name
            self.description = description
            self.parameters = parameters
            self.isStrict = isStrict
        }
    }

    /// What it is.
    package var kind: Kind
    /// That everything up to here is worth caching at the provider.
    package var cache: CacheMark?

    package init(_ kind: Kind, cache: CacheMark? = nil) {
        self.kind = kind
        self.cache = cache
    }

    /// The function, when it is one.
    package var function: Function? {
        guard case .function(let function) = kind else { return nil }
        return function
    }
}

/// Whether the model may, must or must not call tools.
package enum ToolChoice: Sendable, Hashable {
    case automatic
    case forbidden
    /// At least one.
    case required
    /// This one.
    case named(String)
    /// A choice that only one dialect knows.
    case opaque(RawJSON, ChatDialect)

    /// Whether a call has to come.
    package var isCall: Bool {
        switch self {
        case .required, .named: true
        case .automatic, .forbidden, .opaque: false
        }
    }
}
