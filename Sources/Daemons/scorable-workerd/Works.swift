import BackgroundWork
import DaemonRuntime
import EventLoop
import HTTPTransfer
import Jobs
import Operations
import Postgres
import Redis
import Settings
import Stores

/// What this worker can do: the kinds of jobs, and what is done again and again.
struct Works {
    let upkeep: Upkeep
    let canary: HealthCanary
    let all: [any JobWork]

    init(
        _ settings: WorkerSettings, queue: JobQueue, database: PostgresClient, redis: RedisClient,
        in composition: inout Composition<WorkerSettings>
    ) {
        let events = EventPublisher(redis: redis, loops: composition.loops)
        let notices = Notices(
            store: NoticeStore(database: database), events: events, identifiers: composition.identifiers)
        let client = HTTPClient(loops: composition.loops, settings: HTTPClientSettings())
        composition.add(Service("evaluation service", stop: { _ in await client.close() }))
        let service = EvaldClient(
            client: client, url: settings.evaluationService, serviceToken: settings.serviceToken.reveal())
        upkeep = Upkeep(
            partitions: PartitionStore(database: database), sessions: SessionStore(database: database),
            sums: ExecutionSumStore(database: database), notices: NoticeStore(database: database),
            spans: DeploymentSpanStore(database: database), monthsAhead: settings.monthsAhead,
            logger: composition.logger)
        canary = HealthCanary(
            check: PathCheck(
                organizations: OrganizationStore(database: database), service: service, notices: notices,
                redis: redis, metrics: composition.metrics, logger: composition.logger))
        let executions = Executions(
            catalogue: Catalogue(
                evaluators: EvaluatorStore(database: database), judges: JudgeStore(database: database)),
            projects: Projects(store: ProjectStore(database: database)), service: service,
            recorder: ExecutionRecorder(database: database, loops: composition.loops, events: events),
            identifiers: composition.identifiers)
        all = [
            EvaluateBatchItem(
                executions: executions, items: BatchItemStore(database: database),
                users: UserStore(database: database), batches: queue.batches, events: events,
                logger: composition.logger),
            ExpandBatch(database: database, identifiers: composition.identifiers),
            upkeep, canary,
        ]
    }
}
