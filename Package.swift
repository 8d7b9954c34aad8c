// swift-tools-version: 6.2
// Every target in layer order, each with its one purpose. A target may import only what it lists:
// `swift build --explicit-target-dependency-import-check error` holds these arrows, HouseRulesTests the rest.
import PackageDescription

/// The settings every Swift target is compiled with.
let shared: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A Swift library target in `Sources/<folder>/<name>`.
func library(_ name: String, in folder: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
    -> Target
{
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", resources: resources,
        swiftSettings: shared)
}

/// The module map of one C library in `Sources/Shared/CLibraries/<name>`.
func cLibrary(_ name: String, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/Shared/CLibraries/\(name)", providers: [.apt([package])])
}

/// A C target of ours: `static inline` accessors for what Swift cannot import.
func cShim(_ name: String, in folder: String, linking libraries: [String] = []) -> Target {
    .target(name: name, path: "Sources/\(folder)/\(name)", linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// An executable in `Sources/<folder>/<name>`: it parses, composes and runs.
func executable(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser], path: "Sources/\(folder)/\(name)",
        swiftSettings: shared)
}

/// The tests of one module in `Tests/<name>`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: shared)
}

let package = Package(
    name: "scorable",
    products: [
        .executable(name: "scorable-apid", targets: ["scorable-apid"]),
        .executable(name: "scorable-evald", targets: ["scorable-evald"]),
        .executable(name: "scorable-llmproxyd", targets: ["scorable-llmproxyd"]),
        .executable(name: "scorable-workerd", targets: ["scorable-workerd"]),
        .executable(name: "scorable-console", targets: ["scorable-console"]),
        .executable(name: "scorable", targets: ["scorable"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // MARK: C libraries: module maps and typed accessors, no logic
        // epoll, eventfd, signalfd, sockets: what Glibc's module leaves out
        cShim("CLinux", in: "Shared/CLibraries"),
        cLibrary("CPostgres", apt: "libpq-dev"),
        cLibrary("CRedis", apt: "libhiredis-dev"),
        cLibrary("CCurl", apt: "libcurl4-openssl-dev"),
        cLibrary("COpenSSL", apt: "libssl-dev"),
        cLibrary("CYAML", apt: "libyaml-dev"),
        cLibrary("CZlib", apt: "zlib1g-dev"),

        // MARK: Drivers: one library each; they know no domain noun
        // one epoll loop a core, executor of its tasks
        library("EventLoop", in: "Shared/Drivers", ["CLinux"]),
        // what a process asks of Linux besides waiting
        library("SystemCalls", in: "Shared/Drivers", ["EventLoop", "CLinux"]),
        // the text of PDF documents, read by another program in a cage
        library("PDFText", in: "Shared/Drivers", ["EventLoop", "SystemCalls"]),
        // strict fast JSON: parser, writer, Codable coder
        library("JSON", in: "Shared/Drivers", []),
        // YAML documents as plain values
        library("YAML", in: "Shared/Drivers", ["CYAML"]),
        // compressed bodies, inflated within bounds
        library("Compression", in: "Shared/Drivers", ["CZlib"]),
        // hashes, sealing, passwords, certificates
        library("Cryptography", in: "Shared/Drivers", ["COpenSSL"]),
        // methods, statuses, headers as both ends of HTTP see them
        library("HTTPMessages", in: "Shared/Drivers", []),
        // requests in
        library("HTTPServer", in: "Shared/Drivers", ["CLinux", "Cryptography", "EventLoop", "HTTPMessages"]),
        // requests out
        library(
            "HTTPTransfer", in: "Shared/Drivers",
            ["CCurl", "EventLoop", "HTTPMessages", "Cryptography", "SystemCalls"]),
        // PostgreSQL on the loop
        library("Postgres", in: "Shared/Drivers", ["CPostgres", "EventLoop"]),
        // Redis on the loop
        library("Redis", in: "Shared/Drivers", ["CRedis", "CLinux", "EventLoop", "Cryptography"]),

        // MARK: Domain: the nouns and their arithmetic; standard library and FoundationEssentials only
        // organisations, projects, users, keys, who may do what
        library("Tenancy", in: "Shared/Domain", []),
        // agreement, calibration, intervals: numbers in, numbers out
        library("Statistics", in: "Shared/Domain", []),
        // evaluators, judges, objectives, scores
        library("Scoring", in: "Shared/Domain", ["Tenancy"]),
        // jobs, batches, schedules: what is done in the background, and in which order
        library("Queueing", in: "Shared/Domain", ["Tenancy"]),
        // execution logs
        library("Records", in: "Shared/Domain", ["Tenancy", "Scoring", "Queueing"]),
        // what calls of models may cost and use: prices, budgets, limits
        library("Spending", in: "Shared/Domain", ["Tenancy", "Scoring"]),
        // webhooks: whom to tell of what, and what becomes of it
        library("Webhooks", in: "Shared/Domain", ["Tenancy"]),

        // MARK: Inference: talking to language models
        // provider-neutral messages, usage, cost
        library("ChatModel", in: "Shared/Inference", ["JSON"]),
        // the wire languages that callers speak, read and written
        library("Dialects", in: "Shared/Inference", ["ChatModel", "JSON", "Cryptography"]),
        // one folder a provider
        library(
            "Providers", in: "Shared/Inference", ["ChatModel", "Dialects", "JSON", "HTTPMessages", "Cryptography"]),

        // MARK: Scoring by code: what needs no model
        // rules and texts in, scores with their reasons out
        library("CodeScoring", in: "Shared", ["Scoring", "Tenancy", "JSON"]),

        // MARK: Wire: shapes that leave a process
        // traces as OpenTelemetry's exporters send them
        library("OTLP", in: "Shared/Wire", ["JSON", "Records"]),
        // request and response shapes
        library(
            "WireAPI", in: "Shared/Wire", ["JSON", "Tenancy", "Scoring", "CodeScoring", "Records", "Queueing", "OTLP"]),
        // what an HTTP API is, described once for programs and people: an OpenAPI document, a page of documentation
        library("OpenAPI", in: "Shared/Wire", ["JSON", "HTTPMessages", "Cryptography"]),
        // typed client of the internal API
        library("APIClient", in: "Shared/Wire", ["WireAPI", "JSON", "EventLoop", "HTTPMessages", "HTTPTransfer"]),

        // MARK: Persistence: the only home of SQL
        // numbered migrations, runner
        library(
            "Schema", in: "Shared/Persistence", ["Postgres", "Cryptography", "EventLoop", logging],
            resources: [.embedInCode("Migrations")]),
        // one store an aggregate
        library(
            "Stores", in: "Shared/Persistence",
            [
                "Postgres", "JSON", "Tenancy", "Scoring", "CodeScoring", "Spending", "Records", "Queueing", "Webhooks",
                "OTLP",
                "EventLoop",
            ]),

        // object storage: large things under names, in a directory
        library("Blobs", in: "Shared/Persistence", ["Cryptography", "EventLoop", "SystemCalls"]),

        // the queue: accept in the caller's transaction, dispatch over Redis, lease, commit, rescue
        library(
            "Jobs", in: "Shared/Persistence",
            [
                "Postgres", "Redis", "JSON", "Tenancy", "Queueing", "EventLoop", "SystemCalls", "Observability",
                logging,
            ], resources: [.embedInCode("Dispatch/Functions")]),

        // MARK: Runtime: how a daemon lives
        // where configuration comes from; redaction; check
        library("Settings", in: "Shared/Runtime", ["YAML", "SystemCalls"]),
        // logs, metrics, trace context
        library("Observability", in: "Shared/Runtime", ["JSON", "SystemCalls", logging]),
        // routing, errors, paging, SSE
        library(
            "HTTPServing", in: "Shared/Runtime",
            ["HTTPServer", "HTTPMessages", "EventLoop", "JSON", "Observability", "Cryptography", "Tenancy", logging]),
        // who is calling → Principal
        library(
            "Access", in: "Shared/Runtime",
            ["Tenancy", "Stores", "Cryptography", "EventLoop", "HTTPServing", "HTTPServer", "HTTPMessages"]),
        // holds callers to so many calls a minute, for all replicas together
        library(
            "RateLimiting", in: "Shared/Runtime",
            ["Access", "HTTPServing", "HTTPMessages", "Redis", "Tenancy", "EventLoop", "Observability", logging]),
        // makes calls that carry an idempotency key once
        library(
            "Idempotency", in: "Shared/Runtime",
            [
                "Access", "HTTPServing", "HTTPMessages", "Stores", "Tenancy", "Cryptography", "JSON", "EventLoop",
                logging,
            ]),
        library(
            "DaemonRuntime", in: "Shared/Runtime",
            [
                "Settings", "Observability", "HTTPServing", "HTTPServer", "HTTPMessages", "EventLoop", "SystemCalls",
                "Tenancy",
                logging,
            ]),  // start, ready, drain, stop

        // how a program reaches its stores: settings, clients, readiness
        library(
            "StoreConnections", in: "Shared/Runtime",
            ["Settings", "DaemonRuntime", "Postgres", "Redis", "Blobs", "Schema", "EventLoop"]),

        // MARK: Operations: one use case a file
        // what the product does, one use case a file
        library(
            "Operations", in: "Shared",
            [
                "Stores", "Jobs", "Blobs", "PDFText", "Postgres", "Redis", "WireAPI", "OTLP", "JSON", "Tenancy",
                "Scoring",
                "CodeScoring", "Records", "Statistics",
                "Queueing", "Access", "Spending", "Webhooks", "Providers", "ChatModel", "Dialects",
                "HTTPTransfer", "HTTPMessages", "EventLoop", "Cryptography", "Observability", "YAML", logging,
            ]),

        // MARK: Daemons: libraries that never import each other, and their executables
        // the public HTTP API: one routes file a resource
        library(
            "PublicAPI", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "WireAPI", "OpenAPI", "OTLP", "Compression", "JSON", "Access",
                "Operations",
                "Postgres", "Redis", "Stores", "Cryptography",
                "Blobs", "Tenancy", "Scoring", "CodeScoring", "Records", "Queueing", "EventLoop", "ChatModel",
            ]),
        // the internal HTTP API of the console
        library(
            "OperatorAPI", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "WireAPI", "JSON", "Access", "Operations", "Stores", "Tenancy",
                "Scoring", "CodeScoring", "Records", "Queueing", "Spending", "Webhooks", "Blobs", "Cryptography",
                "EventLoop",
            ]),
        // running evaluators on models: prompts out, verdicts in
        library(
            "Evals", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "HTTPTransfer", "WireAPI", "JSON", "ChatModel", "Dialects", "Scoring",
                "CodeScoring",
                "Tenancy", "EventLoop", "Observability", logging,
            ]),
        // the one way to language models: route, limit, retry, relay
        library(
            "LLMProxy", in: "Daemons",
            [
                "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "JSON", "ChatModel", "Dialects",
                "Providers",
                "Stores", "Redis", "Tenancy", "Scoring", "Records", "Spending", "Cryptography", "EventLoop", "WireAPI",
                "YAML", "SystemCalls", "Settings", "Observability", logging,
            ]),
        // what no request waits for
        library(
            "BackgroundWork", in: "Daemons",
            ["Operations", "Stores", "Jobs", "Queueing", "JSON", "Tenancy", "EventLoop", logging]),
        // a private installation on one machine
        library(
            "Launcher", in: "Daemons",
            [
                "Settings", "Schema", "Stores", "Jobs", "Blobs", "Records", "StoreConnections", "Postgres", "Redis",
                "Providers",
                "Operations",
                "Access", "WireAPI", "JSON", "Queueing", "Webhooks", "Observability",
                "Cryptography", "EventLoop", "SystemCalls", "CLinux", "Tenancy", "Scoring", "HTTPTransfer",
                "HTTPMessages", "DaemonRuntime", logging,
            ]),  // private servers, supervisor, first steps
        executable(
            "scorable-apid", in: "Daemons",
            [
                "RateLimiting", "Idempotency", "DaemonRuntime", "PublicAPI", "OperatorAPI", "Operations", "Stores",
                "StoreConnections", "Blobs",
                "Postgres",
                "Redis", "Jobs", "HTTPTransfer", "Access", "Settings", "EventLoop", "WireAPI", "Tenancy", "Scoring",
                "Spending",
                "Observability",
                logging,
            ]),
        executable(
            "scorable-evald", in: "Daemons",
            [
                "DaemonRuntime", "Evals", "HTTPTransfer", "HTTPMessages", "HTTPServing", "Settings", "EventLoop",
            ]),
        executable(
            "scorable-llmproxyd", in: "Daemons",
            [
                "DaemonRuntime", "LLMProxy", "HTTPTransfer", "HTTPServing", "Settings", "EventLoop", "Scoring",
                "Stores", "SystemCalls", "YAML", "Spending", "Providers", "Tenancy", "Records",
                "Webhooks", "StoreConnections", "Postgres", "Redis", "Cryptography", logging,
            ]),
        executable(
            "scorable-workerd", in: "Daemons",
            [
                "DaemonRuntime", "BackgroundWork", "Operations", "Stores", "StoreConnections", "Postgres", "Redis",
                "Jobs", "Queueing", "Settings", "EventLoop", "HTTPTransfer", "Tenancy", logging,
            ]),
        executable(
            "scorable", in: "Daemons",
            ["Launcher", "DaemonRuntime", "SystemCalls", "EventLoop", "Observability", logging]),

        // MARK: Console
        // ncurses as typed accessors
        cShim("CNcurses", in: "Console", linking: ["ncursesw", "tinfo"]),
        // one UI thread owns the tty
        library("Terminal", in: "Console", ["CNcurses"]),
        // model → update → frame
        library("Screens", in: "Console", ["Terminal", "WireAPI", "JSON", "Tenancy"]),
        executable(
            "scorable-console", in: "Console",
            [
                "Screens", "Terminal", "APIClient", "WireAPI", "Settings", "EventLoop", "SystemCalls", "HTTPTransfer",
                "JSON",
            ]),

        // MARK: Benchmarks: side by side with peers, run by hand
        .executableTarget(
            name: "postgres-benchmark", dependencies: ["Postgres", "EventLoop"], path: "Benchmarks/postgres",
            exclude: ["run.sh"], swiftSettings: shared),
        .executableTarget(
            name: "http-benchmark", dependencies: ["HTTPServer", "HTTPMessages", "EventLoop"], path: "Benchmarks/http",
            exclude: ["run.sh"], swiftSettings: shared),
        .executableTarget(
            name: "json-benchmark", dependencies: ["JSON"], path: "Benchmarks/json", exclude: ["peers.py", "run.sh"],
            swiftSettings: shared),
        .executableTarget(
            name: "queue-benchmark",
            dependencies: [
                "Jobs", "Queueing", "Schema", "Postgres", "Redis", "EventLoop", "Observability", "Tenancy", logging,
            ], path: "Benchmarks/queue",
            exclude: ["README.md", "keys.py", "measure.py", "peers", "run.sh", "screens.py"], swiftSettings: shared),
        .executableTarget(
            name: "logs-benchmark",
            dependencies: [
                "Stores", "Schema", "Records", "Scoring", "Queueing", "Tenancy", "Postgres", "EventLoop", logging,
            ],
            path: "Benchmarks/logs", exclude: ["README.md", "index.sql", "run.sh", "seed.sql"], swiftSettings: shared),

        // MARK: Tests
        .target(
            name: "TestSupport", dependencies: ["EventLoop", "Postgres", "Redis", "CLinux"], path: "Tests/TestSupport",
            swiftSettings: shared),
        tests("EventLoopTests", ["EventLoop"]),
        tests("AccessTests", ["Access", "Tenancy"]),
        tests("JSONTests", ["JSON"]),
        tests("YAMLTests", ["YAML"]),
        tests("CryptographyTests", ["Cryptography", "TestSupport"]),
        tests("HTTPServerTests", ["HTTPServer", "HTTPMessages", "EventLoop", "CLinux"]),
        tests(
            "HTTPTransferTests", ["HTTPTransfer", "HTTPMessages", "EventLoop", "TestSupport"]),
        tests("PostgresTests", ["Postgres", "EventLoop", "Cryptography", "TestSupport", "CLinux"]),
        tests("SchemaTests", ["Schema", "Postgres", "EventLoop", "TestSupport", logging]),
        tests("RedisTests", ["Redis", "EventLoop", "TestSupport", "Cryptography", "CLinux"]),
        tests("ScoringTests", ["Scoring", "Tenancy", "Records"]),
        tests("StatisticsTests", ["Statistics", "JSON"]),
        tests("CodeScoringTests", ["CodeScoring", "Scoring", "Tenancy", "JSON"]),
        tests("QueueingTests", ["Queueing", "Tenancy"]),
        tests("OTLPTests", ["OTLP", "Records", "JSON"]),
        tests("CompressionTests", ["Compression"]),
        tests("PDFTextTests", ["PDFText", "SystemCalls", "EventLoop", "TestSupport"]),
        tests(
            "StoresTests",
            [
                "Stores", "Schema", "JSON", "Postgres", "Tenancy", "Scoring", "Spending", "Records", "Queueing",
                "Webhooks",
                "EventLoop",
                "TestSupport", logging,
            ]),
        tests(
            "OperationsTests",
            [
                "Operations", "Blobs", "JSON", "Cryptography", "Stores", "Jobs", "Queueing", "Webhooks", "Schema",
                "Postgres", "Redis", "YAML", "Tenancy", "Scoring",
                "Records", "Observability", "EventLoop", "HTTPTransfer", "HTTPMessages", "WireAPI", "TestSupport",
                logging,
            ]),
        tests("OpenAPITests", ["OpenAPI", "JSON"]),
        tests(
            "RateLimitingTests",
            [
                "RateLimiting", "Access", "HTTPServing", "HTTPMessages", "Redis", "Tenancy", "EventLoop",
                "Observability",
                "TestSupport",
                logging,
            ]),
        tests(
            "PublicAPITests",
            [
                "PublicAPI", "OpenAPI", "Idempotency", "Access", "HTTPServing", "HTTPServer", "HTTPMessages",
                "Operations", "WireAPI", "Stores", "Schema", "Jobs", "Blobs", "HTTPTransfer", "Postgres", "Redis",
                "Tenancy",
                "JSON",
                "Cryptography", "EventLoop", "Observability", "TestSupport", logging,
            ]),
        tests(
            "OperatorAPITests",
            [
                "OperatorAPI", "PublicAPI", "APIClient", "WireAPI", "Operations", "BackgroundWork", "Access", "Stores",
                "Jobs", "Blobs", "Queueing", "Webhooks", "Schema", "Postgres", "Redis", "Tenancy", "Scoring",
                "Spending", "Cryptography",
                "Records",
                "HTTPServing", "HTTPServer",
                "HTTPMessages", "HTTPTransfer", "Observability", "JSON", "EventLoop", "TestSupport", logging,
            ]),
        tests(
            "JobsTests",
            [
                "Jobs", "Queueing", "Schema", "Postgres", "Redis", "JSON", "Tenancy", "EventLoop", "Observability",
                "TestSupport", logging,
            ]),
        tests("BlobsTests", ["Blobs", "Cryptography", "EventLoop", "SystemCalls", "CLinux"]),
        tests(
            "WebhooksTests",
            [
                "Webhooks", "LLMProxy", "Operations", "Stores", "Jobs", "Queueing", "Schema", "Postgres", "Redis",
                "Tenancy", "Records", "WireAPI", "JSON", "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer",
                "Cryptography", "Observability", "EventLoop", "TestSupport", logging,
            ]),
        tests("SettingsTests", ["Settings"]),
        tests("ObservabilityTests", ["Observability", "EventLoop", logging]),
        tests(
            "HTTPServingTests",
            [
                "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "JSON", "Observability",
                "Tenancy", logging,
            ]),
        tests(
            "DaemonRuntimeTests",
            [
                "DaemonRuntime", "Settings", "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop",
                "Observability", "Tenancy", logging,
            ]),
        tests(
            "ProvidersTests",
            ["Providers", "Dialects", "ChatModel", "JSON", "HTTPMessages", "Cryptography", "TestSupport"]),
        tests(
            "EvalsTests",
            [
                "Evals", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "ChatModel", "Dialects", "Scoring",
                "Tenancy", "WireAPI", "JSON", "Providers", "HTTPServing", "Observability", logging,
            ]),
        tests(
            "LLMProxyTests",
            [
                "LLMProxy", "Providers", "Dialects", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop",
                "Settings", "WireAPI", "YAML", "SystemCalls", "ChatModel", "JSON",
                "Scoring", "Records", "Spending", "Tenancy", "HTTPServing", "Observability", "Stores", "Schema",
                "Postgres",
                "Redis",
                "Cryptography", "TestSupport", logging,
            ]),
        tests("APIClientTests", ["APIClient", "WireAPI", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop"]),
        // a terminal in memory
        .target(name: "CVTerm", path: "Tests/CVTerm", linkerSettings: [.linkedLibrary("vterm")]),
        // a small program on a terminal, driven by tests from outside
        .executableTarget(
            name: "terminal-probe", dependencies: ["Terminal"], path: "Tests/terminal-probe", swiftSettings: shared),
        tests("TerminalTests", ["Terminal", "CVTerm", "terminal-probe"]),
        tests("ScreensTests", ["Screens", "Terminal", "WireAPI", "JSON", "Tenancy"], exclude: ["screenshots"]),
        tests(
            "EndToEndTests", ["EventLoop", "HTTPTransfer", "HTTPMessages", "JSON", "WireAPI", "CLinux"],
            exclude: ["clients"]),
        tests("HouseRulesTests", []),
    ]
)
