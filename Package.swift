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

/// Modules that are compiled for size in release builds: what people do by hand does little at a time. Compiling `Launcher`
/// for speed ends the compiler (Swift 6.3.1, while it splits a coroutine), and `Screens` takes it many minutes.
let compact: Set = ["Launcher", "Screens"]

/// Modules that a call of a model runs through. In release builds they do not check while they run whether two accesses to
/// the same memory overlap, which is one in twenty-five of a call's instructions: debug builds do, and so the tests.
let quick: Set = [
    "ChatModel", "Dialects", "EventLoop", "HTTPMessages", "HTTPServer", "HTTPServing", "HTTPTransfer", "JSON",
    "LLMProxy", "Observability", "Providers", "Spending",
]

/// What the compiler knows of a run of the proxy when it compiles those modules for release: which ways its calls take. What
/// has changed since is compiled as without it. `Benchmarks/proxy/profile.sh` makes it anew, with modules that count.
func profiling() -> [String] {
    guard Context.environment["SCORABLE_COUNT_FOR_PROFILE"] == nil else {
        return ["-Xfrontend", "-ir-profile-generate"]
    }
    // Compilers of another version may not be able to read it.
    #if compiler(>=6.3) && compiler(<6.4)
        return ["-Xfrontend", "-ir-profile-use=\(Context.packageDirectory)/Benchmarks/proxy/llmproxyd.profdata"]
    #else
        return []
    #endif
}

/// Where the linker puts what a call of the proxy runs through: together, on few pages, because after a pause each page costs
/// more than what is done there. `Benchmarks/proxy/order.sh` makes the order anew. What is only read stays in one mapping with
/// what runs, which `ProgramText` lets go of.
let together: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--no-rosegment", "-Xlinker", "--no-warn-symbol-ordering", "-Xlinker",
            "--symbol-ordering-file=\(Context.packageDirectory)/Benchmarks/proxy/llmproxyd.order",
        ], .when(configuration: .release))
]

/// The settings of the target of this name.
func settings(of name: String) -> [SwiftSetting] {
    var flags: [String] = []
    if compact.contains(name) { flags.append("-Osize") }
    if quick.contains(name) {
        flags += ["-enforce-exclusivity=unchecked", "-Xfrontend", "-function-sections"] + profiling()
    }
    return flags.isEmpty ? shared : shared + [.unsafeFlags(flags, .when(configuration: .release))]
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A Swift library target in `Sources/<folder>/<name>`.
func library(
    _ name: String, in folder: String, on dependencies: Target.Dependency..., resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", resources: resources,
        swiftSettings: settings(of: name))
}

/// The module map of one C library in `Sources/Shared/CLibraries/<name>`.
func cLibrary(_ name: String, apt package: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Shared/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A C target of ours: `static inline` accessors for what Swift cannot import.
func cShim(_ name: String, in folder: String, linking libraries: [String] = []) -> Target {
    .target(name: name, path: "Sources/\(folder)/\(name)", linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// An executable in `Sources/<folder>/<name>`: it parses, composes and runs.
func executable(
    _ name: String, in folder: String, on dependencies: Target.Dependency..., linking: [LinkerSetting] = []
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser], path: "Sources/\(folder)/\(name)",
        swiftSettings: shared, linkerSettings: linking)
}

/// A measurement in `Benchmarks/<folder>`; `exclude` is what is not Swift.
func benchmark(_ name: String, in folder: String, on dependencies: Target.Dependency..., exclude: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(folder)", exclude: exclude, swiftSettings: shared)
}

/// The tests of one module in `Tests/<name>`.
func tests(_ name: String, on dependencies: Target.Dependency..., exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: shared)
}

