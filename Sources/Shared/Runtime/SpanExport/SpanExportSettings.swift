package import Settings

/// Where the spans of this deployment's own work are sent.
package struct SpanExportSettings: Sendable {
    /// A collector of traces.
    package struct Collector: Sendable {
        package let url: String
        package let headers: [(name: String, value: String)]
        package let caFile: String?

        package init(url: String, headers: [(name: String, value: String)] = [], caFile: String? = nil) {
            self.url = url
            self.headers = headers
            self.caFile = caFile
        }
    }

    /// `nil` where nothing is recorded.
    package let collector: Collector?
    /// How many of the traces that begin here are recorded.
    package let samplePercent: Int

    private static let path = "/v1/traces"
    private static let headerForm = "name=value, several separated by commas"

    /// Reads them from the section `traces` of the settings file.
    package init(from traces: SettingsScope) throws(SettingsError) {
        let scope = traces.section("export")
        let address = try scope.optionalString(
            "url", example: "http://otel-collector.example:4318",
            help: """
                An OpenTelemetry collector that the daemons send their own traces to, by OTLP over HTTP in protobuf; \
                /v1/traces is added where it is missing. Without it nothing is recorded.
                """)
        let text = try scope.optionalSecret(
            "headers", help: "Header fields for the collector, such as an API key: \(Self.headerForm).")
        let caFile = try scope.optionalString(
            "ca_file", example: "/etc/scorable/tls/collector.crt",
            help: "File with the authorities to trust in PEM, instead of the system's.")
        samplePercent = try scope.int(
            "sample_percent", default: 100, range: 0...100,
            help: "How many percent of the traces that begin here are recorded; others are, if their beginner says so.")
        guard let headers = Self.headers(text?.reveal() ?? "") else {
            throw scope.refusal("headers", expected: Self.headerForm)
        }
        guard let address else {
            collector = nil
            return
        }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw scope.refusal("url", expected: "an address that begins with http:// or https://")
        }
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        collector = Collector(
            url: base.hasSuffix(Self.path) ? base : base + Self.path, headers: headers, caFile: caFile)
    }

    /// As OpenTelemetry's own variables have it; `nil` for what is not of that form.
    private static func headers(_ text: String) -> [(name: String, value: String)]? {
        var headers: [(name: String, value: String)] = []
        for pair in text.split(separator: ",") {
            guard let equals = pair.firstIndex(of: "=") else { return nil }
            let name = pair[..<equals].filter { $0 != " " }
            guard !name.isEmpty else { return nil }
            headers.append((name.lowercased(), String(pair[pair.index(after: equals)...].drop { $0 == " " })))
        }
        return headers
    }
}
