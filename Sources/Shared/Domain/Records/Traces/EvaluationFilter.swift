package import FoundationEssentials
package import Scoring
package import Tenancy

package typealias EvaluationFilterID = EntityID<EvaluationFilter>

/// Which traces are evaluated, by what, and how.
package struct EvaluationFilter: Sendable, Hashable {
    /// What evaluates them.
    package enum Target: Sendable, Hashable {
        case evaluator(EvaluatorID)
        case judge(JudgeID)
    }

    /// What its makers say.
    package struct Content: Sendable, Hashable {
        package var name: String
        package var target: Target
        /// An object with `conditions`, as it was given.
        package var criteria: OpaqueJSON
        /// An array of rules, as it was given.
        package var extractorRules: OpaqueJSON
        /// How many of the traces that fulfil the criteria are evaluated, from 0 to 1.
        package var samplingRate: Double
        /// How long a trace has to have been quiet.
        package var delaySeconds: Int
        /// Whether traces that had begun before the filter was made are left alone. Where they are not, those of the last
        /// thirty days are evaluated as well, the newest ten thousand.
        package var appliesToNewOnly: Bool
        package var isActive: Bool

        package init(
            name: String, target: Target, criteria: OpaqueJSON, extractorRules: OpaqueJSON, samplingRate: Double,
            delaySeconds: Int, appliesToNewOnly: Bool, isActive: Bool
        ) {
            self.name = name
            self.target = target
            self.criteria = criteria
            self.extractorRules = extractorRules
            self.samplingRate = samplingRate
            self.delaySeconds = delaySeconds
            self.appliesToNewOnly = appliesToNewOnly
            self.isActive = isActive
        }
    }

    package let id: EvaluationFilterID
    package let organizationID: OrganizationID
    /// In whose name traces are evaluated.
    package let ownerID: UserID
    package let content: Content
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: EvaluationFilterID, organizationID: OrganizationID, ownerID: UserID, content: Content, createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.ownerID = ownerID
        self.content = content
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Where a trace stands among all, from 0 to 1: the same for a trace and a filter on every machine, so that what a
    /// smaller rate chooses a greater one chooses as well.
    package func place(of trace: TraceID) -> Double {
        let hash = Self.mixed(trace.uuid.folded ^ Self.mixed(id.uuid.folded))
        return Double(hash >> 11) / Double(UInt64(1) << 53)
    }

    /// Whether the trace is one of those that the rate chooses.
    package func samples(_ trace: TraceID) -> Bool { place(of: trace) < content.samplingRate }

    /// SplitMix64's last step: each bit of the result depends on each of the value.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

extension UUID {
    fileprivate var folded: UInt64 {
        let b = uuid
        let high = [b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = [b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Identifiers may be the same in one half.
        return high ^ (low << 17 | low >> 47)
    }
}

/// What becomes of a trace under a filter. The last five are for good.
package enum CandidateState: String, Sendable, Hashable, CaseIterable {
    /// Waits until the trace has been quiet for long enough.
    case settling
    /// Waits for its evaluation, or is being evaluated.
    case queued
    case scored
    /// Fulfils the criteria, and is not one of those that the rate chooses.
    case sampledOut = "sampled_out"
    /// Does not fulfil the criteria.
    case filteredOut = "filtered_out"
    case failed
    /// The filter was changed, switched off or deleted before it was evaluated.
    case superseded

    package var isFinal: Bool {
        switch self {
        case .settling, .queued: false
        case .scored, .sampledOut, .filteredOut, .failed, .superseded: true
        }
    }
}

/// A trace under a filter.
package struct TraceCandidate: Sendable, Hashable {
    package let organizationID: OrganizationID
    package let filterID: EvaluationFilterID
    package let traceID: TraceID
    package let state: CandidateState
    /// Why, for operators and engineers.
    package let reason: String
    package let executionLogID: ExecutionLogID?

    package init(
        organizationID: OrganizationID, filterID: EvaluationFilterID, traceID: TraceID, state: CandidateState,
        reason: String, executionLogID: ExecutionLogID?
    ) {
        self.organizationID = organizationID
        self.filterID = filterID
        self.traceID = traceID
        self.state = state
        self.reason = reason
        self.executionLogID = executionLogID
    }
}
