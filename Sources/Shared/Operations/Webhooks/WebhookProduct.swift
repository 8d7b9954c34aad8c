package import FoundationEssentials
package import Jobs
package import Logging
package import Postgres
internal import Stores
package import Tenancy

/// Every operation on webhooks, over one database, one queue and the LLM proxies, which send what is sent.
package struct WebhookProduct: Sendable {
    package let endpoints: WebhookEndpoints
    package let steering: WebhookSteering
    package let deliveries: WebhookDeliveries

    /// `now` is the wall clock.
    package init(
        database: PostgresClient, queue: JobQueue, client: LLMProxyClient, identifiers: IdentifierSource,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let audit = Audit(database: database, identifiers: identifiers, logger: logger)
        let secrets = WebhookSecrets(installation: InstallationStore(database: database))
        let store = WebhookEndpointStore(database: database)
        endpoints = WebhookEndpoints(
            store: store, rows: WebhookRows(database: database), projects: ProjectStore(database: database),
            secrets: secrets, queue: queue, audit: audit, identifiers: identifiers, now: now)
        steering = WebhookSteering(
            endpoints: endpoints, store: store, secrets: secrets, sender: WebhookSender(client: client), queue: queue,
            audit: audit, identifiers: identifiers, now: now)
        deliveries = WebhookDeliveries(
            endpoints: endpoints, store: WebhookDeliveryStore(database: database), queue: queue, audit: audit,
            identifiers: identifiers, now: now)
    }
}
