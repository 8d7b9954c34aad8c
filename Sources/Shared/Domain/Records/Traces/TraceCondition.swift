package import FoundationEssentials

/// How a text is compared. Case counts.
package enum TextComparison: Sendable, Hashable {
    case equals(String)
    case differs(String)
    case contains(String)
    case startsWith(String)
    case anyOf([String])
    case noneOf([String])

    /// Whether a text passes.
    package func holds(for text: String) -> Bool {
        switch self {
        case .equals(let other): text == other
        case .differs(let other): text != other
        case .contains(let part): part.isEmpty || text.contains(part)
        case .startsWith(let beginning): text.hasPrefix(beginning)
        case .anyOf(let options): options.contains(text)
        case .noneOf(let options): !options.contains(text)
        }
    }
}

/// How what has an order is compared with a value.
package enum OrderOperator: String, Sendable, Hashable, CaseIterable {
    case equal = "="
    case different = "<>"
    case greater = ">"
    case atLeast = ">="
    case less = "<"
    case atMost = "<="

    /// Whether the left value stands to the right one as asked.
    package func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .different: left != right
        case .greater: left > right
        case .atLeast: left >= right
        case .less: left < right
        case .atMost: left <= right
        }
    }
}

/// How an attribute's value is compared; a span without the attribute passes no comparison.
package enum ValueComparison: Sendable, Hashable {
    case text(TextComparison)
    case number(OrderOperator, Double)
    case flag(Bool)
    case moment(OrderOperator, Date)
}

/// One thing that a trace has to fulfil.
package enum TraceCondition: Sendable, Hashable {
    /// A text of the trace's summary.
    package enum Text: Sendable, Hashable { case name, input, output }
    /// A moment of the trace's summary.
    package enum Moment: Sendable, Hashable { case firstSpan, lastSpan }
    /// Where an attribute is looked up.
    package enum Place: Sendable, Hashable { case resource, span }

    case text(Text, TextComparison)
    case spanCount(OrderOperator, Double)
    case moment(Moment, OrderOperator, Date)
    /// Whether any span of the trace has an error.
    case hasError(Bool)
    /// Some span is of one of these kinds.
    case kind(Set<SpanKind>)
    /// Some span ended in one of these ways.
    case status(Set<SpanStatus>)
    /// Some span has such a name.
    case spanName(TextComparison)
    /// Some span has such an attribute.
    case attribute(Place, key: String, ValueComparison)
}

extension TraceCondition {
    /// Whether a single span passes; what is said of the whole trace is read as said of the span.
    package func holds(for span: TraceSpan) -> Bool {
        switch self {
        case .text(.name, let comparison), .spanName(let comparison): comparison.holds(for: span.name)
        case .text(.input, let comparison): comparison.holds(for: span.input ?? "")
        case .text(.output, let comparison): comparison.holds(for: span.output ?? "")
        case .spanCount(let order, let count): order.holds(1, count)
        case .moment(_, let order, let date): order.holds(span.start.date, date)
        case .hasError(let wanted): span.hasError == wanted
        case .kind(let kinds): kinds.contains(span.kind)
        case .status(let states): states.contains(span.status)
        case .attribute(let place, let key, let comparison):
            (place == .span ? span.attributes : span.origin.resource)[key].map(comparison.holds) ?? false
        }
    }
}

extension ValueComparison {
    /// Whether an attribute's value passes.
    package func holds(for value: AttributeValue) -> Bool {
        switch (self, value) {
        case (.text(let comparison), .string(let text)): comparison.holds(for: text)
        case (.text(let comparison), .integer(let number)): comparison.holds(for: "\(number)")
        case (.text(let comparison), .double(let number)): comparison.holds(for: "\(number)")
        case (.text(let comparison), .bool(let flag)): comparison.holds(for: "\(flag)")
        case (.number(let order, let wanted), .integer(let number)): order.holds(Double(number), wanted)
        case (.number(let order, let wanted), .double(let number)): order.holds(number, wanted)
        case (.flag(let wanted), .bool(let flag)): flag == wanted
        case (.moment(let order, let wanted), .string(let text)):
            (try? Date(text, strategy: .iso8601)).map { order.holds($0, wanted) } ?? false  // ok: no moment passes none
        case (.text, _), (.number, _), (.flag, _), (.moment, _): false
        }
    }
}
