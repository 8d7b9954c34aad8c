import Access
import DaemonRuntime
import EventLoop
import Redis
import Idempotency
import RateLimiting
import Stores
import Tenancy

// What holds for every call of the public API, whatever it asks for.
extension APIServer {
    /// The rules that calls go through: first whether there are too many of them.
    func rules(in composition: inout Composition<APIServerSettings>) -> [PrincipalMiddleware] {
        let rates = RequestRates(
            redis: redis, limits: settings.requestRates, metrics: composition.metrics, logger: composition.logger)
        let repeated = RepeatedCalls(
            store: IdempotentCallStore(database: database), holder: composition.identifiers.uuid(),
            logger: composition.logger)
        composition.work("idempotent calls") { drain in try await drain.cancelling { try await repeated.run() } }
        return [rates.middleware, repeated.middleware]
    }
}
