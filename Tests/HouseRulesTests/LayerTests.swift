import Testing

/// The arrows of the house that the compiler cannot hold.
@Suite struct LayerTests {
    private let tree = SourceTree.current

    private static let toolchain: Set<String> = [
        "FoundationEssentials", "Synchronization", "Glibc", "Swift", "Dispatch",
    ]
    private static let daemonLibraries: Set<String> = [
        "PublicAPI", "OperatorAPI", "Evals", "LLMProxy", "BackgroundWork", "Launcher",
    ]

    private func modules(in folder: String) -> Set<String> { Set(tree.entries(of: folder)) }

    /// Every import below `folders` that `isAllowed` does not allow.
    private func violations(in folders: [String], _ rule: String, _ isAllowed: (SourceFile, String) -> Bool)
        -> [Violation]
    {
        folders.flatMap(tree.files(in:)).flatMap { file in
            file.imports.filter { !isAllowed(file, $0.module) }.map {
                Violation(path: file.path, line: $0.line, rule: "imports \($0.module): \(rule)")
            }
        }
    }

    @Test func theDomainImportsOnlyItselfAndTheLanguage() {
        let own = modules(in: "Sources/Shared/Domain")
        let found = violations(in: ["Sources/Shared/Domain"], "Domain is pure") { file, module in
            own.contains(module) || ["FoundationEssentials", "Synchronization"].contains(module)
                // The home of log, exp and erfc.
                || module == "Glibc" && file.module == "Statistics"
        }
        #expect(found.isEmpty, "\(found.list)")
    }

    @Test func everyCModuleHasOneHome() {
        let cModules = modules(in: "Sources/Shared/CLibraries").union(["CNcurses"]).subtracting(["CLinux"])
        var homes: [String: Set<String>] = [:]
        for file in tree.files(in: "Sources") {
            for (module, _) in file.imports where cModules.contains(module) {
                homes[module, default: []].insert(file.module)
            }
        }
        for (module, importers) in homes {
            #expect(importers.count == 1, "\(module) is imported by \(importers.sorted())")
        }
    }

    /// CLinux is the operating system: drivers may use it, and the console's terminal.
    @Test func onlyDriversAndTheLauncherTalkToTheSystemDirectly() {
        let found = violations(in: ["Sources"], "use a driver") { file, module in
            module != "CLinux" || file.path.hasPrefix("Sources/Shared/Drivers/")
                || file.path.hasPrefix("Sources/Console/Terminal/")
                || file.path.hasPrefix("Sources/Daemons/Launcher/")
        }
        #expect(found.isEmpty, "\(found.list)")
    }

    @Test func driversKnowNoNounOfOurs() {
        let known = modules(in: "Sources/Shared/Drivers").union(modules(in: "Sources/Shared/CLibraries")).union(
            Self.toolchain)
        let found = violations(in: ["Sources/Shared/Drivers"], "drivers know libraries only") { _, module in
            known.contains(module)
        }
        #expect(found.isEmpty, "\(found.list)")
        let loop = violations(in: ["Sources/Shared/Drivers/EventLoop"], "EventLoop knows no library") { _, module in
            module == "CLinux" || Self.toolchain.contains(module)
        }
        #expect(loop.isEmpty, "\(loop.list)")
    }

    @Test func theServerIsSeenByServingOnly() {
        let found = violations(in: ["Sources"], "handlers see HTTPServing") { file, module in
            module != "HTTPServer" || ["HTTPServer", "HTTPServing", "DaemonRuntime", "LLMProxy"].contains(file.module)
        }
        #expect(found.isEmpty, "\(found.list)")
    }

    @Test func daemonLibrariesDoNotMeet() {
        let found = violations(
            in: Self.daemonLibraries.map { "Sources/Daemons/\($0)" }, "what two daemons need is an operation"
        ) { file, module in !Self.daemonLibraries.contains(module) || module == file.module }
        #expect(found.isEmpty, "\(found.list)")
    }

    @Test func theConsoleSeesTheInternalInterfaceOnly() {
        let allowed = modules(in: "Sources/Console").union(Self.toolchain).union([
            "WireAPI", "APIClient", "Settings", "JSON", "EventLoop", "HTTPTransfer", "HTTPMessages", "ArgumentParser",
            "Logging", "CLinux", "SystemCalls",
            // The words for rights: who may not do something does not see it.
            "Tenancy",
        ])
        let found = violations(in: ["Sources/Console"], "the console speaks the internal API") { _, module in
            allowed.contains(module)
        }
        #expect(found.isEmpty, "\(found.list)")
    }

    @Test func theManifestDeclaresWhatIsImported() {
        var declared: [String: Set<String>] = [:]
        for target in tree.manifest.targets { declared[target.name] = Set(target.dependencies) }
        let targets = Set(tree.manifest.targets.map(\.name))
        let found = violations(in: ["Sources", "Tests"], "Package.swift does not declare it") { file, module in
            !targets.contains(module) || module == file.module || (declared[file.module]?.contains(module) ?? false)
        }
        #expect(found.isEmpty, "\(found.list)")
    }
}
