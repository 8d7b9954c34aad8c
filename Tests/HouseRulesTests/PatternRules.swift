/// A text that does not belong in some part of the tree.
struct PatternRule: Sendable {
    /// What to do instead, and why.
    let message: String
    /// Texts of which every match contains one: lines without any are skipped quickly.
    let needles: [String]
    let pattern: @Sendable (String) -> Bool
    /// The folders where it is forbidden.
    var folders = ["Sources"]
    /// The folders and files below those where it is allowed.
    var except: [String] = []
    /// Whether the content of strings counts, or comments, too.
    var view = View.code
    /// A line that breaks the rule, and one that does not.
    let bad: String
    let good: String

    enum View: Sendable { case code, strings, everything }

    func applies(to path: String) -> Bool {
        folders.contains { path.hasPrefix($0 + "/") } && !except.contains { path.hasPrefix($0) }
    }

    func violations(in file: SourceFile) -> [Violation] {
        guard applies(to: file.path), needles.contains(where: file.mayContain) else { return [] }
        let lines =
            switch view {
            case .code: file.code
            case .strings: file.withoutComments
            case .everything: file.lines
            }
        return lines.enumerated().compactMap { index, line in
            guard needles.contains(where: line.has), pattern(line), !file.isExcused(line: index + 1) else { return nil }
            return Violation(path: file.path, line: index + 1, rule: message)
        }
    }
}

extension PatternRule {
    /// The part of style.md's table that text can show.
    static let all: [PatternRule] = errors + concurrency + danger + names + places

