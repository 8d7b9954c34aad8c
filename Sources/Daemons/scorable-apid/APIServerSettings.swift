import DaemonRuntime
import FoundationEssentials
import Settings
import Spending
import StoreConnections
import Tenancy

/// What the API server can be told.
struct APIServerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let blobs: BlobSettings
    let serviceToken: Secret
    let credentialSecret: Secret
    let evaluationService: String
    /// Where each replica of the proxy is; the one address where they are not told apart.
    let proxies: [String]
    /// What the proxy's settings say of prices.
    let prices: [PriceEntry]
    let workers: [String]
    let executionTimeout: Duration
    let publicListener: ListenerSettings
    let loopbackListener: ListenerSettings
    let deploymentName: String
    let isProduction: Bool

    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        blobs = try BlobSettings(from: reader.root.section("blobs"))
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        credentialSecret = try reader.root.value(
            "credential_secret", .secret(atLeast: 32), example: Secret("…"),
            help: "With which API keys and session tokens are hashed. Changing it ends them all.")
        evaluationService = try reader.root.section("evald").string(
            "url", default: "http://127.0.0.1:8081", help: "Where the evaluation service is.")
        (proxies, prices) = try Self.proxies(reader.root.section("llmproxyd"))
        workers = try reader.root.section("workerd").strings(
            "urls", default: ["http://127.0.0.1:8083"], help: "Where the workers are.")
        let own = reader.own
        executionTimeout = try own.duration(
            "execution_timeout", default: .seconds(120), range: .seconds(1) ... .seconds(3600),
            help: "How long an execution may take when the caller does not say.")
        publicListener = try ListenerSettings(
            from: own.section("public"), default: .tcp(address: "0.0.0.0", port: 8443))
        loopbackListener = try ListenerSettings(
            from: own.section("loopback"), default: .tcp(address: "127.0.0.1", port: 8000))
        let deployment = reader.root.section("deployment")
        deploymentName = try deployment.string(
            "name", default: "scorable", help: "What consoles call this installation.")
        isProduction = try deployment.bool(
            "production", default: false, help: "Whether consoles warn that a mistake here concerns customers.")
    }

    private static func proxies(
        _ scope: SettingsScope
    ) throws(SettingsError) -> (addresses: [String], prices: [PriceEntry]) {
        let proxy = try scope.string("url", default: "http://127.0.0.1:8082", help: "Where the LLM proxy is.")
        let replicas = try scope.strings(
            "replicas", default: [],
            help: "Where each replica of the LLM proxy is, for operators; without any, only the one at url is asked.")
        let texts = try scope.strings(
            "prices", default: [], help: "What models cost where the database does not say it: \(PriceText.form).")
        // A text of another form stops the proxy itself.
        let prices = PriceText.entries(texts, id: { PriceEntryID(uuid: UUID()) }) ?? []
        return (replicas.isEmpty ? [proxy] : replicas, prices)
    }
}
