package import Tenancy
package import FoundationEssentials

/// What some spans of a trace say about it. Digests of the same trace combine to the same one in any order and number:
/// what is first or last is decided by moments.
package struct TraceDigest: Sendable, Hashable {
    /// Something that the earliest or latest span decides.
    package struct Dated<Value: Sendable & Hashable>: Sendable, Hashable {
        package let value: Value
        package let at: Date
    }

    package let organizationID: OrganizationID
    package let traceID: TraceID
    package let projectID: ProjectID
    package let receivedAt: Date
    package private(set) var firstSpanAt: Date
    package private(set) var lastSpanAt: Date
    package private(set) var endedAt: Date
    package private(set) var root: Dated<String>?
    package private(set) var service: Dated<String>?
    package private(set) var input: Dated<String>?
    package private(set) var output: Dated<String>?
    /// Whether there is a span that no evaluation made.
    package private(set) var isFresh: Bool

    /// Before and after every moment that a span may have: a root decides before all others.
    private static let earliest = Date(timeIntervalSince1970: 0)
    private static let latest = Date(timeIntervalSince1970: 32_503_680_000)

    /// What one span says.
    package init(_ span: TraceSpan, of batch: SpanBatch) {
        organizationID = batch.organizationID
        projectID = batch.projectID
        receivedAt = batch.receivedAt
        traceID = span.traceID
        let (start, end) = (span.start.date, span.end.date)
        (firstSpanAt, lastSpanAt, endedAt) = (start, start, end)
        isFresh = !span.isEvaluation
        guard isFresh else { return }
        let isRoot = span.parentID == nil
        if isRoot { root = Dated(value: span.name, at: start) }
        service = span.origin.serviceName.map { Dated(value: $0, at: isRoot ? Self.earliest : start) }
        input = span.input.map { Dated(value: Preview.of($0), at: isRoot ? Self.earliest : start) }
        output = span.output.map { Dated(value: Preview.of($0), at: isRoot ? Self.latest : end) }
    }

    /// Adds what another digest of the same trace says.
    package mutating func combine(_ other: TraceDigest) {
        firstSpanAt = min(firstSpanAt, other.firstSpanAt)
        lastSpanAt = max(lastSpanAt, other.lastSpanAt)
        // An evaluation comes when the trace is long over: its spans do not make the trace longer.
        if isFresh == other.isFresh {
            endedAt = max(endedAt, other.endedAt)
        } else if other.isFresh {
            endedAt = other.endedAt
        }
        isFresh = isFresh || other.isFresh
        root = Self.earlier(root, other.root)
        service = Self.earlier(service, other.service)
        input = Self.earlier(input, other.input)
        if let theirs = other.output, output.map({ $0.at < theirs.at }) ?? true { output = theirs }
    }

    private static func earlier(_ one: Dated<String>?, _ other: Dated<String>?) -> Dated<String>? {
        guard let one else { return other }
        guard let other, other.at < one.at else { return one }
        return other
    }
}
