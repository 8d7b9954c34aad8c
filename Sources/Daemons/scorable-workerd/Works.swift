import BackgroundWork
import DaemonRuntime
import EventLoop
import HTTPTransfer
import Jobs
import Operations
import Postgres
import Redis
import Replicas
import Settings
import StoreConnections
import Stores

/// What this worker can do: the kinds of jobs, and what is done again and again.
struct Works {
    let upkeep: Upkeep
    let canary: HealthCanary
    let recount: BatchRecount
    let all: [any JobWork]

    init(
        _ settings: WorkerSettings, queue: JobQueue, database: PostgresClient, reads: ReadReplicas,
        redis: RedisClient,
        in composition: inout Composition<WorkerSettings>
    ) {
        let events = EventPublisher(redis: redis, loops: composition.loops)
        let notices = Notices(
            store: NoticeStore(database: database), events: events, identifiers: composition.identifiers)
        let client = HTTPClient(
            loops: composition.loops, settings: .ofReplicas(at: [settings.evaluationService]))
        composition.add(Service("evaluation service", stop: { _ in await client.close() }))
        let threads = WorkerThreads(name: "statistics", count: 1, queueLimit: 100)
        composition.add(Service("statistics", stop: { _ in threads.shutdown() }))
        let service = EvaldClient(
            client: client, url: settings.evaluationService, serviceToken: settings.serviceToken.reveal())
        let blobs = composition.blobs(settings.blobs)
        let announcements = ExportAnnouncements(
            database: database, notices: notices, events: events, logger: composition.logger)
        let proxies = Self.proxies(settings, in: &composition)
        upkeep = Upkeep(
            partitions: PartitionStore(database: database), sessions: SessionStore(database: database),
            sums: ExecutionSumStore(database: database), notices: NoticeStore(database: database),
            spans: DeploymentSpanStore(database: database), datasets: DatasetStore(database: database),
            events: WebhookEventStore(database: database),
            deliveries: WebhookDeliveryStore(database: database), calls: IdempotentCallStore(database: database),
            exports: SweepExports(database: database, blobs: blobs, announcements: announcements),
            calibrations: SweepCalibrations(database: database),
            files: SweepFiles(store: FileStore(database: database), blobs: blobs),
            storage: StorageUpkeep(
                check: StorageCheck(database: database, blobs: blobs), metrics: composition.metrics,
                logger: composition.logger),
            temporaryUsers: SweepTemporaryUsers(database: database, logger: composition.logger),
            traces: TraceStore(database: database),
            retention: RetentionRun(
                product: RetentionProduct(
                    database: database, standard: settings.keeping.standard, identifiers: composition.identifiers,
                    logger: composition.logger),
                blobs: blobs, metrics: composition.metrics, logger: composition.logger),
            singleSignOn: SweepSingleSignOn(database: database),
            metadata: RefreshMetadata(
                store: IdentityProviderStore(database: database),
                source: MetadataSource(proxy: proxies, workers: threads),
                audit: Audit(
                    database: database, identifiers: composition.identifiers, logger: composition.logger),
                notices: notices, logger: composition.logger),
            monthsAhead: settings.monthsAhead,
            logger: composition.logger)
        canary = HealthCanary(
            check: PathCheck(
                organizations: OrganizationStore(database: database), service: service, notices: notices,
                redis: redis, metrics: composition.metrics, logger: composition.logger))
        recount = BatchRecount(check: QueueCheck(queue: queue), notices: notices)
        let executions = Executions(
            catalogue: Catalogue(
                evaluators: EvaluatorStore(database: database), judges: JudgeStore(database: database)),
            projects: Projects(store: ProjectStore(database: database)),
            demonstrations: Demonstrations(
                labels: CalibrationStore(database: database), datasets: DatasetStore(database: database)),
            files: Files(
                store: FileStore(database: database), blobs: blobs, identifiers: composition.identifiers),
            service: service,
            recorder: ExecutionRecorder(database: database, loops: composition.loops, events: events),
            identifiers: composition.identifiers)
        all = [
            EvaluateBatchItem(
                executions: executions, items: BatchItemStore(database: database),
                users: UserStore(database: database), batches: queue.batches, events: events,
                logger: composition.logger),
            ExpandBatch(database: database, identifiers: composition.identifiers),
            ExpandCalibration(database: database, identifiers: composition.identifiers),
            EvaluateCalibrationItem(
                executions: executions, runs: CalibrationStore(database: database),
                items: CalibrationItemStore(database: database), users: UserStore(database: database), events: events,
                logger: composition.logger),
            ConcludeCalibration(
                batches: queue.batches, runs: CalibrationStore(database: database),
                items: CalibrationItemStore(database: database), threads: threads),
            AnswerPrompt(
                executions: executions, gateway: Self.models(settings, in: &composition), database: database,
                events: events, logger: composition.logger),
            DraftJudgeSamples(
                service: service, catalogue: executions.catalogue, database: database, logger: composition.logger),
            EvaluateTrace(
                executions: executions, filters: EvaluationFilterStore(database: database),
                candidates: TraceCandidateStore(database: database), traces: TraceStore(database: database),
                users: UserStore(database: database), events: events, logger: composition.logger),
            FanOutEvent(events: WebhookEventStore(database: database), identifiers: composition.identifiers),
            DeliverWebhook(
                database: database, client: proxies, notices: notices),
            WriteExport(
                database: database, reads: reads, blobs: blobs, announcements: announcements,
                keptFor: settings.exportsKept, logger: composition.logger),
            upkeep, canary, recount,
        ]
    }

    /// The LLM proxies, as those ask them who want an answer of a model.
    private static func models(
        _ settings: WorkerSettings, in composition: inout Composition<WorkerSettings>
    ) -> ModelGateway {
        let client = HTTPClient(loops: composition.loops, settings: .ofReplicas(at: settings.proxies))
        composition.add(Service("models", stop: { _ in await client.close() }))
        return ModelGateway(
            client: client, addresses: settings.proxies, serviceToken: settings.serviceToken.reveal())
    }

    /// The LLM proxies, which send webhooks and read what is outside.
    private static func proxies(
        _ settings: WorkerSettings, in composition: inout Composition<WorkerSettings>
    ) -> LLMProxyClient {
        let client = HTTPClient(loops: composition.loops, settings: .ofReplicas(at: settings.proxies))
        composition.add(Service("LLM proxies", stop: { _ in await client.close() }))
        return LLMProxyClient(
            client: client, addresses: settings.proxies, serviceToken: settings.serviceToken.reveal())
    }
}
