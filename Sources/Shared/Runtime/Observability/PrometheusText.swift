extension Metrics {
    /// The content type of `exposition`.
    package static let expositionContentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All series in Prometheus' text format 0.0.4.
    package func exposition() -> [UInt8] {
        var text = PrometheusText()
        for (name, family) in snapshot() { text.add(name, family) }
        return text.bytes
    }
}

/// Prometheus' text format under construction.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ name: String, _ family: Metrics.Family) {
        let shown = family.series.filter { !($0.value.isHiddenWhileZero && $0.value.instrument.isZero) }
        let listed = family.listing?() ?? []
        guard !shown.isEmpty || !listed.isEmpty else { return }
        append("# HELP \(name) \(Self.escaped(family.help, quotes: false))\n")
        append("# TYPE \(name) \(family.kind.rawValue)\n")
        for (labels, series) in shown.map({ (Self.labels($0.key), $0.value) }).sorted(by: { $0.0 < $1.0 }) {
            add(name, labels, series.instrument)
        }
        var last: String?
        for (labels, value) in listed.map({ (Self.labels($0.labels), $0.value) }).sorted(by: { $0.0 < $1.0 }) {
            // A series twice makes the whole page unreadable.
            if labels == last { continue }
            last = labels
            append("\(name)\(Self.braced(labels)) \(Self.number(value))\n")
        }
    }

    private mutating func add(_ name: String, _ labels: String, _ instrument: Metrics.Instrument) {
        switch instrument {
        case .counter(let counter): append("\(name)\(Self.braced(labels)) \(counter.value)\n")
        case .gauge(let gauge): append("\(name)\(Self.braced(labels)) \(gauge.value)\n")
        case .reading(let read): append("\(name)\(Self.braced(labels)) \(Self.number(read()))\n")
        case .histogram(let histogram): add(name, labels, histogram)
        }
    }

    private mutating func add(_ name: String, _ labels: String, _ histogram: Histogram) {
        let snapshot = histogram.snapshot
        let separator = labels.isEmpty ? "" : ","
        var running: UInt64 = 0
        for (bound, count) in zip(histogram.bounds.map(Self.number) + ["+Inf"], snapshot.counts) {
            running += count
            append("\(name)_bucket{\(labels)\(separator)le=\"\(bound)\"} \(running)\n")
        }
        append("\(name)_sum\(Self.braced(labels)) \(Self.number(snapshot.sum))\n")
        append("\(name)_count\(Self.braced(labels)) \(running)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func labels(_ labels: Labels) -> String {
        labels.pairs.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// Swift writes infinity in another way, and whole numbers with a superfluous `.0`.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        guard value == value.rounded(), abs(value) < 1e15 else { return "\(value)" }
        return "\(Int64(value))"
    }
}

extension Metrics.Instrument {
    /// Whether nothing was counted yet.
    var isZero: Bool {
        switch self {
        case .counter(let counter): counter.value == 0
        case .gauge(let gauge): gauge.value == 0
        case .histogram(let histogram): histogram.snapshot.total == 0
        case .reading: false
        }
    }
}
