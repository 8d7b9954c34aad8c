import DaemonRuntime
import FoundationEssentials
import HTTPServing
import Operations
import RateLimiting
import Scoring
import Settings
import Spending
import StoreConnections
import Tenancy

/// What the API server can be told.
struct APIServerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let blobs: BlobSettings
    let keeping: RetentionSettings
    let serviceToken: Secret
    let credentialSecret: Secret
    let evaluationService: String
    /// Where each replica of the proxy is; the one address where they are not told apart.
    let proxies: [String]
    /// What the proxy's settings say of prices.
    let prices: [PriceEntry]
    let workers: [String]
    let executionTimeout: Duration
    let requestRates: RequestRateLimits
    let publicListener: ListenerSettings
    let loopbackListener: ListenerSettings
    /// `nil` when nobody gets in without an account.
    let temporaryUsers: TemporaryUserTerms?
    let deploymentName: String
    let isProduction: Bool
    /// Where browsers reach the public listener.
    let publicAddress: PublicAddress
    let trustedProxies: TrustedProxies

    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        blobs = try BlobSettings(from: reader.root.section("blobs"))
        keeping = try RetentionSettings(from: reader.root)
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        credentialSecret = try reader.root.value(
            "credential_secret", .secret(atLeast: 32), example: Secret("…"),
            help: """
                With which API keys and session tokens are hashed, and second factors and our keys for identity providers \
                sealed. Changing it ends them all: second factors have to be set up, and those keys renewed.
                """)
        evaluationService = try NeighbourAddresses.evaluationService(reader.root)
        proxies = try NeighbourAddresses.proxies(reader.root)
        prices = try Self.prices(reader.root.section("llmproxyd"))
        workers = try NeighbourAddresses.workers(reader.root)
        let own = reader.own
        executionTimeout = try own.duration(
            "execution_timeout", default: .seconds(120), range: .seconds(1) ... .seconds(3600),
            help: "How long an execution may take when the caller does not say.")
        requestRates = try Self.requestRates(own.section("request_rates"))
        publicListener = try ListenerSettings(
            from: own.section("public"), default: .tcp(address: "0.0.0.0", port: 8443))
        loopbackListener = try ListenerSettings(
            from: own.section("loopback"), default: .tcp(address: "127.0.0.1", port: 8000))
        temporaryUsers = try Self.temporaryUsers(own.section("temporary_users"))
        let deployment = reader.root.section("deployment")
        deploymentName = try deployment.string(
            "name", default: "scorable", help: "What consoles call this installation.")
        isProduction = try deployment.bool(
            "production", default: false, help: "Whether consoles warn that a mistake here concerns customers.")
        publicAddress = try PublicAddress(from: reader.root)
        trustedProxies = try own.value(
            "trusted_proxies", Self.proxyRanges, default: .none,
            help: """
                The proxies and load balancers before this server, whose X-Forwarded-For it takes for where requests come \
                from: the last address there that is none of these; Forwarded where there is no X-Forwarded-For. Keys' \
                ranges of addresses, limits, sessions and the audit go by it. Each proxy has to append to that field, or \
                replace it. Without any, header fields are not believed.
                """)
    }

    private static let proxyRanges = SettingKind<TrustedProxies>(
        expected: "addresses and ranges such as 10.0.0.0/8, separated by commas; unix for Unix sockets",
        text: \.description, parse: { TrustedProxies($0) })

    private static func temporaryUsers(_ scope: SettingsScope) throws(SettingsError) -> TemporaryUserTerms? {
        let isEnabled = try scope.bool(
            "enabled", default: false,
            help: "Whether whoever reaches the public API gets a key for a while without having an account.")
        let cents = try scope.int(
            "budget_cents", default: 100, range: 0...1_000_000,
            help: "What each temporary user may spend on models in all, in US cents.")
        let terms = TemporaryUserTerms(
            lifetime: try scope.duration(
                "lifetime", default: .seconds(7 * 86_400), range: .seconds(60) ... .seconds(90 * 86_400),
                help: "How long their keys work; an hour later all that is theirs is deleted."),
            budget: Money(nanoDollars: Int64(cents) * 10_000_000),
            most: try scope.int(
                "most", default: 1000, range: 1...100_000, help: "How many temporary users there may be at a time."),
            hourly: try scope.int(
                "per_hour", default: 20, range: 1...10_000, help: "How many of them may be made in an hour."))
        return isEnabled ? terms : nil
    }

    private static func requestRates(_ scope: SettingsScope) throws(SettingsError) -> RequestRateLimits {
        RequestRateLimits(
            perKey: try scope.int(
                "per_key", default: 120_000, range: 0...100_000_000,
                help: "How many calls of the public API one API key or session gets in a minute; 0 for no limit."),
            perOrganization: try scope.int(
                "per_organization", default: 600_000, range: 0...100_000_000,
                help: "How many calls of the public API an organisation gets in a minute; 0 for no limit."))
    }

    private static func prices(_ scope: SettingsScope) throws(SettingsError) -> [PriceEntry] {
        let texts = try scope.strings(
            "prices", default: [], help: "What models cost where the database does not say it: \(PriceText.form).")
        // A text of another form stops the proxy itself.
        return PriceText.entries(texts, id: { PriceEntryID(uuid: UUID()) }) ?? []
    }
}
