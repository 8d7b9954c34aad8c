package import EventLoop
package import Jobs
package import Logging
package import Observability
package import Postgres
package import Redis
package import Stores
package import Tenancy

/// Shows figures of the whole installation as time series. Of all workers one asks for them, so that more workers cost the
/// database no more; which one may change, so that alerts take the maximum over workers, never the sum.
package struct InstallationFigures: Sendable {
    private let store: InstallationFigureStore
    private let queue: JobQueue
    private let teller: Teller
    private let access: CollectedSeries
    private let calibrations: CollectedSeries
    private let ledger: CollectedSeries
    private let logger: Logger

    private static let interval = Duration.seconds(15)
    /// Every how many rounds calibrations are looked at, which change seldom.
    private static let seldom = 20
    /// Every how many rounds batches are counted again.
    private static let counting = 4
    private static let patience = Duration.seconds(5)
    /// How long the counting may take.
    private static let countingPatience = Duration.seconds(20)

    package init(
        database: PostgresClient, queue: JobQueue, redis: RedisClient, metrics: Metrics,
        identifiers: IdentifierSource, logger: Logger
    ) {
        store = InstallationFigureStore(database: database)
        self.queue = queue
        teller = Teller("scorable:figures", termInMilliseconds: 40_000, redis: redis, identifiers: identifiers)
        access = CollectedSeries(metrics, source: "access", Self.accessGauges)
        calibrations = CollectedSeries(metrics, source: "calibrations", Self.calibrationGauges)
        ledger = CollectedSeries(metrics, source: "ledger", Self.ledgerGauges)
        self.logger = logger
    }

    /// Goes on until its task is cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("figures are collected on a loop") }
        var rounds = 0
        while true {
            if await isTeller() {
                try await collect(into: access) { try await accessSamples() }
                if rounds.isMultiple(of: Self.counting) {
                    try await collect(into: ledger) { try await ledgerSamples() }
                }
                if rounds.isMultiple(of: Self.seldom) {
                    try await collect(into: calibrations) { try await calibrationSamples() }
                }
                rounds += 1
            } else {
                for series in [access, calibrations, ledger] { series.hide() }
                rounds = 0
            }
            try await loop.sleep(for: Self.interval)
        }
    }

    /// While Redis cannot be asked everybody tells: figures that come twice are better than none.
    private func isTeller() async -> Bool {
        do {
            return try await teller.isThisProcess()
        } catch {
            logger.debug("Redis does not say who collects figures", metadata: ["reason": "\(error)"])
            return true
        }
    }

    private func collect(
        into series: CollectedSeries, _ read: () async throws -> [CollectedSeries.Sample]
    ) async throws {
        do {
            series.show(try await read())
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            series.fail()
            logger.debug("figures could not be collected", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: What is asked

    private static let whole = " Of the installation: max(), not sum(), over workers."

    private static let accessGauges: [CollectedSeries.Gauge] = [
        .init("scorable_sessions_active", "People's sessions that have not ended." + whole),
        .init("scorable_key_expiring_30d", "API keys that end within thirty days." + whole),
        .init("scorable_idp_enabled", "Identity providers that people can sign in by." + whole),
        .init("scorable_idp_metadata_failing", "Identity providers whose metadata cannot be read anew." + whole),
        .init(
            "scorable_idp_certificate_expiring", "Identity providers with a certificate that ends soon." + whole),
    ]

    private func accessSamples() async throws -> [CollectedSeries.Sample] {
        let figures = try await store.access(until: .after(Self.patience))
        return [
            .init("scorable_sessions_active", Double(figures.sessions)),
            .init("scorable_key_expiring_30d", Double(figures.expiringKeys)),
            .init("scorable_idp_enabled", Double(figures.identityProviders)),
            .init("scorable_idp_metadata_failing", Double(figures.failingMetadata)),
            .init("scorable_idp_certificate_expiring", Double(figures.expiringCertificates)),
        ]
    }

    private static let ledgerGauges: [CollectedSeries.Gauge] = [
        .init(
            "scorable_score_ledger_imbalance",
            "Recent batches whose counters are not what their jobs say: more than 0 is a fault." + whole)
    ]

    private func ledgerSamples() async throws -> [CollectedSeries.Sample] {
        let found = try await queue.readings.discrepancies(until: .after(Self.countingPatience))
        return [.init("scorable_score_ledger_imbalance", Double(found.count))]
    }

    private static let calibrationGauges: [CollectedSeries.Gauge] = [
        .init(
            "scorable_calibration_age_seconds",
            "Age of the newest calibration of evaluators: of the one that has waited longest, and of the newest."
                + whole),
        .init(
            "scorable_judge_human_alpha",
            "Krippendorff's alpha of evaluators and people in the newest calibrations: the lowest and the median."
                + whole),
        .init(
            "scorable_canary_shift",
            "The furthest that an evaluator's bias against people moved between its two newest calibrations." + whole),
    ]

    private func calibrationSamples() async throws -> [CollectedSeries.Sample] {
        let figures = try await store.calibrations(until: .after(Self.patience))
        let known: [(String, Double?, Labels)] = [
            ("scorable_calibration_age_seconds", figures.oldest, ["evaluator": "oldest"]),
            ("scorable_calibration_age_seconds", figures.newest, ["evaluator": "newest"]),
            ("scorable_judge_human_alpha", figures.lowestAlpha, ["evaluator": "lowest"]),
            ("scorable_judge_human_alpha", figures.medianAlpha, ["evaluator": "median"]),
            ("scorable_canary_shift", figures.shift, [:]),
        ]
        return known.compactMap { name, value, labels in value.map { .init(name, $0, labels: labels) } }
    }
}
