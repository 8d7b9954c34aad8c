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
        cShim("CLinux", in: "Shared/CLibraries"),  // epoll, eventfd, signalfd, sockets: what Glibc's module leaves out
        cLibrary("CMicrohttpd", apt: "libmicrohttpd-dev"),
        cLibrary("CPostgres", apt: "libpq-dev"),
        cLibrary("CRedis", apt: "libhiredis-dev"),
        cLibrary("CCurl", apt: "libcurl4-openssl-dev"),
        cLibrary("COpenSSL", apt: "libssl-dev"),
        cLibrary("CYAML", apt: "libyaml-dev"),

        // MARK: Drivers: one library each; they know no domain noun
        library("EventLoop", in: "Shared/Drivers", ["CLinux"]),  // one epoll loop a core, executor of its tasks
        library("JSON", in: "Shared/Drivers", []),  // strict fast JSON: parser, writer, Codable coder
        library("YAML", in: "Shared/Drivers", ["CYAML"]),  // YAML documents as plain values
        library("Cryptography", in: "Shared/Drivers", ["COpenSSL"]),  // hashes, sealing, passwords, certificates
        library("HTTPMessages", in: "Shared/Drivers", []),  // methods, statuses, headers as both ends of HTTP see them
        library("HTTPServer", in: "Shared/Drivers", ["CMicrohttpd", "CLinux", "EventLoop", "HTTPMessages"]),  // requests in
        library("HTTPTransfer", in: "Shared/Drivers", ["CCurl", "EventLoop", "HTTPMessages", "Cryptography"]),  // requests out
        library("Postgres", in: "Shared/Drivers", ["CPostgres", "EventLoop"]),  // PostgreSQL on the loop
        library("Redis", in: "Shared/Drivers", ["CRedis", "CLinux", "EventLoop", "Cryptography"]),  // Redis on the loop

        // MARK: Domain: the nouns and their arithmetic; standard library and FoundationEssentials only
        library("Tenancy", in: "Shared/Domain", []),  // organisations, projects, users, keys, who may do what
        library("Scoring", in: "Shared/Domain", ["Tenancy"]),  // evaluators, judges, objectives, scores
        library("Records", in: "Shared/Domain", ["Tenancy", "Scoring"]),  // execution logs

        // MARK: Inference: talking to language models
        library("ChatModel", in: "Shared/Inference", ["JSON"]),  // provider-neutral messages, usage, cost
        library("Providers", in: "Shared/Inference", ["ChatModel", "JSON", "HTTPMessages", "HTTPTransfer"]),  // one folder a provider

        // MARK: Wire: shapes that leave a process
        library("WireAPI", in: "Shared/Wire", ["JSON", "Tenancy", "Scoring", "Records"]),  // request and response shapes
        library("APIClient", in: "Shared/Wire", ["WireAPI", "JSON", "EventLoop", "HTTPMessages", "HTTPTransfer"]),  // typed client of the internal API

        // MARK: Persistence: the only home of SQL
        library(
            "Schema", in: "Shared/Persistence", ["Postgres", "Cryptography", logging],
            resources: [.embedInCode("Migrations")]),  // numbered migrations, runner
        library(
            "Stores", in: "Shared/Persistence", ["Postgres", "JSON", "Tenancy", "Scoring", "Records", "EventLoop"]),  // one store an aggregate

        // MARK: Runtime: how a daemon lives
        library("Settings", in: "Shared/Runtime", ["YAML"]),  // where configuration comes from; redaction; check
        library("Observability", in: "Shared/Runtime", ["JSON", "EventLoop", logging]),  // logs, metrics, trace context
        library(
            "HTTPServing", in: "Shared/Runtime",
            ["HTTPServer", "HTTPMessages", "EventLoop", "JSON", "Observability", "Cryptography", logging]),  // routing, errors, paging, SSE
        library("Access", in: "Shared/Runtime", ["Tenancy", "Stores", "Cryptography", "EventLoop"]),  // who is calling → Principal
        library(
            "DaemonRuntime", in: "Shared/Runtime",
            [
                "Settings", "Observability", "HTTPServing", "HTTPServer", "HTTPMessages", "EventLoop", "Cryptography",
                "CLinux", logging,
            ]),  // start, ready, drain, stop

        // MARK: Operations: one use case a file
        library(
            "Operations", in: "Shared",
            [
                "Stores", "Postgres", "Redis", "WireAPI", "JSON", "Tenancy", "Scoring", "Records", "Access",
                "HTTPTransfer", "HTTPMessages", "EventLoop", "Cryptography", "Observability", logging,
            ]),

        // MARK: Daemons: libraries that never import each other, and their executables
        library(
            "PublicAPI", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "WireAPI", "JSON", "Access", "Operations", "Tenancy", "Scoring",
                "Records", logging,
            ]),
        library(
            "OperatorAPI", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "WireAPI", "JSON", "Access", "Operations", "Tenancy", "Scoring",
                "Records", "EventLoop", logging,
            ]),
        library(
            "Evals", in: "Daemons",
            [
                "HTTPServing", "HTTPMessages", "HTTPTransfer", "WireAPI", "JSON", "ChatModel", "Scoring", "Tenancy",
                "EventLoop", "Observability", logging,
            ]),
        library(
            "LLMProxy", in: "Daemons",
            [
                "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "JSON", "ChatModel", "Providers", "Stores",
                "Postgres", "Redis", "Cryptography", "Tenancy", "EventLoop", "Observability", logging,
            ]),
        library(
            "BackgroundWork", in: "Daemons",
            ["Operations", "Stores", "Postgres", "Redis", "EventLoop", "Observability", logging]),
        library(
            "Launcher", in: "Daemons",
            [
                "Settings", "Schema", "Stores", "Postgres", "Redis", "Operations", "Access", "Cryptography",
                "EventLoop", "CLinux", "Tenancy", "Scoring", "HTTPTransfer", "HTTPMessages", "JSON", "DaemonRuntime",
                "Observability", logging,
            ]),  // private servers, supervisor, first steps
        executable(
            "scorable-apid", in: "Daemons",
            [
                "DaemonRuntime", "PublicAPI", "OperatorAPI", "Operations", "Stores", "Postgres", "Redis",
                "HTTPTransfer", "Access", "Settings", "EventLoop", "Observability", "HTTPServing", "Schema",
                "Cryptography", logging,
            ]),
        executable(
            "scorable-evald", in: "Daemons",
            [
                "DaemonRuntime", "Evals", "HTTPTransfer", "Settings", "EventLoop", "Observability", "HTTPServing",
                logging,
            ]),
        executable(
            "scorable-llmproxyd", in: "Daemons",
            [
                "DaemonRuntime", "LLMProxy", "HTTPTransfer", "Settings", "EventLoop", "Observability", "HTTPServing",
                "Stores", "Postgres", "Redis", "Schema", "Cryptography", logging,
            ]),
        executable(
            "scorable-workerd", in: "Daemons",
            [
                "DaemonRuntime", "BackgroundWork", "Operations", "Stores", "Postgres", "Redis", "Settings", "EventLoop",
                "Observability", "HTTPServing", "Schema", logging,
            ]),
        executable(
            "scorable", in: "Daemons", ["Launcher", "DaemonRuntime", "Settings", "EventLoop", "Observability", logging]),

        // MARK: Console
        cShim("CNcurses", in: "Console", linking: ["ncursesw", "tinfo"]),
        library("Terminal", in: "Console", ["CNcurses"]),  // one UI thread owns the tty
        library("Screens", in: "Console", ["Terminal", "WireAPI", "JSON"]),  // model → update → frame
        executable(
            "scorable-console", in: "Console",
            ["Screens", "Terminal", "APIClient", "WireAPI", "Settings", "EventLoop", "HTTPTransfer", "JSON"]),

        // MARK: Tests
        .target(
            name: "TestSupport", dependencies: ["EventLoop", "Postgres", "Redis", "CLinux"], path: "Tests/TestSupport",
            swiftSettings: shared),
        tests("EventLoopTests", ["EventLoop"]),
        tests("JSONTests", ["JSON"]),
        tests("YAMLTests", ["YAML"]),
        tests("CryptographyTests", ["Cryptography"]),
        tests("HTTPServerTests", ["HTTPServer", "HTTPMessages", "EventLoop", "Cryptography", "TestSupport", "CLinux"]),
        tests(
            "HTTPTransferTests",
            ["HTTPTransfer", "HTTPServer", "HTTPMessages", "EventLoop", "Cryptography", "TestSupport"]),
        tests("PostgresTests", ["Postgres", "EventLoop", "TestSupport"]),
        tests("RedisTests", ["Redis", "EventLoop", "TestSupport"]),
        tests("ScoringTests", ["Scoring", "Tenancy"]),
        tests(
            "StoresTests",
            [
                "Stores", "Schema", "Postgres", "Tenancy", "Scoring", "Records", "EventLoop", "JSON", "TestSupport",
                "Cryptography",
            ]),
        tests("SettingsTests", ["Settings"]),
        tests("ObservabilityTests", ["Observability", "EventLoop", logging]),
        tests(
            "HTTPServingTests",
            [
                "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "JSON", "Observability",
                "TestSupport", logging,
            ]),
        tests(
            "EvalsTests",
            [
                "Evals", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "ChatModel", "Scoring", "Tenancy",
                "WireAPI", "JSON", "TestSupport", "HTTPServing", "Observability", logging,
            ]),
        tests(
            "LLMProxyTests",
            [
                "LLMProxy", "Providers", "HTTPServer", "HTTPMessages", "HTTPTransfer", "EventLoop", "ChatModel", "JSON",
                "TestSupport", "HTTPServing", "Observability", logging,
            ]),
        tests(
            "PublicAPITests",
            [
                "PublicAPI", "OperatorAPI", "Operations", "WireAPI", "JSON", "Access", "Stores", "Schema", "Postgres",
                "HTTPServing", "HTTPServer", "HTTPMessages", "HTTPTransfer", "Evals", "EventLoop", "Observability",
                "TestSupport", logging,
            ]),
        tests("TerminalTests", ["Terminal"]),
        tests("ScreensTests", ["Screens", "Terminal", "WireAPI"]),
        tests("EndToEndTests", ["TestSupport", "EventLoop", "HTTPTransfer", "HTTPMessages", "JSON", "CLinux"]),
        tests("HouseRulesTests", []),
    ]
)
