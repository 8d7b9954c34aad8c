package import Jobs
package import Logging
package import Postgres
internal import Stores
package import Tenancy

/// Every operation on background work, over one database and one queue.
package struct QueueProduct: Sendable {
    package let queues: Queues
    package let controls: QueueControls
    package let jobs: JobLists
    package let details: JobDetails
    package let actions: JobActions
    package let plans: JobPlans
    package let batches: BatchOverviews
    package let workers: Workers
    package let schedules: Schedules
    package let check: QueueCheck

    package init(
        database: PostgresClient, queue: JobQueue, identifiers: IdentifierSource, logger: Logger
    ) {
        let scheduleLedger = ScheduleLedger(database: database, identifiers: identifiers)
        let auditStore = AuditStore(database: database)
        let organizations = OrganizationStore(database: database)
        let names = TenantNameStore(database: database)
        let reaches = JobReaches(organizations: organizations)
        let audit = Audit(database: database, identifiers: identifiers, logger: logger)
        let snapshots = QueueSnapshots(queue)
        controls = QueueControls(queue: queue, snapshots: snapshots, names: names, reaches: reaches, audit: audit)
        queues = Queues(
            snapshots: snapshots, controls: controls, queue: queue, names: names,
            reaches: reaches)
        jobs = JobLists(queue: queue, names: names, reaches: reaches)
        details = JobDetails(
            lists: jobs, queue: queue, schedules: scheduleLedger, audit: auditStore, reaches: reaches,
            items: BatchItemStore(database: database))
        actions = JobActions(queue: queue, reaches: reaches, audit: audit)
        plans = JobPlans(actions: actions, audit: audit)
        batches = BatchOverviews(
            queue: queue, actions: actions, names: names, reaches: reaches, audit: audit)
        workers = Workers(queue: queue, names: names, reaches: reaches)
        schedules = Schedules(
            ledger: scheduleLedger, queue: queue, names: names, reaches: reaches, audit: audit,
            identifiers: identifiers)
        check = QueueCheck(queue: queue)
    }
}
