internal import FoundationEssentials
internal import JSON
package import Jobs
package import Logging
package import Postgres
package import Queueing
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

/// Has a model write the samples of a judge, as a job.
package struct DraftJudgeSamples: JobWork {
    /// Of the jobs that write samples.
    package static let kind = JobKind("judge_samples")

    private let service: EvaldClient
    private let catalogue: Catalogue
    private let users: UserStore
    private let samples: JudgeSampleStore
    private let logger: Logger

    /// What the job says.
    private struct Order: Codable {
        let judgeID: UUID
        let ownerID: UUID
    }

    package init(service: EvaldClient, catalogue: Catalogue, database: PostgresClient, logger: Logger) {
        self.service = service
        self.catalogue = catalogue
        users = UserStore(database: database)
        samples = JudgeSampleStore(database: database)
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    /// The job that writes the samples of a judge.
    static func job(_ id: JobID, for judge: Judge, _ principal: Principal) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: .background, organizationID: principal.organizationID,
            projectID: judge.projectID ?? principal.defaultProjectID,
            payload: JSONCodec.encode(Order(judgeID: judge.id.uuid, ownerID: principal.user.id.uuid)), maxAttempts: 3,
            timeout: .seconds(180), uniqueKey: "judge_samples:\(judge.id)")
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let order = try job.order(Order.self)
        let id = JudgeID(uuid: order.judgeID)
        guard let organization = job.job.organizationID, let project = job.job.projectID,
            let owner = try await users.find(UserID(uuid: order.ownerID), in: organization)
        else { throw JobFailure(.missing, "whoever wanted the samples is not there any more") }
        let principal = try Principal(inBackgroundFor: owner, in: project)
        let judge: Judge
        do {
            judge = try await catalogue.judge(.id(id, nil), for: principal)
        } catch let missing as NotFound {
            throw JobFailure(.missing, "\(missing)")
        }
        return try await write(judge, job)
    }

    private func write(_ judge: Judge, _ job: LeasedJob) async throws -> JobEffect {
        let definition = judge.version.definition
        let call = SampleDraftCall(
            terms: DraftingTerms(
                organization: judge.organizationID, project: judge.projectID, lane: "backfill"),
            judge: definition.name, intent: definition.intent, stage: definition.stage,
            objectives: judge.evaluators.map(\.objective.version.intent))
        let context = CallContext(job, logger: logger)
        let (samples, id, organization) = (samples, judge.id, judge.organizationID)
        let failure: EvaluationFailure
        do {
            let reply: DraftingReply<JudgeSampleSet> = try await service.draft(SampleDraftCall.path, call, context)
            switch reply.finding {
            case .success(let set):
                return JobEffect(
                    cost: reply.account.costNanodollars ?? 0,
                    apply: { try await samples.store(set, of: id, in: organization, on: $0) })
            case .failure(let error): failure = error
            }
        } catch let error as EvaluationFailure {
            failure = error
        }
        throw JobFailed(
            JobFailure(failure, provider: nil),
            effect: JobEffect(
                apply: { try await samples.fail(failure.summary, of: id, in: organization, on: $0) }))
    }
}
