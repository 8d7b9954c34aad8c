package import FoundationEssentials

/// How each version of an item did within a window, `GET …/ID/history?window=`.
package struct OperatorItemHistory: Codable, Sendable, Hashable {
    /// How far back; the window ends now.
    package enum Window: String, Codable, Sendable, Hashable, CaseIterable {
        case day = "24h"
        case week = "7d"
        case month = "30d"
        case quarter = "90d"

        /// The length of the window.
        package var duration: Duration {
            switch self {
            case .day: .seconds(24 * 3600)
            case .week: .seconds(7 * 24 * 3600)
            case .month: .seconds(30 * 24 * 3600)
            case .quarter: .seconds(90 * 24 * 3600)
            }
        }

        /// How much time a point stands for.
        package var step: Duration {
            switch self {
            case .day, .week: .seconds(3600)
            case .month, .quarter: .seconds(24 * 3600)
            }
        }
    }

    package let window: Window
    package let from: Date
    package let to: Date
    /// How much time a point stands for.
    package let stepSeconds: Int
    /// The versions that were executed within the window, the newest first.
    package let versions: [Version]

    /// What one version did.
    package struct Version: Codable, Sendable, Hashable {
        /// `nil` for executions that name no version.
        package let version: OperatorVersionReference?
        package let isCurrent: Bool
        package let total: Figures
        /// How many scores fell into each tenth of 0 to 1, the lowest first; a score of 1 is in the last.
        package let distribution: [Int]
        /// The oldest first; a stretch without executions has none.
        package let points: [Point]

        package init(
            version: OperatorVersionReference?, isCurrent: Bool, total: Figures, distribution: [Int], points: [Point]
        ) {
            self.version = version
            self.isCurrent = isCurrent
            self.total = total
            self.distribution = distribution
            self.points = points
        }
    }

    /// A stretch of time as long as the step.
    package struct Point: Codable, Sendable, Hashable {
        package let start: Date
        package let figures: Figures

        package init(start: Date, figures: Figures) {
            self.start = start
            self.figures = figures
        }
    }

    /// What was counted.
    package struct Figures: Codable, Sendable, Hashable {
        package let executions: Int
        /// Those of them that gave no score.
        package let failures: Int
        /// `nil` when nothing was scored.
        package let meanScore: Double?
        /// Percentiles of the time in model calls, of executions that made any.
        package let latency: OperatorDashboard.Percentiles?
        /// Of all executions together.
        package let costNanodollars: Int64

        package init(
            executions: Int, failures: Int, meanScore: Double?, latency: OperatorDashboard.Percentiles?,
            costNanodollars: Int64
        ) {
            self.executions = executions
            self.failures = failures
            self.meanScore = meanScore
            self.latency = latency
            self.costNanodollars = costNanodollars
        }
    }

    package init(window: Window, from: Date, to: Date, stepSeconds: Int, versions: [Version]) {
        self.window = window
        self.from = from
        self.to = to
        self.stepSeconds = stepSeconds
        self.versions = versions
    }
}
