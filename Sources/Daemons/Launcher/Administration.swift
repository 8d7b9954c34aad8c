internal import Access
internal import Blobs
internal import DaemonRuntime
package import EventLoop
internal import FoundationEssentials
internal import HTTPTransfer
internal import IngestGate
internal import Jobs
internal import Logging
internal import Observability
internal import Operations
internal import Postgres
internal import Redis
internal import Scoring
internal import Schema
internal import Settings
internal import StoreConnections
internal import Stores
internal import SystemCalls
internal import Tenancy

/// What an administrator does to an installation, private or not, with the rights of whoever can read its settings.
package struct Administration: Sendable {
    private let database: PostgresClient
    private let redis: RedisClient
    private let credentialSecret: Secret
    private let logger = Logger(label: "scorable")

    /// `connection` is how the database is reached where that is otherwise than the settings say.
    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(_ installation: Installation, on loops: LoopGroup, connection: String? = nil) throws {
        let reader = try InstallationSettings.reader(of: installation)
        let settings = try DatabaseSettings(from: reader.root.section("database"))
        let redisSettings = try RedisConnectionSettings(from: reader.root.section("redis"))
        credentialSecret = try reader.root.value(
            "credential_secret", .secret(atLeast: 32), example: Secret("…"), help: "")
        var driver = settings.driver(program: "scorable")
        if let connection { driver.connection = connection }
        database = PostgresClient(loops: loops, settings: driver)
        redis = RedisClient(loops: loops, settings: try RedisSettings(url: redisSettings.url.reveal()))
    }

    // MARK: Schema

    /// What a migration would apply, and what that would do to those who work with the database meanwhile.
    package func plan(_ extent: MigrationExtent, as form: QueueAdministration.Form) async throws -> String {
        let planned = try await SchemaMigrator(client: database, logger: logger).plan(through: extent.phase)
        return form.text(of: planned.map(MigrationText.Shape.init), MigrationText.plan)
    }

    /// Applies what is missing, and says what it was and what is left.
    package func migrate(_ extent: MigrationExtent) async throws -> String {
        let migrator = SchemaMigrator(client: database, logger: logger)
        let applied = try await migrator.migrate(through: extent.phase)
        let left = try await migrator.plan()
        // The built-in evaluators are of this release: what they need is there only when nothing is left that it adds.
        if left.allSatisfy({ $0.migration.phase == .contract }) {
            try await PresetStore(database: database).seed(at: Date())
        }
        return MigrationText.applied(applied, left: left.map(MigrationText.Shape.init))
    }

    // MARK: Providers

    package func addProvider(named name: String, baseURL: String, keyFile: String?, models: [String]) async throws {
        let key = try keyFile.map { path in
            String(decoding: try FileContents.read(path, limit: 65_536).filter { $0 > 0x20 }, as: UTF8.self)
        }
        do {
            try await modelProviders.add(
                ModelProviders.NewProvider(
                    kind: .openAICompatible, name: name, baseURL: baseURL, key: key, models: models))
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw LauncherFailure("There is a provider or a model of that name already. See: scorable provider list")
        }
        await announce(.models)
    }

    package func removeProvider(named name: String) async throws {
        do {
            try await modelProviders.remove(named: name)
        } catch is NotFound {
            throw LauncherFailure("There is no provider \(name). See: scorable provider list")
        }
        await announce(.models)
    }

    /// One line a provider.
    package func providers() async throws -> String {
        let all = try await modelProviders.list()
        guard !all.isEmpty else { return "No provider is configured.\n" }
        return all.map { provider in
            let key = provider.hasKey ? "with a key" : "without a key"
            return "\(provider.name)\t\(provider.kind.rawValue)\t\(provider.baseURL)\t\(key)\n"
        }.joined()
    }

    // MARK: People

    /// The operations on people and organisations.
    func peopleProduct(_ installation: Installation) throws -> PeopleProduct {
        PeopleProduct(
            database: database, address: try PublicAddress(from: InstallationSettings.reader(of: installation).root),
            passwords: PasswordChecks(), identifiers: identifiers,
            changes: changes, logger: logger)
    }

    /// The operations on sign-ins and sessions.
    var signInProduct: SignInProduct {
        let hash = CredentialHash(secret: Array(credentialSecret.reveal().utf8))
        return SignInProduct(
            database: database, hash: hash, passwords: PasswordChecks(),
            attempts: SignInAttempts(redis: redis, hash: hash, logger: logger), issuer: "scorable",
            identifiers: identifiers, changes: changes, logger: logger)
    }

    // MARK: Background work

    /// The operations on background work.
    var queueProduct: QueueProduct {
        QueueProduct(database: database, queue: queue, identifiers: identifiers, logger: logger)
    }

    /// The operations on webhooks; the LLM proxies send what is tried.
    func webhookProduct(_ installation: Installation, on loops: LoopGroup) throws -> WebhookProduct {
        WebhookProduct(
            database: database, queue: queue, client: try proxies(of: installation, on: loops),
            identifiers: identifiers, logger: logger)
    }

    /// The operations on identity providers; the LLM proxies read what is outside.
    func identityProviderProduct(
        _ installation: Installation, on loops: LoopGroup
    ) throws -> IdentityProviderProduct {
        IdentityProviderProduct(
            database: database, hash: CredentialHash(secret: Array(credentialSecret.reveal().utf8)),
            address: try PublicAddress(from: InstallationSettings.reader(of: installation).root),
            proxy: try proxies(of: installation, on: loops),
            workers: WorkerThreads(name: "saml", count: 1, queueLimit: 8), identifiers: identifiers, changes: changes,
            logger: logger)
    }

    /// Who may sign in by password although an identity provider has their domain.
    var passwordSignIn: PasswordSignIn {
        PasswordSignIn(audit: Audit(database: database, identifiers: identifiers, logger: logger))
    }

    private func proxies(of installation: Installation, on loops: LoopGroup) throws -> LLMProxyClient {
        let reader = try InstallationSettings.reader(of: installation)
        let token = try reader.root.secret("service_token", help: "")
        return LLMProxyClient(
            client: HTTPClient(loops: loops), addresses: try NeighbourAddresses.proxies(reader.root),
            serviceToken: token.reveal())
    }

    var projects: ProjectStore { ProjectStore(database: database) }

    var users: UserStore { UserStore(database: database) }

    /// The operations on API keys.
    var keys: APIKeys {
        APIKeys(
            database: database, hash: CredentialHash(secret: Array(credentialSecret.reveal().utf8)),
            changes: changes, identifiers: identifiers, logger: logger)
    }

    private var queue: JobQueue {
        JobQueue(
            database: database, dispatcher: JobDispatcher(redis: redis), metrics: DispatchMetrics(Metrics()),
            logger: logger)
    }

    /// Files of execution logs, in an object storage.
    func exports(_ blobs: any BlobStore) -> Exports {
        Exports(
            database: database, blobs: blobs, queue: queue,
            audit: Audit(database: database, identifiers: identifiers, logger: logger), identifiers: identifiers)
    }

    // MARK: Backups

    var backups: BackupStore { BackupStore(database: database) }
    var backupRuns: BackupRunStore { BackupRunStore(database: database) }
    var installationStore: InstallationStore { InstallationStore(database: database) }
    /// By what the secret that credentials are hashed with is told from others.
    var credentialSecretIdentifier: String {
        RecoveryKey.identifier(ofSecret: Array(credentialSecret.reveal().utf8))
    }
    /// How the database is reached.
    var connection: String { database.settings.connection }

    /// The object storage compared with the database.
    func storageCheck(_ blobs: any BlobStore) -> StorageCheck { StorageCheck(database: database, blobs: blobs) }

    // MARK: Retention

    /// The operations on how long something is kept.
    func retentionProduct(_ settings: RetentionSettings) -> RetentionProduct {
        RetentionProduct(
            database: database, standard: settings.standard, identifiers: identifiers, logger: logger)
    }

    /// What has things go that are past their time; what lies in an object storage as well.
    func retentionRun(_ product: RetentionProduct, _ blobs: any BlobStore) -> RetentionRun {
        RetentionRun(product: product, blobs: blobs, metrics: Metrics(), logger: logger)
    }

    /// How full the disks are.
    var storageForecasts: StorageForecasts {
        StorageForecasts(sizes: StorageSizeStore(database: database), board: StorageBoard(redis: redis))
    }

    // MARK: Audit

    var auditChains: AuditChainStore { AuditChainStore(database: database) }
    var auditStore: AuditStore { AuditStore(database: database) }
    var auditSealKey: AuditSealKey { AuditSealKey(credentialSecret: Array(credentialSecret.reveal().utf8)) }

    /// Keeps what is done on the server itself.
    var audit: Audit { Audit(database: database, identifiers: identifiers, logger: logger) }

    var auditVerification: AuditVerification {
        AuditVerification(
            store: auditChains, acknowledgements: AuditAcknowledgementStore(database: database), redis: redis,
            key: auditSealKey)
    }

    var auditAcknowledging: AuditAcknowledging {
        AuditAcknowledging(
            verification: auditVerification, store: auditChains, redis: redis, key: auditSealKey, audit: audit,
            now: { Date() })
    }

    /// Where the audit is sent to.
    var auditTargets: AuditTargets {
        AuditTargets(
            store: AuditTargetStore(database: database), installation: InstallationStore(database: database),
            organizations: organizations,
            audit: Audit(database: database, identifiers: identifiers, logger: logger), identifiers: identifiers)
    }

    /// Every organisation of the installation.
    var organizations: OrganizationStore { OrganizationStore(database: database) }

    private var identifiers: IdentifierSource { IdentifierSource(now: { Date() }) }
    private var modelProviders: ModelProviders { ModelProviders(database: database, identifiers: identifiers) }

    /// Tells the daemons what they have to forget; this process remembers nothing.
    private var changes: Changes { Changes(redis: redis, forget: { _ in }) }

    private func announce(_ subject: Changes.Subject) async { await changes.announce(subject) }
}
