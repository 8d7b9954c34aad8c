import Access
import DaemonRuntime
import Redis
import Idempotency
import IngestGate
import PublicAPI
import RateLimiting
import Stores
import Tenancy

// What holds for every call of the public API, whatever it asks for.
extension APIServer {
    /// The rules that calls go through: first whether there are too many of them.
    func rules(in composition: Composition<APIServerSettings>) -> [PrincipalMiddleware] {
        let rates = RequestRates(
            redis: redis, limits: settings.requestRates, metrics: composition.metrics, logger: composition.logger)
        let repeated = RepeatedCalls(
            store: IdempotentCallStore(database: database), identifiers: composition.identifiers,
            mapping: ClientProblems.mapping, logger: composition.logger)
        return [rates.middleware, gate.middleware, repeated.middleware]
    }
}
