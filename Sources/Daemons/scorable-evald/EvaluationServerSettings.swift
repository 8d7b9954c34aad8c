import DaemonRuntime
import Evals
import Settings

/// What the evaluation service can be told.
struct EvaluationServerSettings: Sendable {
    let serviceToken: Secret
    /// Where the LLM proxy is.
    let proxy: String
    let connections: Int
    let limits: EvaluationRoutes.Limits

    init(_ reader: SettingsReader) throws(SettingsError) {
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        proxy = try NeighbourAddresses.proxy(reader.root)
        let own = reader.own
        // For the others: the daemons share one settings file.
        _ = try NeighbourAddresses.evaluationService(reader.root)
        connections = try own.int(
            "proxy_connections", default: 1024, range: 1...100_000,
            help: "How many calls of models may run at the same time, for each event loop.")
        var limits = EvaluationRoutes.Limits()
        limits.timeout = try own.duration(
            "timeout", default: limits.timeout, range: .seconds(1) ... .seconds(3600),
            help: "How long a call may take whose caller sets no deadline.")
        limits.concurrency = try own.int(
            "judge_concurrency", default: limits.concurrency, range: 1...1000,
            help: "How many evaluators of one judge run at the same time.")
        limits.evaluators = try own.int(
            "judge_size", default: limits.evaluators, range: 1...10_000,
            help: "How many evaluators one judge may have.")
        self.limits = limits
    }
}
