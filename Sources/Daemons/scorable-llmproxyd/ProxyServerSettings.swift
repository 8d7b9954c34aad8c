import DaemonRuntime
import FoundationEssentials
import HTTPTransfer
import LLMProxy
import Settings
import Spending
import StoreConnections
import Tenancy
import YAML

/// What the LLM proxy can be told.
struct ProxyServerSettings: Sendable {
    /// Where the proxy gets its facts from.
    enum Surroundings: Sendable {
        /// The database and Redis of a deployment.
        case deployment(Deployment)
        /// The settings file.
        case alone(Alone)
    }

    /// What only the proxy of a deployment is told.
    struct Deployment: Sendable {
        let database: DatabaseSettings
        let redis: RedisConnectionSettings
        let serviceToken: Secret
        let privateKey: Secret
        /// The one that it has taken the place of.
        let formerPrivateKey: Secret?
        let isDemoOn: Bool
        let defaultModel: String?
        let prices: [PriceEntry]
        /// Where webhooks, and the audits of organisations, may be sent although it is not public, or not spoken to by TLS.
        let webhookHosts: [String]
    }

    /// What only a proxy that serves alone is told.
    struct Alone: Sendable {
        let file: GatewayFile
        let listener: ListenerSettings
        /// What operators show at the internal listener; without it they find nothing there.
        let operatorToken: Secret?
    }

    /// Streams are long, so that there are many at the same time; how many each provider has is bounded elsewhere.
    static let capacity = ListenerCapacity(connections: 20_000, requests: 16_384)

    let surroundings: Surroundings
    /// How many proxies share the limits of providers while they cannot be counted.
    let expectedProxies: Int
    let usageLog: String?
    let tenantsInMetrics: StandingMetrics.Tenants
    private let allowedHosts: [String]
    let client: HTTPClientSettings
    let calls: ProxySettings

    init(_ reader: SettingsReader) throws(SettingsError) {
        let own = reader.own
        // For the others: the daemons share one settings file.
        _ = try NeighbourAddresses.proxy(reader.root)
        let replicas = try NeighbourAddresses.proxyReplicas(reader.root)
        expectedProxies = max(1, replicas.count)
        if let document = reader.document("gateway") {
            surroundings = .alone(try Alone(document.node, path: document.path, reader))
        } else {
            do {
                surroundings = .deployment(try Deployment(reader))
            } catch {
                guard error.kind == .missing, error.key == "database.url" else { throw error }
                throw SettingsError(
                    .missing, key: error.key,
                    expected: error.expected + ", or a section gateway, with which this program serves alone")
            }
            // The manual tells what there is for both.
            if reader.isDescribing { _ = try Alone.listener(reader) }
        }
        usageLog = try own.optionalString(
            "usage_log", example: "/var/log/scorable/usage.jsonl",
            help: "File that gets a line of JSON for every call; without it none is written. SIGHUP opens it anew.")
        let namesTenants = try own.bool(
            "tenant_metrics", default: false,
            help: "Whether metrics name budgets and their organizations; else those of one kind are summed up.")
        tenantsInMetrics = namesTenants ? .named : .summedUp
        allowedHosts = try own.strings(
            "allowed_hosts", default: [],
            help: "The only hosts to connect to, such as api.openai.com or *.example.com:8443; without any, all are.")
        client = try Self.client(own, allowedHosts)
        calls = try CallSettings.read(own)
    }

    /// How webhooks are sent: like calls of providers, but tenants say where, so that only what is public is reached by
    /// itself. What is allowed by name is trusted.
    func webhookClient(trusting hosts: [String]) -> HTTPClientSettings {
        var webhooks = client
        webhooks.userAgent = "scorable-webhooks"
        webhooks.egress = allowedHosts.isEmpty ? .any : .only(allowedHosts + hosts)
        webhooks.egress = webhooks.egress.trustingOnly(allowedHosts + hosts)
        webhooks.maxConnectionsPerHost = 16
        webhooks.maxIdleConnections = 64
        return webhooks
    }

    private static func client(
        _ own: SettingsScope, _ hosts: [String]
    ) throws(SettingsError) -> HTTPClientSettings {
        var client = HTTPClientSettings(
            caFile: try own.optionalString(
                "ca_file", example: "/etc/scorable/tls/providers.crt",
                help: "File with the authorities to trust in PEM, instead of the system's."))
        if !hosts.isEmpty { client.egress = .only(hosts) }
        client.proxy = try own.optionalString(
            "outbound_proxy", example: "http://proxy.example:3128", help: "The HTTP proxy that leads outside.")
        client.maxConnectionsPerHost = try own.int(
            "connections_per_host", default: 1024, range: 1...100_000,
            help: "How many connections each event loop may have to one host.")
        client.maxIdleConnections = client.maxConnectionsPerHost
        return client
    }
}

extension ProxyServerSettings.Deployment {
    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        isDemoOn = try reader.root.bool(
            "demo_provider", default: false,
            help:
                "Whether the demonstration model answers; under well-known names only where no provider is configured.")
        let own = reader.own
        privateKey = try own.secret(
            "private_key", help: "The X25519 key in PEM that opens the keys of providers. Only this daemon has it.")
        formerPrivateKey = try own.optionalSecret(
            "former_private_key",
            help: "The key that private_key has taken the place of: what was sealed to it is opened all the same.")
        defaultModel = try own.optionalString(
            "default_model", example: "gpt-5-mini",
            help: "The model behind the name root; without it the oldest one that a provider serves.")
        webhookHosts = try own.strings(
            "webhook_hosts", default: [],
            help: """
                Hosts that webhooks and audits of organizations may be sent to, and metadata of identity providers read \
                from, although they are in a \
                private network or spoken to without TLS, such as hooks.internal.example:8080.
                """)
        let texts = try own.strings(
            "prices", default: [],
            help: "What models cost where the database does not say it: \(PriceText.form).")
        guard let prices = PriceText.entries(texts, id: { PriceEntryID(uuid: UUID()) }) else {
            throw own.refusal("prices", expected: PriceText.form)
        }
        self.prices = prices
    }
}

extension ProxyServerSettings.Alone {
    init(_ node: YAMLNode, path: String, _ reader: SettingsReader) throws(SettingsError) {
        file = try GatewayFile(node, path: path) { reader.variable($0) }
        listener = try Self.listener(reader)
        operatorToken = try reader.root.optionalSecret(
            "service_token", help: "What operators show at the internal listener.")
    }

    /// Where callers from outside are served.
    static func listener(_ reader: SettingsReader) throws(SettingsError) -> ListenerSettings {
        try ListenerSettings(
            from: reader.own.section("public"), default: .tcp(address: "127.0.0.1", port: 4000),
            capacity: ProxyServerSettings.capacity)
    }
}
