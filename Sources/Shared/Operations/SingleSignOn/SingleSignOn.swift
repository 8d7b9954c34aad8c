package import Access
package import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
package import Postgres
internal import Stores
package import Tenancy

/// The identity providers of organisations and what is done with them, over one database and the LLM proxy, which reads
/// what is outside.
package struct IdentityProviderProduct: Sendable {
    package let providers: IdentityProviders
    package let checks: IdentityProviderChecks
    let services: ServiceProviders

    /// `hash` seals our keys; `address` is where browsers reach us; `workers` are threads for what takes
    /// milliseconds of a processor.
    package init(
        database: PostgresClient, hash: CredentialHash, address: PublicAddress, proxy: LLMProxyClient,
        workers: WorkerThreads, identifiers: IdentifierSource, notices: Notices? = nil, changes: Changes? = nil,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let audit = Audit(database: database, identifiers: identifiers, logger: logger)
        let store = IdentityProviderStore(database: database)
        services = ServiceProviders(
            database: database, hash: hash, address: address, workers: workers, now: now)
        let source = MetadataSource(proxy: proxy, workers: workers)
        providers = IdentityProviders(
            store: store, rows: IdentityProviderRows(database: database, services: services), source: source,
            services: services, audit: audit, identifiers: identifiers,
            roles: GroupRoleRefresh(database: database, audit: audit, changes: changes, now: now), now: now)
        checks = IdentityProviderChecks(
            providers: providers,
            refresh: RefreshMetadata(
                store: store, source: source, audit: audit, notices: notices, logger: logger, now: now),
            database: database)
    }
}

/// Signing in by identity providers: in a browser, and at the terminal that waits for it.
package struct SingleSignOn: Sendable {
    package let signIns: SAMLSignIns
    package let devices: DeviceLogins
    package let logouts: SingleLogouts

    /// With a `trail`, refusals in a flood are kept once a minute. `now` is the wall clock.
    package init(
        _ product: IdentityProviderProduct, database: PostgresClient, signIn: SignIn, hash: CredentialHash,
        identifiers: IdentifierSource, changes: Changes, metrics: Metrics, logger: Logger, trail: AuditTrail? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let audit = Audit(database: database, identifiers: identifiers, logger: logger)
        let merging = Audit(database: database, identifiers: identifiers, logger: logger, trail: trail)
        signIns = SAMLSignIns(
            database: database, services: product.services, audit: audit,
            refusals: SAMLRefusals(audit: audit, merging: merging, metrics: metrics, logger: logger, now: now),
            identifiers: identifiers, hash: hash, changes: changes, now: now)
        devices = DeviceLogins(signIns: signIns, signIn: signIn, hash: hash, changes: changes, now: now)
        logouts = SingleLogouts(
            signIns: signIns, services: product.services, hash: hash, changes: changes, now: now)
    }
}
