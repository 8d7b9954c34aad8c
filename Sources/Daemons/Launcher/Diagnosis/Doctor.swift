internal import Blobs
internal import DaemonRuntime
package import EventLoop
internal import FoundationEssentials
internal import HTTPTransfer
internal import Operations
internal import Postgres
internal import Redis
internal import Settings
internal import StoreConnections
internal import SystemCalls
package import WireAPI

/// Looks at everything that an installation is made of and says what to do about what is wrong; works when half of it is
/// down.
package struct Doctor: Sendable {
    let installation: Installation
    let loops: LoopGroup
    /// The wall clock.
    let now: @Sendable () -> Date

    package init(_ installation: Installation, on loops: LoopGroup) {
        self.installation = installation
        self.loops = loops
        now = { Date() }
    }

    /// What it finds. With `egress` that is who has connections outside, and nothing else.
    package func diagnosis(ofEgress isEgress: Bool = false) async -> OperatorDiagnosis {
        let moment = now()
        let findings = await (isEgress ? egress() : examinations).findings()
        return OperatorDiagnosis(version: Release.version, examinedAt: moment, findings: findings)
    }

    private func egress() -> [Examination] {
        EgressExaminations(installation: installation, loops: loops).all
    }

    /// What is looked at. What cannot be looked at since the settings do not say where it is, is a finding as well.
    private var examinations: [Examination] {
        let settings = SettingsExaminations(installation: installation, now: now).all
        do {
            let parts = try DoctorParts(installation, on: loops)
            return settings + HostExaminations(installation: installation, folders: parts.folders).all
                + parts.examinations + [InstanceComparison(parts).examination]
        } catch {
            let reason = "\(error)"
            let stores = Examination(.settings, "stores") {
                [
                    Examination.Finding(
                        .settings, "stores", .fail, reason,
                        remedy:
                            "Nothing else can be looked at before the settings say where it is. Is doctor run as root, "
                            + "or with --state?")
                ]
            }
            return settings + [stores] + HostExaminations(installation: installation, folders: ["/var/lib"]).all
        }
    }
}

/// What an installation is made of, as its settings say.
struct DoctorParts {
    let folders: [String]
    let database: PostgresClient
    let redis: RedisClient
    let places: [DaemonExaminations.Place]
    let client: HTTPClient
    let serviceToken: String?
    private let sentinels: [RedisExaminations.Sentinel]
    private let blobs: any BlobStore
    private let blobPlace: String
    private let privateKey: String?
    private let proxies: LLMProxyClient?
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
        let proxy = root.section("llmproxyd")
        let url = try proxy.string("url", default: "http://127.0.0.1:8082", help: "")
        let replicas = try proxy.strings("replicas", default: [], help: "")
        let proxyURLs = replicas.isEmpty ? [url] : replicas
        if let serviceToken {
            proxies = LLMProxyClient(client: client, addresses: proxyURLs, serviceToken: serviceToken)
        } else {
            proxies = nil
        }
        let evaluation = try root.section("evald").string("url", default: "http://127.0.0.1:8081", help: "")
        let workers = try root.section("workerd").strings("urls", default: ["http://127.0.0.1:8083"], help: "")
        let api = try root.section("apid").section("internal").value(
            "listen", ListenAddress.setting, default: .tcp(address: "127.0.0.1", port: 8080), help: "")
        let own = Self.reachable(api).map { [DaemonExaminations.Place(daemon: "apid", url: $0)] } ?? []
        let proxyPlaces = proxyURLs.map { DaemonExaminations.Place(daemon: "llmproxyd", url: $0) }
        let workerPlaces = workers.map { DaemonExaminations.Place(daemon: "workerd", url: $0) }
        places = own + [DaemonExaminations.Place(daemon: "evald", url: evaluation)] + proxyPlaces + workerPlaces
    }

    /// What is looked at of it.
    var examinations: [Examination] {
        DaemonExaminations(places, through: client, proxies: proxies, version: Release.version).all
            + DatabaseExaminations(database: database, isPrivate: isPrivate).all
            + RedisExaminations(redis: redis, sentinels: sentinels).all
            + [StorageExamination(blobs, at: blobPlace, probe: UUID()).examination]
            + WorkExaminations(database: database).all + TrustExaminations(database: database).all
            + [
                KeyUnsealing(database: database, privateKeyPEM: privateKey).examination,
                SchemaExamination(database: database).examination, BackupExamination(database: database).examination,
            ]
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