let package = Package(
    name: "scorable",
    products: [
        "scorable-apid", "scorable-evald", "scorable-llmproxyd", "scorable-workerd", "scorable-console", "scorable",
    ].map { .executable(name: $0, targets: [$0]) },
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
        // where the headers are that those of lasso include
        cLibrary("CGLib", apt: "libglib2.0-dev", pkgConfig: "gobject-2.0"),
        cLibrary("CXML", apt: "libxml2-dev", pkgConfig: "libxml-2.0"),
        // SAML 2.0 messages by lasso, texts in and texts out: its own headers cannot be imported
        .target(
            name: "CLasso", dependencies: ["CGLib", "CXML"], path: "Sources/Shared/CLibraries/CLasso",
            cSettings: [.unsafeFlags(["-isystem", "/usr/include/xmlsec1"])],
            linkerSettings: ["lasso", "gobject-2.0", "glib-2.0", "xml2", "xmlsec1", "xmlsec1-openssl", "crypto"].map {
                .linkedLibrary($0)
            }),

        // MARK: Drivers: one library each; they know no domain noun
        // one epoll loop a core, executor of its tasks
        library("EventLoop", in: "Shared/Drivers", on: "CLinux"),
        // what a process asks of Linux besides waiting
        library("SystemCalls", in: "Shared/Drivers", on: "EventLoop", "CLinux"),
        // the text of PDF documents, read by another program in a cage
        library("PDFText", in: "Shared/Drivers", on: "EventLoop", "SystemCalls"),
        // strict fast JSON: parser, writer, Codable coder
        library("JSON", in: "Shared/Drivers"),
        // YAML documents as plain values
        library("YAML", in: "Shared/Drivers", on: "CYAML"),
        // compressed bodies, inflated within bounds
        library("Compression", in: "Shared/Drivers", on: "CZlib"),
        // hashes, sealing, passwords, certificates
        library("Cryptography", in: "Shared/Drivers", on: "COpenSSL"),
        // XML documents, read strictly within bounds
        library("XML", in: "Shared/Drivers"),
        // SAML 2.0: metadata, requests, verified assertions, single logout
        library("SAML", in: "Shared/Drivers", on: "CLasso", "Compression", "Cryptography", "JSON", "XML"),
        // methods, statuses, headers as both ends of HTTP see them
        library("HTTPMessages", in: "Shared/Drivers"),
        // requests in
        library("HTTPServer", in: "Shared/Drivers", on: "CLinux", "Cryptography", "EventLoop", "HTTPMessages"),
        // requests out
        library(
            "HTTPTransfer", in: "Shared/Drivers",
            on: "CCurl", "EventLoop", "HTTPMessages", "Cryptography", "SystemCalls"),
        // who this program is at a cloud: credentials that are got, and got anew before they end
        library(
            "CloudIdentity", in: "Shared/Drivers",
            on: "Cryptography", "EventLoop", "HTTPMessages", "HTTPTransfer", "JSON", "SystemCalls", "XML"),
        // PostgreSQL on the loop
        library("Postgres", in: "Shared/Drivers", on: "CPostgres", "EventLoop", "SystemCalls"),
        // Redis on the loop
        library("Redis", in: "Shared/Drivers", on: "CRedis", "CLinux", "EventLoop", "SystemCalls", "Cryptography"),
        // bytes to a peer over TCP or TLS, and how many of them it has acknowledged
        library("ByteStreams", in: "Shared/Drivers", on: "CLinux", "EventLoop", "SystemCalls", "Cryptography"),

        // MARK: Domain: the nouns and their arithmetic; standard library and FoundationEssentials only
        // organisations, projects, users, keys, who may do what
        library("Tenancy", in: "Shared/Domain"),
        // agreement, calibration, intervals: numbers in, numbers out
        library("Statistics", in: "Shared/Domain"),
        // evaluators, judges, objectives, scores
        library("Scoring", in: "Shared/Domain", on: "Tenancy"),
        // jobs, batches, schedules: what is done in the background, and in which order
        library("Queueing", in: "Shared/Domain", on: "Tenancy"),
        // execution logs
        library("Records", in: "Shared/Domain", on: "Tenancy", "Scoring", "Queueing"),
        // what calls of models may cost and use: prices, budgets, limits
        library("Spending", in: "Shared/Domain", on: "Tenancy", "Scoring"),
        // webhooks: whom to tell of what, and what becomes of it
        library("Webhooks", in: "Shared/Domain", on: "Tenancy"),

        // MARK: Inference: talking to language models
        // provider-neutral messages, usage, cost
        library("ChatModel", in: "Shared/Inference", on: "JSON"),
        // the wire languages that callers speak, read and written
        library("Dialects", in: "Shared/Inference", on: "ChatModel", "JSON", "Cryptography"),
        // one folder a provider
        library(
            "Providers", in: "Shared/Inference",
            on: "ChatModel", "CloudIdentity", "Dialects", "JSON", "HTTPMessages", "Cryptography"),

        // MARK: Scoring by code: what needs no model
        // rules and texts in, scores with their reasons out
        library("CodeScoring", in: "Shared", on: "Scoring", "Tenancy", "JSON"),

        // MARK: Wire: shapes that leave a process
        // traces as OpenTelemetry's exporters send them
        library("OTLP", in: "Shared/Wire", on: "JSON", "Records"),
        // request and response shapes
        library(
            "WireAPI", in: "Shared/Wire",
            on: "JSON", "Tenancy", "Scoring", "CodeScoring", "Records", "Queueing", "OTLP"),
        // what an HTTP API is, described once for programs and people: an OpenAPI document, a page of documentation
        library("OpenAPI", in: "Shared/Wire", on: "JSON", "HTTPMessages", "Cryptography"),
        // typed client of the internal API
        library("APIClient", in: "Shared/Wire", on: "WireAPI", "JSON", "EventLoop", "HTTPMessages", "HTTPTransfer"),

        // MARK: Persistence: the only home of SQL
        // numbered migrations, runner
        library(
            "Schema", in: "Shared/Persistence",
            on: "Postgres", "Cryptography", "EventLoop", logging,
            resources: [.embedInCode("Migrations")]),
        // one store an aggregate
        library(
            "Stores", in: "Shared/Persistence",
            on: "Postgres", "JSON", "Tenancy", "Scoring", "CodeScoring", "Spending", "Records", "Queueing", "Webhooks",
            "OTLP", "EventLoop"),

        // which replica of the database a read may go to
        library("Replicas", in: "Shared/Persistence", on: "Postgres", "EventLoop", logging),

        // object storage: large things under names, in a directory, at S3, Azure or Google
        library(
            "Blobs", in: "Shared/Persistence",
            on: "CloudIdentity", "Cryptography", "EventLoop", "HTTPMessages", "HTTPTransfer", "JSON", "SystemCalls",
            "XML"),

        // the queue: accept in the caller's transaction, dispatch over Redis, lease, commit, rescue
        library(
            "Jobs", in: "Shared/Persistence",
            on: "Postgres", "Redis", "JSON", "Tenancy", "Queueing", "EventLoop", "SystemCalls", "Observability",
            logging,
            resources: [.embedInCode("Dispatch/Functions")]),

        // MARK: Runtime: how a daemon lives
        // where configuration comes from; redaction; check
        library("Settings", in: "Shared/Runtime", on: "YAML", "SystemCalls"),
        // logs, metrics, trace context
        library("Observability", in: "Shared/Runtime", on: "JSON", "SystemCalls", logging),
        // routing, errors, paging, SSE
        library(
            "HTTPServing", in: "Shared/Runtime",
            on: "HTTPServer", "HTTPMessages", "EventLoop", "JSON", "Observability", "Cryptography", "Tenancy", logging),
        // who is calling → Principal
        library(
            "Access", in: "Shared/Runtime",
            on: "Tenancy", "Stores", "Redis", "Cryptography", "EventLoop", "HTTPServing", "HTTPServer", "HTTPMessages",
            "JSON", logging),
        // holds callers to so many calls a minute, for all replicas together
        library(
            "RateLimiting", in: "Shared/Runtime",
            on: "Access", "HTTPServing", "HTTPMessages", "Redis", "Tenancy", "EventLoop", "Observability", logging),
        // refuses what is new while a disk is nearly full, for all replicas together
        library(
            "IngestGate", in: "Shared/Runtime",
            on: "Access", "HTTPServing", "HTTPMessages", "Postgres", "Records", "Redis", "JSON", "EventLoop",
            "Observability", logging),
        // makes calls that carry an idempotency key once
        library(
            "Idempotency", in: "Shared/Runtime",
            on: "Access", "HTTPServing", "HTTPMessages", "Stores", "Tenancy", "Cryptography", "JSON", "EventLoop",
            logging),
        // tells collectors of our own traces
        library(
            "SpanExport", in: "Shared/Runtime",
            on: "Settings", "Observability", "OTLP", "Records", "HTTPTransfer", "HTTPMessages", "EventLoop", logging),
        // start, ready, drain, stop
        library(
            "DaemonRuntime", in: "Shared/Runtime",
            on: "Settings", "Observability", "SpanExport", "HTTPTransfer", "HTTPServing", "HTTPServer", "HTTPMessages",
            "EventLoop", "SystemCalls", "Cryptography", "Tenancy", "WireAPI", logging),

        // how a program reaches its stores: settings, clients, readiness
        library(
            "StoreConnections", in: "Shared/Runtime",
            on: "Settings", "DaemonRuntime", "Observability", "Postgres", "Replicas", "Redis", "Blobs", "CloudIdentity",
            "Cryptography", "HTTPTransfer", "Schema", "SystemCalls", "EventLoop", "Records", "WireAPI", "JSON", logging),

        // MARK: Operations: one use case a file
        // what the product does, one use case a file
        library(
            "Operations", in: "Shared",
            on: "Stores", "Replicas", "Jobs", "Blobs", "PDFText", "Postgres", "Redis", "WireAPI", "OTLP", "JSON",
            "Tenancy",
            "Scoring", "CodeScoring", "Records", "Statistics", "Queueing", "Access", "Spending", "Webhooks",
            "Providers", "ChatModel", "Dialects", "SAML", "HTTPTransfer", "HTTPMessages", "EventLoop", "Cryptography",
            "Observability", "YAML", "Compression", "SystemCalls", "IngestGate", logging),

        // MARK: Daemons: libraries that never import each other, and their executables
        // the public HTTP API: one routes file a resource
        library(
            "PublicAPI", in: "Daemons",
            on: "HTTPServing", "HTTPMessages", "WireAPI", "OpenAPI", "OTLP", "Compression", "JSON", "Access",
            "Operations", "Postgres", "Redis", "Stores", "Cryptography", "Blobs", "Tenancy", "Scoring", "CodeScoring",
            "Records", "Statistics", "Queueing", "EventLoop", "ChatModel"),
        // the internal HTTP API of the console
        library(
            "OperatorAPI", in: "Daemons",
            on: "HTTPServing", "HTTPMessages", "WireAPI", "JSON", "Access", "Operations", "Stores", "Tenancy",
            "Scoring", "CodeScoring", "Records", "Statistics", "Queueing", "Spending", "Webhooks", "Blobs",
            "Cryptography", "EventLoop"),
        // the pages that a browser sees: signing in, terminals that wait for it, invitations
        library(
            "SignInPages", in: "Daemons",
            on: "HTTPServing", "HTTPMessages", "JSON", "Access", "Operations", "SAML", "Stores", "Tenancy",
            "Cryptography", "EventLoop", logging),
        // SCIM 2.0: by what identity providers keep people and groups here
        library(
            "SCIM", in: "Daemons",
            on: "HTTPServing", "HTTPMessages", "JSON", "Access", "Operations", "Stores", "Tenancy"),
        // the audit, sent to receivers outside
        library(
            "AuditForwarding", in: "Daemons",
            on: "Stores", "Postgres", "Records", "Tenancy", "WireAPI", "JSON", "ByteStreams", "Cryptography",
            "SystemCalls", "EventLoop", "Observability", logging),
        // running evaluators on models: prompts out, verdicts in
        library(
            "Evals", in: "Daemons",
            on: "HTTPServing", "HTTPMessages", "HTTPTransfer", "WireAPI", "JSON", "ChatModel", "Dialects", "Scoring",
            "CodeScoring", "Tenancy", "EventLoop", "Observability", logging),
        // the one way to language models: route, limit, retry, relay
        library(
            "LLMProxy", in: "Daemons",
            on: "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "JSON", "ChatModel", "Dialects",
            "Providers", "Stores", "Redis", "Tenancy", "Scoring", "Records", "Spending", "Cryptography", "EventLoop",
            "WireAPI", "YAML", "SystemCalls", "Settings", "Observability", logging),
        // what no request waits for
        library(
            "BackgroundWork", in: "Daemons",
            on: "Operations", "Stores", "Jobs", "Queueing", "JSON", "Tenancy", "EventLoop", "Observability", logging),
        // a private installation on one machine: private servers, supervisor, first steps
        library(
            "Launcher", in: "Daemons",
            on: "Settings", "Schema", "Stores", "Jobs", "Blobs", "Records", "StoreConnections", "Postgres", "Redis",
            "Providers", "Operations", "Access", "WireAPI", "JSON", "Queueing", "Webhooks", "Observability",
            "IngestGate",
            "Cryptography", "EventLoop", "SystemCalls", "CLinux", "Tenancy", "Scoring", "HTTPTransfer", "HTTPMessages",
            "DaemonRuntime", "YAML", logging),
        executable(
            "scorable-apid", in: "Daemons",
            on: "RateLimiting", "Idempotency", "IngestGate", "DaemonRuntime", "PublicAPI", "OperatorAPI", "SignInPages",
            "SCIM", "Operations",
            "HTTPServing", "Stores",
            "StoreConnections", "Blobs", "Postgres", "Replicas", "Redis", "Jobs", "HTTPTransfer", "Access", "Settings",
            "EventLoop",
            "WireAPI", "Tenancy", "Scoring", "Spending", "Observability", logging),
        executable(
            "scorable-evald", in: "Daemons",
            on: "DaemonRuntime", "Evals", "HTTPTransfer", "HTTPMessages", "HTTPServing", "Settings", "EventLoop"),
        executable(
            "scorable-llmproxyd", in: "Daemons",
            on: "DaemonRuntime", "LLMProxy", "HTTPTransfer", "HTTPServing", "Settings", "EventLoop", "Scoring",
            "Stores", "SystemCalls", "YAML", "Spending", "Providers", "Tenancy", "Records", "Webhooks",
            "StoreConnections", "Postgres", "Redis", "Cryptography", "AuditForwarding", "ByteStreams", logging,
            linking: together),
        executable(
            "scorable-workerd", in: "Daemons",
            on: "DaemonRuntime", "BackgroundWork", "Operations", "Stores", "StoreConnections", "Postgres", "Replicas",
            "Redis", "Jobs", "Queueing", "Settings", "EventLoop", "HTTPTransfer", "Tenancy", "Records", logging),
        executable(
            "scorable", in: "Daemons",
            on: "Launcher", "WireAPI", "DaemonRuntime", "SystemCalls", "EventLoop", "Observability", logging),

        // MARK: Console
        // ncurses as typed accessors
        cShim("CNcurses", in: "Console", linking: ["ncursesw", "tinfo"]),
        // one UI thread owns the tty
        library("Terminal", in: "Console", on: "CNcurses"),
        // short texts as squares that a camera reads
        library("QRCodes", in: "Console"),
        // model → update → frame
        library("Screens", in: "Console", on: "Terminal", "QRCodes", "WireAPI", "JSON", "Tenancy"),
        executable(
            "scorable-console", in: "Console",
            on: "Screens", "Terminal", "APIClient", "WireAPI", "Settings", "EventLoop", "SystemCalls", "HTTPTransfer",
            "JSON"),

        // MARK: Benchmarks: side by side with peers, run by hand
        benchmark("postgres-benchmark", in: "postgres", on: "Postgres", "EventLoop", exclude: ["run.sh"]),
        benchmark("http-benchmark", in: "http", on: "HTTPServer", "HTTPMessages", "EventLoop", exclude: ["run.sh"]),
        benchmark("json-benchmark", in: "json", on: "JSON", exclude: ["peers.py", "run.sh"]),
        benchmark(
            "queue-benchmark", in: "queue",
            on: "Jobs", "Queueing", "Schema", "Postgres", "Redis", "EventLoop", "Observability", "Tenancy", logging,
            exclude: ["README.md", "batch.py", "keys.py", "measure.py", "peers", "reseed.py", "run.sh", "screens.py"]),
        benchmark(
            "logs-benchmark", in: "logs",
            on: "Stores", "Schema", "Records", "Scoring", "Queueing", "Tenancy", "Postgres", "EventLoop", logging,
            exclude: ["README.md", "index.sql", "run.sh", "seed.sql"]),

        // MARK: Tests
        .target(
            name: "TestSupport", dependencies: ["EventLoop", "Postgres", "Redis", "CLinux"],
            path: "Tests/TestSupport", swiftSettings: shared),
        // the product over stores of its own, for the tests of what stands on it
        .target(
            name: "ProductSupport",
            dependencies: [
                "Access", "Blobs", "Cryptography", "EventLoop", "HTTPServer", "HTTPServing", "HTTPTransfer", "Jobs",
                "Observability", "Operations", "Postgres", "Redis", "Replicas", "Schema", "Stores", "Tenancy",
                "TestSupport", logging,
            ], path: "Tests/ProductSupport", swiftSettings: shared),
        tests("EventLoopTests", on: "EventLoop"),
        tests(
            "AccessTests", on: "Access", "Stores", "Redis", "Cryptography", "EventLoop", "Tenancy", "TestSupport",
            logging),
        tests("JSONTests", on: "JSON"),
        tests("YAMLTests", on: "YAML"),
        tests("CryptographyTests", on: "Cryptography", "TestSupport"),
        tests("HTTPServerTests", on: "HTTPServer", "HTTPMessages", "EventLoop", "CLinux", "TestSupport"),
        tests("HTTPTransferTests", on: "HTTPTransfer", "HTTPMessages", "EventLoop", "TestSupport"),
        tests("PostgresTests", on: "Postgres", "EventLoop", "Cryptography", "TestSupport", "CLinux"),
        tests("SchemaTests", on: "Schema", "Postgres", "EventLoop", "TestSupport", logging),
        tests("ReplicasTests", on: "Replicas", "Postgres", "EventLoop", "TestSupport", logging),
        tests("RedisTests", on: "Redis", "EventLoop", "TestSupport", "Cryptography", "CLinux"),
        tests("ScoringTests", on: "Scoring", "Tenancy", "Records"),
        tests("StatisticsTests", on: "Statistics", "JSON"),
        tests("CodeScoringTests", on: "CodeScoring", "Scoring", "Tenancy", "JSON"),
        tests("QueueingTests", on: "Queueing", "Tenancy"),
        tests("OTLPTests", on: "OTLP", "Records", "JSON"),
        tests("CompressionTests", on: "Compression"),
        tests("SAMLTests", on: "SAML", "Cryptography", "Compression", "TestSupport", exclude: ["documents"]),
        tests("QRCodesTests", on: "QRCodes", "TestSupport"),
        tests("PDFTextTests", on: "PDFText", "SystemCalls", "EventLoop", "TestSupport"),
        tests(
            "StoresTests",
            on: "Stores", "Schema", "JSON", "Postgres", "Tenancy", "Scoring", "Spending", "Records", "Queueing",
            "Webhooks", "EventLoop", "TestSupport", logging),
        tests(
            "OperationsTests",
            on: "Operations", "Blobs", "JSON", "Cryptography", "Schema", "Stores", "Jobs", "Queueing", "Webhooks",
            "Postgres", "Replicas", "Redis", "YAML", "Tenancy", "Scoring", "Records", "Observability", "EventLoop",
            "HTTPTransfer",
            "HTTPMessages", "HTTPServer", "HTTPServing", "WireAPI", "TestSupport", "ProductSupport", logging),
        tests("OpenAPITests", on: "OpenAPI", "HTTPMessages", "JSON"),
        tests(
            "RateLimitingTests",
            on: "RateLimiting", "Access", "HTTPServing", "HTTPMessages", "Redis", "Tenancy", "EventLoop",
            "Observability", "TestSupport", logging),
        tests(
            "IngestGateTests",
            on: "IngestGate", "HTTPServing", "HTTPMessages", "Postgres", "Records", "Redis", "EventLoop",
            "Observability",
            "TestSupport", logging),
        tests(
            "PublicAPITests",
            on: "PublicAPI", "OpenAPI", "Idempotency", "IngestGate", "Access", "HTTPServing", "HTTPServer",
            "HTTPMessages",
            "Operations", "WireAPI", "Records", "Scoring", "Stores", "Jobs", "HTTPTransfer", "Postgres", "Redis",
            "Tenancy", "JSON", "Cryptography", "EventLoop", "Observability", "ProductSupport", logging),
        tests(
            "OperatorAPITests",
            on: "OperatorAPI", "PublicAPI", "APIClient", "WireAPI", "Operations", "BackgroundWork", "Access", "Stores",
            "Jobs", "Blobs", "Queueing", "Webhooks", "Schema", "Postgres", "Replicas", "Redis", "Tenancy", "Scoring",
            "Spending", "IngestGate", "Cryptography", "Records", "HTTPServing", "HTTPServer", "HTTPMessages",
            "HTTPTransfer",
            "Observability",
            "JSON", "EventLoop", "TestSupport", "ProductSupport", logging),
        tests(
            "SCIMTests",
            on: "SCIM", "OperatorAPI", "PublicAPI", "Access", "Operations", "Stores", "Tenancy", "JSON", "HTTPServing",
            "HTTPServer", "HTTPMessages", "HTTPTransfer", "Postgres", "EventLoop", "Cryptography", "TestSupport",
            "ProductSupport"),
        tests(
            "SignInPagesTests",
            on: "SignInPages", "PublicAPI", "Access", "Operations", "SAML", "Stores", "Records", "Tenancy", "WireAPI",
            "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "Postgres", "EventLoop", "Cryptography",
            "Observability",
            "ProductSupport"),
        tests(
            "JobsTests",
            on: "Jobs", "Queueing", "Schema", "Postgres", "Redis", "JSON", "Tenancy", "EventLoop", "Observability",
            "TestSupport", logging),
        tests(
            "CloudIdentityTests",
            on: "CloudIdentity", "Cryptography", "EventLoop", "HTTPMessages", "HTTPTransfer", "SystemCalls",
            "TestSupport"),
        tests(
            "BlobsTests",
            on: "Blobs", "CloudIdentity", "Cryptography", "EventLoop", "HTTPMessages", "HTTPTransfer", "JSON",
            "SystemCalls", "TestSupport", "CLinux", exclude: ["servers"]),
        tests(
            "WebhooksTests",
            on: "Webhooks", "LLMProxy", "Operations", "Stores", "Jobs", "Queueing", "Schema", "Postgres", "Redis",
            "Tenancy", "Records", "WireAPI", "JSON", "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer",
            "Cryptography", "Observability", "EventLoop", "TestSupport", logging),
        tests(
            "AuditForwardingTests",
            on: "AuditForwarding", "ByteStreams", "Stores", "Schema", "Postgres", "Records", "Tenancy", "WireAPI",
            "JSON", "Cryptography", "SystemCalls", "Observability", "EventLoop", "TestSupport", logging),
        tests("SettingsTests", on: "Settings"),
        tests(
            "SpanExportTests",
            on: "SpanExport", "Observability", "OTLP", "Records", "HTTPServing", "HTTPServer", "HTTPMessages",
            "HTTPTransfer", "EventLoop", "Tenancy", logging),
        tests("ObservabilityTests", on: "Observability", "EventLoop", logging),
        tests(
            "HTTPServingTests",
            on: "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "JSON", "Observability",
            "Tenancy", logging),
        tests(
            "DaemonRuntimeTests",
            on: "DaemonRuntime", "Settings", "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop",
            "Observability", "SystemCalls", "Tenancy", logging),
        tests(
            "ProvidersTests",
            on: "Providers", "CloudIdentity", "Dialects", "ChatModel", "JSON", "HTTPMessages", "Cryptography",
            "TestSupport"),
        tests(
            "EvalsTests",
            on: "Evals", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "ChatModel", "Dialects", "Scoring",
            "Tenancy", "WireAPI", "JSON", "Providers", "HTTPServing", "Observability", logging),
        tests(
            "LLMProxyTests",
            on: "LLMProxy", "Providers", "Dialects", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop",
            "Settings", "WireAPI", "YAML", "SystemCalls", "ChatModel", "JSON", "Scoring", "Records", "Spending",
            "Tenancy", "HTTPServing", "Observability", "Stores", "Schema", "Postgres", "Redis", "Cryptography",
            "TestSupport", logging),
        tests("LauncherTests", on: "Launcher", "WireAPI"),
        tests("APIClientTests", on: "APIClient", "WireAPI", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop"),
        // a terminal in memory
        .target(name: "CVTerm", path: "Tests/CVTerm", linkerSettings: [.linkedLibrary("vterm")]),
        // a small program on a terminal, driven by tests from outside
        .executableTarget(
            name: "terminal-probe", dependencies: ["Terminal"], path: "Tests/terminal-probe",
            swiftSettings: shared),
        tests("TerminalTests", on: "Terminal", "CVTerm", "terminal-probe"),
        tests("ScreensTests", on: "Screens", "Terminal", "WireAPI", "JSON", "Tenancy", exclude: ["screenshots"]),
        tests(
            "EndToEndTests",
            on: "EventLoop", "HTTPTransfer", "HTTPMessages", "JSON", "WireAPI", "CLinux",
            exclude: ["clients"]),
        tests("HouseRulesTests"),
    ]
)
