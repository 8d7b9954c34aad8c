internal import Blobs
internal import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import HTTPTransfer
internal import Operations
internal import Postgres
internal import Redis
internal import Settings
internal import StoreConnections
internal import Stores
internal import WireAPI

/// What an installation is made of, as its settings say.
struct DoctorParts {
    let folders: [String]
    let database: PostgresClient
    let redis: RedisClient
    let client: HTTPClient
    let serviceToken: String?
    private let sentinels: [RedisExaminations.Sentinel]
    private let blobs: any BlobStore
    private let blobPlace: String
    private let privateKey: String?
    private let formerPrivateKey: String?
    private let apiServer: String?
    let evaluationService: String
    private let proxyAddresses: [String]
    private let workers: [String]
    private let isPrivate: Bool

    /// - Throws: `SettingsError` when the settings do not say where the stores are.
    init(_ installation: Installation, on loops: LoopGroup) throws {
        let reader = try InstallationSettings.reader(of: installation)
        let root = reader.root
        let databaseSettings = try DatabaseSettings(from: root.section("database"))
        let redisSettings = try RedisConnectionSettings(from: root.section("redis"))
        let blobSettings = try BlobSettings(from: root.section("blobs"))
        let redisTarget = try RedisSettings(url: redisSettings.url.reveal())
        isPrivate = installation.state.isMade
        database = PostgresClient(loops: loops, settings: databaseSettings.driver(program: "scorable"))
        redis = RedisClient(loops: loops, settings: redisTarget)
        sentinels = (redisTarget.sentinels?.servers ?? []).map { name, settings in
            RedisExaminations.Sentinel(
                name: name, group: redisTarget.sentinels?.group ?? "",
                client: RedisClient(loops: loops, settings: settings))
        }
        blobs = blobSettings.open(on: loops).store
        blobPlace = blobSettings.kind == .local ? blobSettings.directory : blobSettings.kind.rawValue
        folders =
            installation.state.isMade ? [installation.state.path] : [blobSettings.directory, "/var/lib/postgresql"]
        client = HTTPClient(loops: loops)
        serviceToken = Self.secret("service_token", root)
        privateKey = Self.secret("private_key", root.section("llmproxyd"))
        formerPrivateKey = Self.secret("former_private_key", root.section("llmproxyd"))
        proxyAddresses = try NeighbourAddresses.proxies(root)
        evaluationService = try NeighbourAddresses.evaluationService(root)
        workers = try NeighbourAddresses.workers(root)
        let api = try root.section("apid").section("internal").value(
            "listen", ListenAddress.setting,
            default: .tcp(address: "127.0.0.1", port: Ports(offset: 0).operators), help: "")
        apiServer = Self.reachable(api)
    }

    /// Where the daemons are: every replica, also of those that share a name.
    func places() async throws -> [DaemonExaminations.Place] {
        var places = apiServer.map { [DaemonExaminations.Place(daemon: "apid", url: $0)] } ?? []
        let named =
            [("evald", evaluationService)] + proxyAddresses.map { ("llmproxyd", $0) } + workers.map { ("workerd", $0) }
        for (daemon, url) in named {
            places += try await ReplicaAddresses.each(of: url).map { DaemonExaminations.Place(daemon: daemon, url: $0) }
        }
        return places
    }

    /// What is looked at of it.
    func examinations() async throws -> [Examination] {
        let proxies = serviceToken.map {
            LLMProxyClient(client: client, addresses: proxyAddresses, serviceToken: $0)
        }
        let (needingDatabase, needingRedis) = (examinationsOfDatabase, examinationsOfRedis)
        async let databaseAnswers = answers { _ = try await DatabaseReadings(database: database).server() }
        async let redisAnswers = answers { _ = try await redis.command(["PING"]) }
        let (hasDatabase, hasRedis) = (await databaseAnswers, await redisAnswers)
        return DaemonExaminations(
            try await places(), through: client, proxies: proxies, version: Release.version
        ).all
            + needingDatabase.enumerated().map { place, examination in
                // The first one says why it does not answer.
                hasDatabase || place == 0 ? examination : examination.skipped(because: "PostgreSQL does not answer.")
            }
            + needingRedis.enumerated().map { place, examination in
                hasRedis || place == 0 ? examination : examination.skipped(because: "Redis does not answer.")
            }
            + sentinels.map { RedisExaminations.quorum($0) }
            + DiskExaminations(database: database, redis: redis).all.map { examination in
                hasDatabase && hasRedis ? examination : examination.skipped(because: "A store does not answer.")
            }
            + [StorageExamination(blobs, at: blobPlace, probe: UUID()).examination]
    }

    private var examinationsOfDatabase: [Examination] {
        DatabaseExaminations(database: database, isPrivate: isPrivate).all
            + [SchemaExamination(database: database).examination]
            + WorkExaminations(database: database).all + TrustExaminations(database: database).all
            + [
                KeyUnsealing(database: database, privateKeyPEM: privateKey, formerKeyPEM: formerPrivateKey).examination
            ]
            + BackupExaminations(database: database).all
    }

    private var examinationsOfRedis: [Examination] {
        RedisExaminations(redis: redis, isWatched: !sentinels.isEmpty).all + [InstanceComparison(self).examination]
    }

    /// Whether a store answers at once, so that not everything that needs it waits in vain for it.
    private func answers(_ question: @escaping @Sendable () async throws -> Void) async -> Bool {
        do {
            try await withDeadline(.after(.seconds(4)), question)
            return true
        } catch {
            // What is looked at first says why.
            return false
        }
    }

    /// A secret that whoever looks may not see is none that the daemons lack.
    private static func secret(_ name: String, _ scope: SettingsScope) -> String? {
        do {
            return try scope.optionalSecret(name, help: "")?.reveal()
        } catch {
            return nil
        }
    }

    private static func reachable(_ address: ListenAddress) -> String? {
        switch address {
        case .tcp(let host, let port):
            let wildcard = host == "0.0.0.0" || host == "::"
            return "http://\(wildcard ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unix, .inherited, .off: return nil
        }
    }
}
