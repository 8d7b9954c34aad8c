/// Where the time of an execution went, along its path; the parts sum up to the whole. Of a judge, they are those of the
/// evaluator that took longest.
package struct ExecutionTimings: Sendable, Hashable {
    /// The API server's own time, and the way to the evaluation service and back.
    package let apiServer: Duration
    /// Waiting in the evaluation service for the other evaluators of a judge.
    package let evaluationQueue: Duration
    /// The evaluation service's own time, and the way to the LLM proxy and back.
    package let evaluation: Duration
    package let model: ModelTime

    /// The time that calls of models took, all attempts together.
    package enum ModelTime: Sendable, Hashable {
        /// The LLM proxy did not say where it went.
        case whole(Duration)
        /// Waiting for a place at the provider, and between attempts; the proxy's own time; the provider's.
        case parts(queue: Duration, proxy: Duration, provider: Duration)

        /// All of it.
        package var total: Duration {
            switch self {
            case .whole(let duration): duration
            case .parts(let queue, let proxy, let provider): queue + proxy + provider
            }
        }
    }

    package init(apiServer: Duration, evaluationQueue: Duration, evaluation: Duration, model: ModelTime) {
        self.apiServer = apiServer
        self.evaluationQueue = evaluationQueue
        self.evaluation = evaluation
        self.model = model
    }

    /// The whole: from the arrival at the API server to the result.
    package var total: Duration { apiServer + evaluationQueue + evaluation + model.total }
}
