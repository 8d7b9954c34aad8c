internal import HTTPMessages

/// Which calls would store much: executions, batches and what else has jobs, traces, uploads, exports. What people decide or
/// write down by hand is small and goes on. What a plan or a tool of the Model Context Protocol does is not told by the route:
/// these ask the gate themselves.
enum Ingest {
    /// Parts of the patterns of routes that are posted to.
    private static let words = [
        "/execute", "/batch-execute/", "/batch-executions/", "/calibrate/", "/calibration-runs", "/datasets/",
        "/files/",
        "/otel/v1/traces",
        "/openai/", "/refine/", "/judges/generate/", "/prompt-tests/",
        "/internal/datasets", "/internal/exports", "/internal/calibrations", "/internal/batches", "/batches", "/try",
        "/run-again", "/executions",
    ]
    /// What goes on although a word above is in its pattern.
    private static let exceptions = ["/set-tags", "/tags", "/cancel", "/annotations", "/labels", "/internal/plans"]

    static func includes(_ method: HTTPMethod, _ pattern: String) -> Bool {
        method == .post && words.contains { pattern.contains($0) } && !exceptions.contains { pattern.contains($0) }
    }

    static func isTelemetry(_ pattern: String) -> Bool { pattern.contains("/otel/v1/") }
}
