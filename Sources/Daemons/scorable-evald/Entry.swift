import DaemonRuntime
import EventLoop
import Evals
import HTTPMessages
import HTTPServing
import HTTPTransfer
import Settings

/// The evaluation service: evaluators and judges on models.
@main enum Entry {
    static func main() {
        Daemon(
            "evald", summary: "the evaluation service: evaluators and judges on models", internalPort: 8081,
            settings: { reader throws(SettingsError) in try EvaluationServerSettings(reader) },
            compose: { composition, settings in compose(&composition, settings) }
        ).run()
    }

    private static func compose(
        _ composition: inout Composition<EvaluationServerSettings>, _ settings: EvaluationServerSettings
    ) {
        let client = HTTPClient(
            loops: composition.loops,
            settings: .ofReplicas(at: [settings.proxy], maxConnectionsPerHost: settings.connections))
        composition.add(Service("llm proxy", stop: { _ in await client.close() }))
        let token = settings.serviceToken.reveal()
        let tokens = ServiceTokens([token])
        composition.tellInstance(to: tokens)
        let routes = EvaluationRoutes(
            proxy: ProxyClient(transfer: client, url: settings.proxy, serviceToken: token),
            tokens: tokens, limits: settings.limits, metrics: EvaluationMetrics(composition.metrics))
        composition.serveInternally(routes.router)
        let health = OutboundRequest(
            method: .get, url: settings.proxy + "/livez",
            deadlines: TransferDeadlines(connect: .seconds(1), total: .seconds(2)))
        composition.check("llm proxy") {
            let status = try await client.send(health, bodyLimit: 1 << 16).status
            guard status == 200 else { throw ProxyNotWell(status: status) }
        }
    }
}

/// The LLM proxy answers that it is not well.
private struct ProxyNotWell: Error, CustomStringConvertible {
    let status: Int
    var description: String { "the LLM proxy answered \(status) to a check of its health" }
}
