import HTTPTransfer
import LLMProxy
import Settings
import StoreConnections

/// What the LLM proxy can be told.
struct ProxyServerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let serviceToken: Secret
    let privateKey: Secret
    let isDemoOn: Bool
    let defaultModel: String?
    let prices: PriceList
    let client: HTTPClientSettings
    let calls: ProxySettings

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
        // For the others: the daemons share one settings file.
        _ = try own.string("url", default: "http://127.0.0.1:8082", help: "Where the other daemons find this one.")
        privateKey = try own.secret(
            "private_key", help: "The X25519 key in PEM that opens the keys of providers. Only this daemon has it.")
        defaultModel = try own.optionalString(
            "default_model", example: "gpt-5-mini",
            help: "The model behind the name root; without it the oldest one that a provider serves.")
        let entries = try own.strings(
            "prices", default: [], help: "What models cost: \(PriceList.form). A model without a price has no cost.")
        guard let prices = PriceList(entries) else { throw own.refusal("prices", expected: PriceList.form) }
        self.prices = prices
        client = try Self.client(own)
        calls = try Self.calls(own)
    }

    private static func client(_ own: SettingsScope) throws(SettingsError) -> HTTPClientSettings {
        var client = HTTPClientSettings(
            caFile: try own.optionalString(
                "ca_file", example: "/etc/scorable/tls/providers.crt",
                help: "File with the authorities to trust in PEM, instead of the system's."))
        let hosts = try own.strings(
            "allowed_hosts", default: [],
            help: "The only hosts to connect to, such as api.openai.com or *.example.com:8443; without any, all are.")
        if !hosts.isEmpty { client.egress = .only(hosts) }
        client.proxy = try own.optionalString(
            "outbound_proxy", example: "http://proxy.example:3128", help: "The HTTP proxy that leads outside.")
        client.maxConnectionsPerHost = try own.int(
            "connections_per_host", default: 1024, range: 1...100_000,
            help: "How many connections each event loop may have to one host.")
        client.maxIdleConnections = client.maxConnectionsPerHost
        return client
    }

    private static func calls(_ own: SettingsScope) throws(SettingsError) -> ProxySettings {
        var calls = ProxySettings()
        calls.connectTimeout = try own.duration(
            "connect_timeout", default: calls.connectTimeout, help: "How long a connection to a provider may take.")
        calls.firstByteTimeout = try own.duration(
            "first_byte_timeout", default: calls.firstByteTimeout,
            help: "How long a provider may take to begin its answer.")
        calls.idleTimeout = try own.duration(
            "idle_timeout", default: calls.idleTimeout, help: "How long a streamed answer may be silent.")
        calls.totalTimeout = try own.duration(
            "total_timeout", default: calls.totalTimeout,
            help: "How long a call may take whose caller sets no deadline.")
        calls.responseBytes = try own.byteCount(
            "response_limit", default: .mebibytes(16), help: "The largest answer in one piece."
        ).bytes
        calls.callsPerProvider = try own.int(
            "calls_per_provider", default: calls.callsPerProvider, range: 1...100_000,
            help: "How many calls each provider may have at the same time.")
        calls.waitingPerProvider = try own.int(
            "waiting_per_provider", default: calls.waitingPerProvider, range: 0...1_000_000,
            help: "How many more calls may wait for a provider; those beyond are refused with 429.")
        calls.retries.attempts = try own.int(
            "attempts", default: calls.retries.attempts, range: 1...10,
            help: "How often a call is made that fails in a way that may pass.")
        return calls
    }
}
