package import Blobs
package import Jobs
package import Postgres
package import Redis
package import Replicas
internal import Stores
package import Tenancy

/// Every operation, over one database and one Redis.
package struct Product: Sendable {
    package let changes: Changes
    /// Where operations keep what people change.
    package let audit: ProductAudit
    package let projects: Projects
    package let projectChanges: ProjectChanges
    package let objectives: Objectives
    package let evaluators: Evaluators
    package let judges: Judges
    package let files: Files
    package let models: Models
    package let executions: Executions
    package let logs: ExecutionLogs
    /// What is done in the background.
    package let queue: JobQueue
    package let batches: Batches
    package let datasets: Datasets
    package let scoreConfigs: ScoreConfigs
    package let annotations: Annotations
    package let calibrations: Calibrations
    package let promptTests: PromptTests
    package let judgeGenerator: JudgeGenerator
    package let judgeSamples: JudgeSamples
    package let judgeInvitations: JudgeInvitations
    package let refinements: Refinements
    package let completions: JudgedCompletions
    package let carriage: EvaluatorCarriage
    package let items: Items
    package let itemFigures: ItemFigures
    package let documents: Documents
    package let projectOverviews: ProjectOverviews
    package let tags: ExecutionTags
    package let reruns: Reruns
    package let notices: Notices
    package let dashboards: Dashboards

    /// `reads` is where figures and files are read that need not burden `database`; `audit` keeps what people change;
    /// `forgetAccess` is what the process does when somebody's rights have changed; `probes` asks servers of models what
    /// they can do, where there is an LLM proxy to ask.
    package init(
        database: PostgresClient, redis: RedisClient, identifiers: IdentifierSource, service: EvaldClient,
        recorder: ExecutionRecorder, events: EventPublisher, queue: JobQueue, gateway: ModelGateway,
        blobs: any BlobStore, presignedFor: Duration? = nil, reads: ReadReplicas, probes: ServerProbes? = nil,
        audit: Audit, forgetAccess: @escaping @Sendable () -> Void
    ) {
        let audit = ProductAudit(database: database, audit: audit)
        self.audit = audit
        let evaluatorStore = EvaluatorStore(database: database)
        let objectiveStore = ObjectiveStore(database: database)
        let judgeStore = JudgeStore(database: database)
        let catalogue = Catalogue(evaluators: evaluatorStore, judges: judgeStore)
        let projects = Projects(store: ProjectStore(database: database))
        notices = Notices(store: NoticeStore(database: database), events: events, identifiers: identifiers)
        let news = CatalogueNews(events: events, notices: notices)
        let changes = Changes(redis: redis, news: news) { subject in
            switch subject {
            case .evaluators, .judges: catalogue.forgetAll()
            case .projects: projects.forgetAll()
            case .access: forgetAccess()
            // Only the LLM proxy remembers these.
            case .models, .keys, .limits, .prices, .budgets, .drains: break
            }
        }
        self.changes = changes
        self.projects = projects
        projectChanges = ProjectChanges(identifiers: identifiers, changes: changes, audit: audit)
        objectives = Objectives(
            store: objectiveStore, datasets: DatasetStore(database: database), projects: projects,
            identifiers: identifiers, changes: changes, audit: audit)
        models = Models(
            store: ModelStore(database: database),
            sealing: ProviderKeySealing(installation: InstallationStore(database: database)), probes: probes,
            identifiers: identifiers, changes: changes, audit: audit)
        evaluators = Evaluators(
            store: evaluatorStore, objectives: objectives, objectiveStore: objectiveStore, models: models,
            projects: projects, datasets: DatasetStore(database: database), identifiers: identifiers, changes: changes,
            audit: audit)
        files = Files(
            store: FileStore(database: database), blobs: blobs, identifiers: identifiers, presignedFor: presignedFor)
        judges = Judges(
            store: judgeStore, evaluators: evaluatorStore, files: files, projects: projects, identifiers: identifiers,
            changes: changes, audit: audit)
        executions = Executions(
            catalogue: catalogue, projects: projects,
            demonstrations: Demonstrations(
                labels: CalibrationStore(database: database), datasets: DatasetStore(database: database)), files: files,
            service: service,
            recorder: recorder, identifiers: identifiers)
        self.queue = queue
        batches = Batches(
            database: database, queue: queue, catalogue: catalogue, files: files, projects: projects,
            identifiers: identifiers)
        let configStore = ScoreConfigStore(database: database)
        let annotationStore = AnnotationStore(database: database)
        datasets = Datasets(
            store: DatasetStore(database: database), annotations: annotationStore, configs: configStore, reads: reads,
            projects: projects, identifiers: identifiers, audit: audit)
        scoreConfigs = ScoreConfigs(store: configStore, identifiers: identifiers, audit: audit)
        annotations = Annotations(
            store: annotationStore, configs: scoreConfigs, identifiers: identifiers, audit: audit)
        calibrations = Calibrations(
            database: database, queue: queue, executions: executions, configs: scoreConfigs, models: models)
        promptTests = PromptTests(
            database: database, queue: queue, catalogue: catalogue, models: models, projects: projects,
            identifiers: identifiers)
        let drafts = DraftRecords(recorder: recorder, identifiers: identifiers)
        judgeSamples = JudgeSamples(database: database, judges: judges, queue: queue, identifiers: identifiers)
        judgeInvitations = JudgeInvitations(database: database, judges: judges, identifiers: identifiers)
        judgeGenerator = JudgeGenerator(
            judges: judges, evaluators: evaluators, samples: judgeSamples, files: files, projects: projects,
            service: service,
            drafts: drafts)
        refinements = Refinements(executions: executions, service: service, drafts: drafts)
        carriage = EvaluatorCarriage(evaluators: evaluators, datasets: datasets, annotations: annotations)
        completions = JudgedCompletions(
            gateway: gateway, executions: executions, refinements: refinements, batches: batches, projects: projects)
        let logStore = ExecutionLogStore(database: database)
        logs = ExecutionLogs(store: logStore, searches: ExecutionSearchStore(database: database))
        tags = ExecutionTags(store: logStore, events: events)
        reruns = Reruns(executions: executions, store: logStore)
        let itemStore = ItemStore(database: database)
        items = Items(store: itemStore, evaluators: evaluators, judges: judges)
        documents = Documents(
            items: items, itemStore: itemStore, evaluators: evaluators, judges: judges, objectives: objectiveStore,
            models: models, projects: projects)
        dashboards = Dashboards(reads: reads)
        itemFigures = ItemFigures(reads: reads)
        projectOverviews = ProjectOverviews(
            store: ProjectStore(database: database), reads: reads, changes: projectChanges)
    }
}
