internal import Synchronization

/// Series that are asked for in the background now and then, and shown as they were found last: a scrape costs nothing and
/// waits for nobody. What could not be asked for is not shown, and counted as a failure.
package final class CollectedSeries: Sendable {
    /// A gauge that is collected.
    package struct Gauge: Sendable {
        package let name: String
        package let help: String

        package init(_ name: String, _ help: String) {
            self.name = name
            self.help = help
        }
    }

    /// One value of a gauge.
    package struct Sample: Sendable {
        let name: String
        let value: LabelledValue

        package init(_ name: String, _ value: Double, labels: Labels = [:]) {
            self.name = name
            self.value = LabelledValue(labels, value)
        }
    }

    private let failures: Counter
    private let shown = Mutex<[String: [LabelledValue]]>([:])

    /// Shows what `source` tells, which is one of few: it is a label.
    package init(_ metrics: Metrics, source: String, _ gauges: [Gauge]) {
        failures = metrics.counter(
            "scorable_collection_failures_total",
            "Times that figures could not be asked for; their series are absent until they can.",
            labels: ["source": source])
        for gauge in gauges {
            metrics.gauges(gauge.name, gauge.help) { [self] in shown.withLock { $0[gauge.name] ?? [] } }
        }
    }

    /// Shows these instead of those before.
    package func show(_ samples: [Sample]) {
        let values = Dictionary(grouping: samples, by: \.name).mapValues { $0.map(\.value) }
        shown.withLock { $0 = values }
    }

    /// Shows nothing: this process does not tell of them at the moment.
    package func hide() { shown.withLock { $0 = [:] } }

    /// Shows nothing, because the figures could not be asked for.
    package func fail() {
        failures.increment()
        hide()
    }
}
