package import EventLoop
package import FoundationEssentials
internal import HTTPMessages
package import Logging
package import Observability
internal import Providers
internal import Records
package import Redis
internal import Scoring
package import Stores
internal import Tenancy
internal import WireAPI

/// Whether an evaluation gets through: the evaluation service and the LLM proxy are asked as for anybody, and the
/// demonstration model answers, which costs nothing. Where the demonstration is switched off, that the proxy says so is
/// answer enough.
package struct PathCheck: Sendable {
    private let organizations: OrganizationStore
    private let service: EvaldClient
    private let notices: Notices
    private let news: StateNews
    private let health: Gauge
    private let duration: Histogram
    private let logger: Logger

    package init(
        organizations: OrganizationStore, service: EvaldClient, notices: Notices, redis: RedisClient,
        metrics: Metrics, logger: Logger
    ) {
        self.organizations = organizations
        self.service = service
        self.notices = notices
        news = StateNews(redis: redis, prefix: "scorable:path", usual: Finding.through.state)
        health = metrics.gauge(
            "scorable_path_check_up", "1 when the last evaluation that was sent the whole way got through, else 0.")
        duration = metrics.histogram(
            "scorable_path_check_seconds",
            "From the moment an evaluation that is sent the whole way is due to its result.")
        self.logger = logger
    }

    /// What became of the evaluation.
    private enum Finding {
        case through
        case stopped(reason: String)

        var state: String {
            switch self {
            case .through: "through"
            case .stopped: "stopped"
            }
        }
    }

    /// Sends an evaluation the whole way, and tells operators when that has changed.
    /// - Throws: `CancellationError`; what a store throws.
    package func run(acceptedAt: Date, deadline: Deadline, traceParent: String?) async throws {
        guard let organization = try await organizations.all().first else { return }
        var propagation: HTTPHeaders = [:]
        propagation["traceparent"] = traceParent
        let context = CallContext(
            requestID: "health-canary", deadline: deadline, propagation: propagation, logger: logger)
        let finding = try await finding(
            EvaluationCall(
                organization: organization.id, evaluator: Self.evaluator,
                input: EvaluationInput(request: "Are you there?", response: "Yes, I am here."), lane: "interactive"),
            context)
        switch finding {
        case .through:
            health.set(1)
            duration.observe(max(0, Date().timeIntervalSince(acceptedAt)))
        case .stopped(let reason):
            health.set(0)
            logger.warning("an evaluation does not get through", metadata: ["reason": .string(reason)])
        }
        try await news.see("evaluation", finding.state) { try await tell(finding) }
    }

    private func finding(_ call: EvaluationCall, _ context: CallContext) async throws -> Finding {
        do {
            guard let failure = try await service.evaluate(call, context).first?.failure else { return .through }
            return failure.code == EvaluationFailure.Code.noProvider.rawValue
                ? .through : .stopped(reason: failure.message)
        } catch let failure as EvaluationFailure {
            return .stopped(reason: failure.message)
        }
    }

    private func tell(_ finding: Finding) async throws {
        let subject = Notice.Subject(kind: .daemon, id: "path", name: "evaluations")
        switch finding {
        case .through: try await notices.post(.info, "Evaluations get through again.", about: subject, to: nil)
        case .stopped(let reason):
            try await notices.post(.critical, "Evaluations do not get through: \(reason)", about: subject, to: nil)
        }
    }

    private static let evaluator = EvaluationCall.Evaluator(
        name: "Health canary", objective: "To see whether evaluations get through",
        criteria: "Does this answer the question? {{request}} {{response}}", models: [DemoModel.name])
}
