package import Access

/// What the internal API serves to the console.
package struct OperatorRoutes: Sendable {
    private let authenticator: Authenticator
    private let account: AccountRoutes
    private let catalogue: CatalogueRoutes
    private let executions: ExecutionRoutes
    private let exports: ExportRoutes
    private let dashboard: DashboardRoutes
    private let plans: PlanRoutes
    private let events: EventRoutes
    private let providers: ProviderRoutes
    private let queues: QueueRoutes
    private let webhooks: WebhookRoutes
    private let traces: TraceRoutes
    private let labels: LabelRoutes
    private let batchStarts: BatchStartRoutes
    private let keys: KeyRoutes
    private let people: PeopleRoutes
    private let identityProviders: IdentityProviderRoutes
    private let deviceLogins: DeviceLoginRoutes
    private let audit: AuditRoutes
    private let retention: RetentionRoutes

    package init(
        authenticator: Authenticator, account: AccountRoutes, catalogue: CatalogueRoutes, executions: ExecutionRoutes,
        exports: ExportRoutes, dashboard: DashboardRoutes, plans: PlanRoutes, events: EventRoutes,
        providers: ProviderRoutes, queues: QueueRoutes, webhooks: WebhookRoutes, traces: TraceRoutes,
        labels: LabelRoutes, batchStarts: BatchStartRoutes, keys: KeyRoutes, people: PeopleRoutes,
        identityProviders: IdentityProviderRoutes, deviceLogins: DeviceLoginRoutes, audit: AuditRoutes,
        retention: RetentionRoutes
    ) {
        self.authenticator = authenticator
        self.account = account
        self.catalogue = catalogue
        self.executions = executions
        self.exports = exports
        self.dashboard = dashboard
        self.plans = plans
        self.events = events
        self.providers = providers
        self.queues = queues
        self.webhooks = webhooks
        self.traces = traces
        self.labels = labels
        self.batchStarts = batchStarts
        self.keys = keys
        self.people = people
        self.identityProviders = identityProviders
        self.deviceLogins = deviceLogins
        self.audit = audit
        self.retention = retention
    }

    /// Every route below `/internal`, with who may call it; `trail` follows the calls, which go through `rules`.
    package func routes(trail: AccessTrail, through rules: [PrincipalMiddleware] = []) -> ProtectedRoutes {
        var routes = ProtectedRoutes(authenticator: authenticator, trail: trail, through: rules)
        account.add(to: &routes)
        catalogue.add(to: &routes)
        executions.add(to: &routes)
        exports.add(to: &routes)
        dashboard.add(to: &routes)
        plans.add(to: &routes)
        events.add(to: &routes)
        providers.add(to: &routes)
        queues.add(to: &routes)
        webhooks.add(to: &routes)
        traces.add(to: &routes)
        labels.add(to: &routes)
        batchStarts.add(to: &routes)
        keys.add(to: &routes)
        people.add(to: &routes)
        identityProviders.add(to: &routes)
        deviceLogins.add(to: &routes)
        audit.add(to: &routes)
        retention.add(to: &routes)
        return routes
    }
}
