package import FoundationEssentials
package import Tenancy

/// What lists say of a trace.
package struct TraceSummary: Sendable, Hashable {
    package let id: TraceID
    package let projectID: ProjectID
    /// When the first of its spans was stored.
    package let createdAt: Date
    /// When its first span began.
    package let firstSpanAt: Date
    /// When its last span began.
    package let lastSpanAt: Date
    /// When the last of its spans ended.
    package let endedAt: Date
    package let spanCount: Int
    package let errorCount: Int
    /// `nil` as long as no root has come.
    package let rootSpanName: String?
    package let serviceName: String?
    package let inputPreview: String
    package let outputPreview: String

    package init(
        id: TraceID, projectID: ProjectID, createdAt: Date, firstSpanAt: Date, lastSpanAt: Date, endedAt: Date,
        spanCount: Int, errorCount: Int, rootSpanName: String?, serviceName: String?, inputPreview: String,
        outputPreview: String
    ) {
        self.id = id
        self.projectID = projectID
        self.createdAt = createdAt
        self.firstSpanAt = firstSpanAt
        self.lastSpanAt = lastSpanAt
        self.endedAt = endedAt
        self.spanCount = spanCount
        self.errorCount = errorCount
        self.rootSpanName = rootSpanName
        self.serviceName = serviceName
        self.inputPreview = inputPreview
        self.outputPreview = outputPreview
    }

    package var hasError: Bool { errorCount > 0 }
}

/// A span as it is stored, with when it came.
package struct StoredSpan: Sendable, Hashable {
    package let span: TraceSpan
    package let receivedAt: Date

    package init(span: TraceSpan, receivedAt: Date) {
        self.span = span
        self.receivedAt = receivedAt
    }
}

/// The spans of one request that go to one project, to be stored together.
package struct SpanBatch: Sendable {
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let spans: [TraceSpan]
    package let receivedAt: Date

    package init(organizationID: OrganizationID, projectID: ProjectID, spans: [TraceSpan], receivedAt: Date) {
        self.organizationID = organizationID
        self.projectID = projectID
        self.spans = spans
        self.receivedAt = receivedAt
    }
}
