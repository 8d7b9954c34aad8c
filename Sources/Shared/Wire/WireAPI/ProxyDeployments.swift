package import FoundationEssentials

/// What llmproxyd knows of one model at one provider, an element of the answer to `GET /operations/deployments`. Counts are
/// those of the replica that answers.
package struct ProxyDeployment: Codable, Sendable, Hashable {
    /// Where the list is.
    package static let path = "/operations/deployments"

    package let provider: String
    /// The model by the name it has at its provider.
    package let model: String
    /// What identifies the provider, or the model with an address of its own; what has no identifier has its name here.
    package let place: String
    /// `healthy`, `degraded`, `unhealthy` or `unknown`.
    package let condition: String
    /// 100 is perfect; every point that is missing is in the sentence.
    package let score: Int
    package let sentence: String
    /// `closed` (it is asked), `open` (it is not) or `half_open` (a few calls try whether it is back).
    package let breaker: String
    /// How long the breaker stays open.
    package let breakerPauseMs: Int?
    /// Whether an operator has taken it out of service.
    package let isDrained: Bool
    /// Calls at this moment.
    package let running: Int
    package let lastFailure: Failure?
    package let lastProbe: Probe?
    /// The last minutes.
    package let recent: Recent
    /// Since the replica was started.
    package let totals: Totals
    /// The minutes with calls of the last hour, oldest first.
    package let minutes: [Minute]

    package init(
        provider: String, model: String, place: String, condition: String, score: Int, sentence: String,
        breaker: String,
        breakerPauseMs: Int?, isDrained: Bool, running: Int, lastFailure: Failure?, lastProbe: Probe?, recent: Recent,
        totals: Totals, minutes: [Minute]
    ) {
        self.provider = provider
        self.model = model
        self.place = place
        self.condition = condition
        self.score = score
        self.sentence = sentence
        self.breaker = breaker
        self.breakerPauseMs = breakerPauseMs
        self.isDrained = isDrained
        self.running = running
        self.lastFailure = lastFailure
        self.lastProbe = lastProbe
        self.recent = recent
        self.totals = totals
        self.minutes = minutes
    }
}

/// The answer to `GET /operations/deployments`.
package struct ProxyDeploymentList: Codable, Sendable, Hashable {
    /// The replica that answers, which is another one after each start: addresses may lead to any.
    package let replica: UUID
    package let deployments: [ProxyDeployment]

    package init(replica: UUID, deployments: [ProxyDeployment]) {
        self.replica = replica
        self.deployments = deployments
    }
}

extension ProxyDeployment {
    /// The last failure that was the deployment's own.
    package struct Failure: Codable, Sendable, Hashable {
        package let code: String
        package let message: String
        package let providerStatus: Int?
        package let ageMs: Int

        package init(code: String, message: String, providerStatus: Int?, ageMs: Int) {
            self.code = code
            self.message = message
            self.providerStatus = providerStatus
            self.ageMs = ageMs
        }
    }

    /// The last time it was asked for its list of models, only to see whether it answers.
    package struct Probe: Codable, Sendable, Hashable {
        package let isAnswered: Bool
        /// Why it was not.
        package let reason: String?
        package let durationMs: Int?
        package let ageMs: Int

        package init(isAnswered: Bool, reason: String?, durationMs: Int?, ageMs: Int) {
            self.isAnswered = isAnswered
            self.reason = reason
            self.durationMs = durationMs
            self.ageMs = ageMs
        }
    }

    /// A few durations that say how long something takes; `nil` when there is nothing to say.
    package struct Latency: Codable, Sendable, Hashable {
        package let p50Ms: Int?
        package let p95Ms: Int?
        package let p99Ms: Int?
        /// Those bins of a `LatencyHistogram` in which something is, and how much: from them the answers of several replicas
        /// are made one.
        package let bins: [Int]
        package let counts: [Int]

        package init(p50Ms: Int?, p95Ms: Int?, p99Ms: Int?, bins: [Int], counts: [Int]) {
            self.p50Ms = p50Ms
            self.p95Ms = p95Ms
            self.p99Ms = p99Ms
            self.bins = bins
            self.counts = counts
        }
    }

    /// What the calls of the last minutes came to.
    package struct Recent: Codable, Sendable, Hashable {
        package let minutes: Int
        package let calls: Int
        package let abandoned: Int
        /// How many calls failed, by code.
        package let failures: [String: Int]
        package let promptTokens: Int
        package let completionTokens: Int
        package let tokensPerMinute: Int
        package let costNanodollars: Int64
        package let costNanodollarsPerMinute: Int64
        /// Until the first byte of an answer.
        package let firstByte: Latency
        /// Until the end of an answer.
        package let whole: Latency

        package init(
            minutes: Int, calls: Int, abandoned: Int, failures: [String: Int], promptTokens: Int,
            completionTokens: Int, costNanodollars: Int64, firstByte: Latency, whole: Latency
        ) {
            self.minutes = minutes
            self.calls = calls
            self.abandoned = abandoned
            self.failures = failures
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            tokensPerMinute = (promptTokens + completionTokens) / max(1, minutes)
            self.costNanodollars = costNanodollars
            costNanodollarsPerMinute = costNanodollars / Int64(max(1, minutes))
            self.firstByte = firstByte
            self.whole = whole
        }
    }

    /// What all calls came to.
    package struct Totals: Codable, Sendable, Hashable {
        package let answered: Int
        package let failed: Int
        package let abandoned: Int
        package let promptTokens: Int
        package let completionTokens: Int
        package let costNanodollars: Int64

        package init(
            answered: Int, failed: Int, abandoned: Int, promptTokens: Int, completionTokens: Int, costNanodollars: Int64
        ) {
            self.answered = answered
            self.failed = failed
            self.abandoned = abandoned
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            self.costNanodollars = costNanodollars
        }
    }

    /// One minute; the one of age 0 is not over.
    package struct Minute: Codable, Sendable, Hashable {
        package let age: Int
        package let calls: Int
        package let failed: Int
        package let tokens: Int
        package let costNanodollars: Int64
        package let firstByteP50Ms: Int?
        package let firstByteP95Ms: Int?

        package init(
            age: Int, calls: Int, failed: Int, tokens: Int, costNanodollars: Int64, firstByteP50Ms: Int?,
            firstByteP95Ms: Int?
        ) {
            self.age = age
            self.calls = calls
            self.failed = failed
            self.tokens = tokens
            self.costNanodollars = costNanodollars
            self.firstByteP50Ms = firstByteP50Ms
            self.firstByteP95Ms = firstByteP95Ms
        }
    }
}
