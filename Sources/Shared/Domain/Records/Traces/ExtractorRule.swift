/// Where something is found in a span.
package struct ValueLocator: Sendable, Hashable {
    /// Which attributes are looked through.
    package enum Place: Sendable, Hashable {
        case span
        case resource
        /// The first event of that name that has the attribute.
        case event(named: String)
    }

    package let place: Place
    package let key: String
    /// The way into the value, read as JSON; `nil` for the value itself.
    package let path: ValuePath?

    package init(place: Place, key: String, path: ValuePath? = nil) {
        self.place = place
        self.key = key
        self.path = path
    }

    /// The value that is there.
    package func value(in span: TraceSpan) -> AttributeValue? {
        switch place {
        case .span: span.attributes[key]
        case .resource: span.origin.resource[key]
        case .event(let name):
            span.events.lazy.filter { $0.name == name }.compactMap { $0.attributes[key] }.first
        }
    }
}

/// How a span is made a part of the conversation that is evaluated.
package struct ExtractorRule: Sendable, Hashable {
    /// What a span gives.
    package enum Emission: Sendable, Hashable {
        /// One thing that somebody said.
        case text(role: Turn, ValueLocator, toolName: String?)
        /// A question and its answer.
        case requestResponse(input: ValueLocator, output: ValueLocator)
        /// A call of a tool and what it gave back.
        case toolPair(input: ValueLocator, output: ValueLocator, name: ToolName)
        /// Messages in the words of OpenTelemetry's conventions for generative AI.
        case messages(input: ValueLocator, output: ValueLocator)
    }

    /// Who said it.
    package enum Turn: String, Sendable, Hashable, CaseIterable {
        case system
        case user
        case assistant
        case tool
    }

    /// What a tool is called.
    package enum ToolName: Sendable, Hashable {
        /// The span's name.
        case span
        case fixed(String)
        case located(ValueLocator)
    }

    package let emission: Emission
    /// What a span has to fulfil.
    package let conditions: [TraceCondition]

    package init(_ emission: Emission, conditions: [TraceCondition] = []) {
        self.emission = emission
        self.conditions = conditions
    }

    /// What is done without rules.
    package static let standard: [ExtractorRule] = [
        ExtractorRule(
            .messages(
                input: ValueLocator(place: .span, key: SpanConventions.inputMessages),
                output: ValueLocator(place: .span, key: SpanConventions.outputMessages)))
    ]

    /// Whether it can give what a user said.
    package var givesUser: Bool {
        switch emission {
        case .requestResponse, .messages: true
        case .text(let role, _, _): role == .user
        case .toolPair: false
        }
    }

    /// Whether it can give what the agent said.
    package var givesAgent: Bool {
        switch emission {
        case .requestResponse, .messages: true
        case .text(let role, _, _): role == .assistant
        case .toolPair: false
        }
    }
}
