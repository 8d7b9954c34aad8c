import LLMProxy
import Settings

/// How calls are made, as the settings say it.
enum CallSettings {
    static func read(_ own: SettingsScope) throws(SettingsError) -> ProxySettings {
        var calls = ProxySettings()
        calls.patience = try patience(own, calls.patience)
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
            help: "How often a call is made that fails in a way that may pass, fallbacks not counted.")
        calls.breaker.consecutiveFailures = try own.int(
            "breaker_failures", default: calls.breaker.consecutiveFailures, range: 1...1000,
            help: "After how many failures in a row a model at a provider is not asked for a while.")
        calls.breaker.firstPause = try own.duration(
            "breaker_pause", default: calls.breaker.firstPause,
            help: "For how long, the first time; each further time in a row it is twice as long, up to two minutes.")
        calls.probeInterval = try own.duration(
            "probe_interval", default: calls.probeInterval, range: .zero ... .seconds(3600),
            help: "How often providers that were asked lately are asked for their list of models; 0s for never.")
        return calls
    }

    private static func patience(
        _ own: SettingsScope, _ usual: CallPatience
    ) throws(SettingsError) -> CallPatience {
        var patience = usual
        patience.connect = try own.duration(
            "connect_timeout", default: usual.connect, help: "How long a connection to a provider may take.")
        patience.firstByte = try own.duration(
            "first_byte_timeout", default: usual.firstByte,
            help: "How long a provider may take to begin its answer.")
        patience.idle = try own.duration(
            "idle_timeout", default: usual.idle, help: "How long a streamed answer may be silent.")
        patience.total = try own.duration(
            "total_timeout", default: usual.total, help: "How long a call may take whose caller sets no deadline.")
        return patience
    }
}
