package import FoundationEssentials

/// All there is to see of a provider, `GET /internal/providers/ID`.
package struct OperatorProviderDetail: Codable, Sendable, Hashable {
    package let provider: OperatorProvider
    /// By the model's name there. Those that a model of the catalogue asks for, and those that were asked.
    package let deployments: [OperatorDeployment]
    package let keys: [OperatorProviderKey]
    /// The limits of the provider, of its models and its keys, those that are set and those that were learned.
    package let limits: [OperatorCallLimit]
    package let proxies: OperatorProxies

    package init(
        provider: OperatorProvider, deployments: [OperatorDeployment], keys: [OperatorProviderKey],
        limits: [OperatorCallLimit], proxies: OperatorProxies
    ) {
        self.provider = provider
        self.deployments = deployments
        self.keys = keys
        self.limits = limits
        self.proxies = proxies
    }
}

/// One model at one provider, over all proxies that answered.
package struct OperatorDeployment: Codable, Sendable, Hashable {
    /// The model by the name that it has there.
    package let upstreamModel: String
    /// The names of the models of the catalogue that ask it.
    package let models: [String]
    /// `nil` when no proxy has met it yet.
    package let health: OperatorHealth?
    /// One element for each proxy that has met it.
    package let replicas: [Replica]
    /// When it is out of service by itself.
    package let drain: OperatorDrain?
    package let lastFailure: Failure?
    package let lastProbe: Probe?
    package let figures: OperatorCallFigures?

    package init(
        upstreamModel: String, models: [String], health: OperatorHealth?, replicas: [Replica], drain: OperatorDrain?,
        lastFailure: Failure?, lastProbe: Probe?, figures: OperatorCallFigures?
    ) {
        self.upstreamModel = upstreamModel
        self.models = models
        self.health = health
        self.replicas = replicas
        self.drain = drain
        self.lastFailure = lastFailure
        self.lastProbe = lastProbe
        self.figures = figures
    }

    /// What one proxy knows of it. Each has a breaker of its own.
    package struct Replica: Codable, Sendable, Hashable {
        /// Its address.
        package let proxy: String
        package let health: OperatorHealth
        package let breaker: Breaker
        /// How long the breaker stays open.
        package let breakerPauseMs: Int?
        /// Calls at this moment; `nil` where figures are not shown.
        package let running: Int?

        package init(
            proxy: String, health: OperatorHealth, breaker: Breaker, breakerPauseMs: Int?, running: Int?
        ) {
            self.proxy = proxy
            self.health = health
            self.breaker = breaker
            self.breakerPauseMs = breakerPauseMs
            self.running = running
        }
    }

    /// What a breaker does.
    package enum Breaker: String, Codable, Sendable, Hashable, CaseIterable {
        /// It lets calls through.
        case closed
        /// It lets none through, because too many failed.
        case open
        /// It lets a few through, to see whether it is over.
        case halfOpen = "half_open"
    }

    /// The last failure that was its own.
    package struct Failure: Codable, Sendable, Hashable {
        package let code: String
        package let message: String
        package let providerStatus: Int?
        package let at: Date

        package init(code: String, message: String, providerStatus: Int?, at: Date) {
            self.code = code
            self.message = message
            self.providerStatus = providerStatus
            self.at = at
        }
    }

    /// The last time it was asked only to see whether it answers.
    package struct Probe: Codable, Sendable, Hashable {
        package let isAnswered: Bool
        /// Why it was not.
        package let reason: String?
        package let durationMs: Int?
        package let at: Date

        package init(isAnswered: Bool, reason: String?, durationMs: Int?, at: Date) {
            self.isAnswered = isAnswered
            self.reason = reason
            self.durationMs = durationMs
            self.at = at
        }
    }
}

extension OperatorRequest where Reply == OperatorProviderDetail {
    /// All there is to see of a provider.
    package static func provider(_ id: UUID) -> Self {
        Self(.get, "\(OperatorProvider.path)/\(id.uuidString.lowercased())")
    }
}

/// How a provider did over days, `GET /internal/providers/ID/history`.
package struct OperatorProviderHistory: Codable, Sendable, Hashable {
    package let window: Window
    package let from: Date
    package let to: Date
    package let bucketSeconds: Int
    /// In the order of time, without gaps.
    package let buckets: [Bucket]
    /// Whether calls are counted in it, or only the health shown: see ``OperatorCallFigures``.
    package let hasFigures: Bool

    package init(
        window: Window, from: Date, to: Date, bucketSeconds: Int, buckets: [Bucket], hasFigures: Bool
    ) {
        self.window = window
        self.from = from
        self.to = to
        self.bucketSeconds = bucketSeconds
        self.buckets = buckets
        self.hasFigures = hasFigures
    }

    /// How far back it looks.
    package enum Window: String, Codable, Sendable, Hashable, CaseIterable {
        case sixHours = "6h"
        case day = "24h"
        case week = "7d"
        case month = "30d"

        package var duration: Duration {
            switch self {
            case .sixHours: .seconds(21_600)
            case .day: .seconds(86_400)
            case .week: .seconds(604_800)
            case .month: .seconds(2_592_000)
            }
        }

        package var bucket: Duration {
            switch self {
            case .sixHours: .seconds(300)
            case .day: .seconds(900)
            case .week: .seconds(7200)
            case .month: .seconds(28_800)
            }
        }
    }

    /// One stretch.
    package struct Bucket: Codable, Sendable, Hashable {
        package let start: Date
        /// The worst that was seen in it; `nil` when nobody looked or nothing was asked.
        package let health: OperatorHealth?
        /// `minutes` is the stretch's length; zeros where figures are not shown.
        package let sums: OperatorCallSums

        package init(start: Date, health: OperatorHealth?, sums: OperatorCallSums) {
            self.start = start
            self.health = health
            self.sums = sums
        }
    }
}

extension OperatorRequest where Reply == OperatorProviderHistory {
    /// How a provider, or one model there by its name there, did over a window.
    package static func providerHistory(
        _ id: UUID, _ window: OperatorProviderHistory.Window, upstreamModel: String? = nil
    ) -> Self {
        var parameters = [Parameter("window", window.rawValue)]
        if let upstreamModel { parameters.append(Parameter("upstream_model", upstreamModel)) }
        return Self(.get, "\(OperatorProvider.path)/\(id.uuidString.lowercased())/history", parameters)
    }
}
