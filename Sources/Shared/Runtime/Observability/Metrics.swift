internal import Synchronization

/// Everything that this process counts, for `/metrics`.
///
/// Instruments are made once, where a component is composed, and kept by it: looking one up takes a lock, using it does
/// not. The names carry their unit (`_seconds`, `_bytes`, `_total`).
package final class Metrics: Sendable {
    /// More series than this of one name mean that a label is not from a closed set.
    private static let seriesLimit = 2000

    private let families = Mutex<[String: Family]>([:])
    private let refused = Counter()

    struct Family {
        var kind: Kind
        var help: String
        var series: [Labels: Series] = [:]
        /// Series beside them that come and go.
        var listing: (@Sendable () -> [LabelledValue])?
    }

    enum Kind: String {
        case counter, gauge, histogram
    }

    struct Series {
        var instrument: Instrument
        var isHiddenWhileZero: Bool
    }

    enum Instrument {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        case reading(@Sendable () -> Double)
    }

    /// A registry that holds nothing but its own count of refused series.
    package init() {
        let refused = refused
        read(
            .counter, "scorable_metrics_refused_series_total",
            "Time series that were not kept because their name has too many."
        ) { Double(refused.value) }
    }

    /// The counter of that name and those labels. The name ends in `_total`.
    package func counter(
        _ name: String, _ help: String, labels: Labels = [:], hiddenWhileZero: Bool = false
    ) -> Counter {
        precondition(name.hasSuffix("_total"), "the counter \(name) does not end in _total")
        let made = register(.counter, name, help, labels, hiddenWhileZero) { .counter(Counter()) }
        guard case .counter(let counter) = made else { preconditionFailure("\(name) is read, not counted") }
        return counter
    }

    /// The counters of that name, one for every case of `label`'s type.
    package func counters<Case: CaseIterable & Hashable & RawRepresentable<String> & Sendable>(
        _ name: String, _ help: String, by label: String, of _: Case.Type, labels: Labels = [:]
    ) -> CounterSet<Case> {
        CounterSet { counter(name, help, labels: labels.adding(label, $0.rawValue)) }
    }

    /// The gauge of that name and those labels.
    package func gauge(_ name: String, _ help: String, labels: Labels = [:]) -> Gauge {
        let made = register(.gauge, name, help, labels, false) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = made else { preconditionFailure("\(name) is read, not set") }
        return gauge
    }

    /// A gauge whose value is asked for when the metrics are read; `read` is called on any thread and must be quick.
    package func gauge(
        _ name: String, _ help: String, labels: Labels = [:], reading read: @escaping @Sendable () -> Double
    ) {
        self.read(.gauge, name, help, labels: labels, read)
    }

    /// Gauges that come and go with what they are of, such as the budgets that there are at the moment: `list` is called
    /// on any thread when the metrics are read, and must be quick. Of more than some thousands the first are shown.
    package func gauges(_ name: String, _ help: String, listing list: @escaping @Sendable () -> [LabelledValue]) {
        precondition(MetricName.isValid(name), "\(name) is no metric name")
        families.withLock { families in
            precondition(families[name] == nil, "\(name) is registered twice")
            families[name] = Family(
                kind: .gauge, help: help,
                listing: {
                    let found = list()
                    return found.count > Self.seriesLimit ? Array(found.prefix(Self.seriesLimit)) : found
                })
        }
    }

    /// A counter that something else keeps; `read` is called on any thread and must be quick.
    package func counter(
        _ name: String, _ help: String, labels: Labels = [:], reading read: @escaping @Sendable () -> Double
    ) {
        self.read(.counter, name, help, labels: labels, read)
    }

    /// The histogram of that name and those labels. The name ends in its unit.
    package func histogram(
        _ name: String, _ help: String, labels: Labels = [:], bounds: [Double] = Histogram.latencyBounds,
        hiddenWhileZero: Bool = false
    ) -> Histogram {
        let made = register(.histogram, name, help, labels, hiddenWhileZero) { .histogram(Histogram(bounds: bounds)) }
        guard case .histogram(let histogram) = made else { preconditionFailure("\(name) is no histogram") }
        return histogram
    }

    /// All families, by name.
    func snapshot() -> [(name: String, family: Family)] {
        families.withLock { $0 }.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    private func read(
        _ kind: Kind, _ name: String, _ help: String, labels: Labels = [:], _ read: @escaping @Sendable () -> Double
    ) {
        _ = register(kind, name, help, labels, false) { .reading(read) }
    }

    private func register(
        _ kind: Kind, _ name: String, _ help: String, _ labels: Labels, _ isHiddenWhileZero: Bool,
        _ make: () -> Instrument
    ) -> Instrument {
        precondition(MetricName.isValid(name), "\(name) is no metric name")
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            precondition(family.kind == kind, "\(name) is registered as a \(family.kind)")
            if let known = family.series[labels] { return known.instrument }
            let instrument = make()
            guard family.series.count < Self.seriesLimit else {
                refused.increment()
                return instrument
            }
            family.series[labels] = Series(instrument: instrument, isHiddenWhileZero: isHiddenWhileZero)
            families[name] = family
            return instrument
        }
    }
}

/// The value of one time series.
package struct LabelledValue: Sendable {
    package let labels: Labels
    package let value: Double

    package init(_ labels: Labels, _ value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// One counter for every case of an enumeration.
package struct CounterSet<Case: CaseIterable & Hashable & Sendable>: Sendable {
    private let counters: [Case: Counter]

    init(_ make: (Case) -> Counter) {
        counters = Dictionary(uniqueKeysWithValues: Case.allCases.map { ($0, make($0)) })
    }

    /// The counter of one case.
    package subscript(_ key: Case) -> Counter {
        guard let counter = counters[key] else { preconditionFailure("\(key) is not among allCases") }
        return counter
    }
}