    private static let errors: [PatternRule] = [
        PatternRule(
            message: "try? hides why; catch, decide, and say it, or add `// ok: reason`", needles: ["try?"],
            pattern: { $0.contains(#/\btry\?/#) }, bad: "let x = try? f()", good: "let x = try f()"),
        PatternRule(
            message: "an empty catch hides an error", needles: ["catch"],
            pattern: { $0.contains(#/catch\s*\{\s*\}/#) }, bad: "} catch {}", good: "} catch { throw error }"),
        PatternRule(
            message: "try! and fatalError end the process on what may be input; use precondition for our own mistakes",
            needles: ["try!", "fatalError("], pattern: { $0.contains(#/\btry!|\bfatalError\(/#) }, bad: "try! f()",
            good: "try f()"),
        PatternRule(
            message: "print has no level and no fields: use a Logger", needles: ["rint("],
            pattern: { $0.contains(#/(?:^|[^.\w])(?:debugPrint|print)\(/#) }, bad: "    print(\"x\")",
            good: "log.print(x)"),
        PatternRule(
            message: "[String: Any] and JSONSerialization lose the types: use Codable structs or JSONValue",
            needles: ["[String: Any]", "JSONSerialization"],
            pattern: { $0.contains(#/\[String: Any\]|\bJSONSerialization\b/#) }, bad: "let x: [String: Any]",
            good: "let x: [String: JSONValue]"),
    ]

    private static let concurrency: [PatternRule] = [
        PatternRule(
            message: "an unstructured task needs an owner: use a group or Loop.spawn, or add `// ok: who cancels it`",
            needles: ["Task"], pattern: { $0.contains(#/(?:^|[^.\w])Task(?:\.detached)?\s*(?:\([^)]*\)\s*)?\{/#) },
            except: ["Sources/Shared/Drivers/EventLoop/"], bad: "Task { await f() }",
            good: "group.addTask { await f() }"),
        PatternRule(
            message: "unbounded buffering grows under load: say bufferingOldest or bufferingNewest",
            needles: ["AsyncStream"],
            pattern: {
                $0.contains(#/(?:^|[^>\s])\s*AsyncStream(?:<[^>]*>)?(?:\.makeStream\(.*\)|\s*\([^)]+\)|\s*\{)/#)
                    && !$0.has("buffering")
            },
            bad: "AsyncStream { c in }", good: "AsyncStream(bufferingPolicy: .bufferingNewest(1)) { c in }"),
        PatternRule(
            message: "unbounded buffering grows under load", needles: [".unbounded"], pattern: { _ in true },
            bad: "bufferingPolicy: .unbounded", good: "bufferingPolicy: .bufferingNewest(8)"),
        PatternRule(
            message: "this blocks a thread that others need; hand it to WorkerThreads or await",
            needles: ["Thread.sleep", "DispatchSemaphore", "DispatchQueue", "sleep("],
            pattern: { $0.contains(#/Thread\.sleep|DispatchSemaphore|DispatchQueue|\busleep\(|\bnanosleep\(/#) },
            folders: ["Sources", "Tests"], except: ["Tests/TestSupport/"], bad: "Thread.sleep(1)",
            good: "try await loop.sleep(for: .seconds(1))"),
        PatternRule(
            message: "global mutable state and singletons hide what depends on what: inject by init",
            needles: ["static"],
            pattern: { $0.contains(#/static let shared\b|static var \w+(?:: [^={]+)? =/#) },
            bad: "static var count = 0",
            good: "static var count: Int { 0 }"),
        PatternRule(
            message: "@unchecked Sendable, nonisolated(unsafe) and @preconcurrency belong in Drivers and Terminal only",
            needles: ["@unchecked", "nonisolated(unsafe)", "@preconcurrency"],
            pattern: { $0.contains(#/@unchecked\s+Sendable|nonisolated\(unsafe\)|@preconcurrency\b/#) },
            except: ["Sources/Shared/Drivers/", "Sources/Console/Terminal/"], bad: "class A: @unchecked Sendable",
            good: "class A: Sendable"),
    ]

    private static let danger: [PatternRule] = [
        PatternRule(
            message: "unsafe code lives in Drivers and Terminal: give it a safe function there", needles: ["unsafe"],
            pattern: { $0.contains(#/(?:^|[^.\w(@])unsafe\s/#) },
            except: ["Sources/Shared/Drivers/", "Sources/Console/Terminal/"], bad: "unsafe f(&x)", good: "f(x)"),
        PatternRule(
            message: "a pointer must not cross a target: return a value or a safe wrapper", needles: ["Pointer"],
            pattern: { $0.contains(#/^\s*package .*\b(?:Unsafe\w*Pointer|OpaquePointer)\b/#) },
            bad: "package func f(_ p: UnsafeRawPointer)", good: "func f(_ p: UnsafeRawPointer)"),
        PatternRule(
            message: "import FoundationEssentials where it must be: Foundation costs 10 MB of memory",
            needles: ["import Foundation"],
            pattern: { $0.contains(#/import Foundation\b/#) }, bad: "import Foundation",
            good: "import FoundationEssentials"),
        PatternRule(
            message: "String(format:) is neither typed nor quoted: interpolate", needles: ["String(format"],
            pattern: { _ in true }, bad: "String(format: \"%d\", 1)", good: "\"\\(1)\""),
    ]

    private static let names: [PatternRule] = [
        PatternRule(
            message: "the name says nothing about what it is: name the thing it stands for",
            needles: ["Manager", "Helper", "Util", "Service", "Handler", "Impl", "Protocol"],
            pattern: {
                $0.contains(
                    #/\b(?:struct|class|enum|actor|protocol)\s+\w+(?:Manager|Helpers?|Utils?|Service|Handler|Impl|Protocol)\b/#
                )
            }, folders: ["Sources", "Tests"], bad: "struct CacheManager {", good: "struct Service {"),
        PatternRule(
            message: "unfinished work is an issue, not a comment", needles: ["TODO", "FIXME", "XXX", "HACK"],
            pattern: { $0.contains(#/\b(?:TODO|FIXME|XXX|HACK)\b/#) }, folders: ["Sources", "Tests"],
            except: ["Tests/HouseRulesTests/"], view: .everything, bad: "// TODO: x", good: "// Why x is so."),
        PatternRule(
            message: "a path of one machine does not belong in the project", needles: ["/work/"],
            pattern: { _ in true },
            folders: ["Sources", "Tests"], except: ["Tests/HouseRulesTests/"], view: .everything,
            bad: "open(\"/work/main/x\")", good: "open(path)"),
    ]

    private static let places: [PatternRule] = [
        PatternRule(
            message: "SQL lives in Persistence only", needles: ["SELECT", "INSERT", "UPDATE", "DELETE", "TABLE"],
            pattern: {
                $0.contains(
                    #/\b(?:SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|(?:CREATE|ALTER|DROP)\s+TABLE\s)/#
                )
            },
            except: ["Sources/Shared/Persistence/", "Sources/Shared/Drivers/Postgres/"], view: .strings,
            bad: "let q = \"SELECT a FROM b WHERE c\"", good: "let text = \"Select one from below\""),
        PatternRule(
            message: "only executables and DaemonRuntime read arguments or the environment",
            needles: ["CommandLine.", "ProcessInfo", "getenv", "environ"],
            pattern: { $0.contains(#/\bCommandLine\.|\bProcessInfo\b|\bgetenv\(|\benviron\b/#) },
            except: ["Sources/Shared/Runtime/DaemonRuntime/"] + executables, bad: "CommandLine.arguments",
            good: "inputs.arguments"),
        PatternRule(
            message: "only executables and DaemonRuntime end the process", needles: ["exit("],
            pattern: { $0.contains(#/(?:^|[^.\w])(?:_?exit|quick_exit)\(/#) },
            except: ["Sources/Shared/Runtime/DaemonRuntime/"] + executables, bad: "exit(1)", good: "onExit(1)"),
        PatternRule(
            message: "only executables, DaemonRuntime and Terminal touch signals",
            needles: ["signal(SIG", "sigaction(", "sigprocmask("],
            pattern: { $0.contains(#/(?:^|[^.\w])(?:signal\(SIG|sigaction\(|sigprocmask\()/#) },
            except: [
                "Sources/Shared/Runtime/DaemonRuntime/", "Sources/Console/Terminal/",
                "Sources/Shared/Drivers/EventLoop/",
            ]
                + executables,
            bad: "signal(SIGTERM, f)", good: "loop.signals([SIGTERM])"),
        PatternRule(
            message: "a rule is given time, chance and identifiers; it does not make them",
            needles: ["Date()", "UUID()", ".now", ".random(in:"],
            pattern: { $0.contains(#/\bDate\(\)|\bUUID\(\)|Clock\.now\b|\.random\(in:/#) },
            folders: ["Sources/Shared/Domain"], bad: "let now = Date()", good: "let later = now + 1"),
        PatternRule(
            message: "a metric's labels come from closed sets: never an identifier, a path or an address",
            needles: ["labels:"],
            pattern: { $0.contains(#/labels: \[[^\]]*"(?:\w*_id|id|path|url|user|address|request)"/#) }, view: .strings,
            bad: "counter(\"a_total\", \"\", labels: [\"user_id\": x])",
            good: "counter(\"a_total\", \"\", labels: [\"route\": x])"),
    ]

    /// The folders of executables.
    private static let executables =
        [
            "scorable-apid", "scorable-evald", "scorable-llmproxyd", "scorable-workerd", "scorable",
        ].map { "Sources/Daemons/\($0)/" } + ["Sources/Console/scorable-console/"]
}
