package import FoundationEssentials

/// A trace, as a row of `GET /internal/traces`.
package struct OperatorTraceRow: Codable, Sendable, Hashable, Identifiable {
    /// 32 hexadecimal digits.
    package let id: String
    /// The root's; empty as long as none has come.
    package let name: String
    package let service: String
    /// When its first span began.
    package let startedAt: Date
    /// From its first span's begin to the last end.
    package let durationMicroseconds: Int64
    package let spanCount: Int
    package let errorCount: Int
    package let inputPreview: String
    package let outputPreview: String
    package let projectID: UUID
    /// When the first of its spans came.
    package let createdAt: Date

    package init(
        id: String, name: String, service: String, startedAt: Date, durationMicroseconds: Int64, spanCount: Int,
        errorCount: Int, inputPreview: String, outputPreview: String, projectID: UUID, createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.startedAt = startedAt
        self.durationMicroseconds = durationMicroseconds
        self.spanCount = spanCount
        self.errorCount = errorCount
        self.inputPreview = inputPreview
        self.outputPreview = outputPreview
        self.projectID = projectID
        self.createdAt = createdAt
    }
}

/// A page of traces, the newest first: `filters`, `cursor` and `page_size` select, as in the public API.
package struct OperatorTracePage: Codable, Sendable, Hashable {
    /// Where traces are.
    package static let path = "/internal/traces"

    package let results: [OperatorTraceRow]
    package let next: String?

    package init(results: [OperatorTraceRow], next: String?) {
        self.results = results
        self.next = next
    }
}

/// A span of a trace.
package struct OperatorSpan: Codable, Sendable, Hashable, Identifiable {
    /// An attribute with its value as text.
    package struct Attribute: Codable, Sendable, Hashable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Something that happened within it.
    package struct Event: Codable, Sendable, Hashable {
        package let name: String
        /// Since the trace began.
        package let atMicroseconds: Int64
        package let attributes: [Attribute]

        package init(name: String, atMicroseconds: Int64, attributes: [Attribute]) {
            self.name = name
            self.atMicroseconds = atMicroseconds
            self.attributes = attributes
        }
    }

    /// What an evaluation found that wrote it.
    package struct Evaluation: Codable, Sendable, Hashable {
        package let evaluator: String
        package let score: Double
        package let explanation: String
        package let executionID: UUID?

        package init(evaluator: String, score: Double, explanation: String, executionID: UUID?) {
            self.evaluator = evaluator
            self.score = score
            self.explanation = explanation
            self.executionID = executionID
        }
    }

    /// 16 hexadecimal digits.
    package let id: String
    package let parentID: String?
    package let name: String
    /// Such as `client`.
    package let kind: String
    package let service: String
    package let scope: String
    /// Since the trace began.
    package let startMicroseconds: Int64
    package let durationMicroseconds: Int64
    /// `OK`, `ERROR` or `UNSET`.
    package let status: String
    package let statusMessage: String
    package let attributes: [Attribute]
    package let resource: [Attribute]
    package let events: [Event]
    package let evaluation: Evaluation?

    package init(
        id: String, parentID: String?, name: String, kind: String, service: String, scope: String,
        startMicroseconds: Int64, durationMicroseconds: Int64, status: String, statusMessage: String,
        attributes: [Attribute], resource: [Attribute], events: [Event], evaluation: Evaluation?
    ) {
        self.id = id
        self.parentID = parentID
        self.name = name
        self.kind = kind
        self.service = service
        self.scope = scope
        self.startMicroseconds = startMicroseconds
        self.durationMicroseconds = durationMicroseconds
        self.status = status
        self.statusMessage = statusMessage
        self.attributes = attributes
        self.resource = resource
        self.events = events
        self.evaluation = evaluation
    }

    package var hasError: Bool { status == "ERROR" }
}

/// What became of a trace under a filter.
package struct OperatorTraceOutcome: Codable, Sendable, Hashable {
    package let filter: String
    /// Such as `sampled_out`.
    package let state: String
    package let reason: String
    package let executionID: UUID?

    package init(filter: String, state: String, reason: String, executionID: UUID?) {
        self.filter = filter
        self.state = state
        self.reason = reason
        self.executionID = executionID
    }
}

/// Everything about a trace, `GET /internal/traces/ID`.
package struct OperatorTraceDetail: Codable, Sendable, Hashable {
    package let trace: OperatorTraceRow
    /// In the order in which they began.
    package let spans: [OperatorSpan]
    /// Whether there are more spans than these.
    package let isCut: Bool
    package let outcomes: [OperatorTraceOutcome]

    package init(trace: OperatorTraceRow, spans: [OperatorSpan], isCut: Bool, outcomes: [OperatorTraceOutcome]) {
        self.trace = trace
        self.spans = spans
        self.isCut = isCut
        self.outcomes = outcomes
    }
}

/// Which trace an execution was about, `GET /internal/traces/of-execution/ID`.
package struct OperatorTraceOfExecution: Codable, Sendable, Hashable {
    package let traceID: String

    package init(traceID: String) { self.traceID = traceID }
}

/// A filter by which traces are evaluated, with what has become of traces under it: a row of
/// `GET /internal/trace-filters`.
package struct OperatorTraceFilter: Codable, Sendable, Hashable, Identifiable {
    package let id: UUID
    package let name: String
    /// `evaluator` or `judge`, and which.
    package let targetKind: String
    package let targetName: String
    package let samplingRate: Double
    package let delaySeconds: Int
    package let isActive: Bool
    /// How many traces have come to which state; their sum is that of all traces that came while it was active.
    package let counts: [String: Int]
    package let createdAt: Date

    package init(
        id: UUID, name: String, targetKind: String, targetName: String, samplingRate: Double, delaySeconds: Int,
        isActive: Bool, counts: [String: Int], createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.targetKind = targetKind
        self.targetName = targetName
        self.samplingRate = samplingRate
        self.delaySeconds = delaySeconds
        self.isActive = isActive
        self.counts = counts
        self.createdAt = createdAt
    }
}

/// All filters of the organisation, the newest first.
package struct OperatorTraceFilterList: Codable, Sendable, Hashable {
    /// Where filters are.
    package static let path = "/internal/trace-filters"

    package let results: [OperatorTraceFilter]

    package init(results: [OperatorTraceFilter]) { self.results = results }
}

extension OperatorRequest where Reply == OperatorTracePage {
    /// A page of traces that fulfil the conditions of a text, of at most `limit`, up to 100.
    package static func traces(_ filters: String, cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if !filters.isEmpty { parameters.append(Parameter("filters", filters)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorTracePage.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorTraceDetail {
    /// A trace with its spans.
    package static func trace(_ id: String) -> Self { Self(.get, "\(OperatorTracePage.path)/\(id)") }
}

extension OperatorRequest where Reply == OperatorTraceOfExecution {
    /// The trace that an execution was about.
    package static func trace(ofExecution id: UUID) -> Self {
        Self(.get, "\(OperatorTracePage.path)/of-execution/\(id.uuidString.lowercased())")
    }
}

extension OperatorRequest where Reply == OperatorTraceFilterList {
    /// All filters by which traces are evaluated.
    package static var traceFilters: Self { Self(.get, OperatorTraceFilterList.path) }
}
