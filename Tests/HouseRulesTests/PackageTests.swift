import Testing

/// The tree is the architecture: its folders, names and reasons.
@Suite struct PackageTests {
    private let tree = SourceTree.current

    @Test func theTopOfTheTreeIsTheKnownOne() {
        let known: Set<String> = [
            "Package.swift", "Package.resolved", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
            "Sources", "Tests", "Benchmarks", "packaging", "man",
        ]
        let strange = tree.entries(of: ".").filter { !known.contains($0) }
        #expect(
            strange.isEmpty, "\(strange) at the top of the repository: put it where it belongs, or add it to the list")
        #expect(Set(tree.entries(of: "Sources")) == ["Console", "Daemons", "Shared"])
        #expect(
            Set(tree.entries(of: "Sources/Shared")).isSubset(of: [
                "Domain", "CodeScoring", "Operations", "Wire", "Inference", "Persistence", "Runtime", "Drivers",
                "CLibraries",
            ]))
    }

    @Test func everyFolderOfSourcesIsATarget() {
        let targets = Set(tree.manifest.targets.map(\.name))
        let layers = [
            "Console", "Daemons", "Shared/Domain", "Shared/Wire", "Shared/Inference", "Shared/Persistence",
            "Shared/Runtime", "Shared/Drivers", "Shared/CLibraries",
        ]
        for layer in layers {
            for module in tree.entries(of: "Sources/\(layer)") {
                #expect(targets.contains(module), "Sources/\(layer)/\(module) is no target of Package.swift")
            }
        }
    }

    @Test func everyModuleSaysItsPurpose() {
        for target in tree.manifest.targets where ["library", "cShim"].contains(target.kind) {
            #expect(
                target.purpose != nil, "Package.swift:\(target.line): \(target.name) has no purpose beside or above it")
        }
    }

    @Test func moduleNamesSaySomething() {
        let banned = ["Common", "Core", "Utils", "Helpers", "Kit", "Base", "Manager", "Models", "Types"]
        let taken = ["Configuration", "Metrics", "Tracing", "Logging", "Crypto", "Observation", "Instrumentation"]
        for target in tree.manifest.targets where target.kind != "tests" {
            #expect(!taken.contains(target.name), "\(target.name) is the name of a module of a package")
            #expect(!banned.contains { target.name.hasSuffix($0) }, "\(target.name) says nothing about what is in it")
        }
    }

    @Test func noTypeBearsItsModulesName() {
        let names = Set(tree.manifest.targets.map(\.name))
        for file in tree.files(in: "Sources") where names.contains(file.module) {
            for (index, line) in file.code.enumerated() where line.has(file.module) {
                let isType = line.contains(#/\b(?:struct|class|enum|actor|protocol|typealias)\s+\w/#)
                let declared = line.firstMatch(of: #/\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/#).map {
                    String($0.1)
                }
                #expect(
                    !(isType && declared == file.module), "\(file.path):\(index + 1): \(file.module) is also the module"
                )
            }
        }
    }

    @Test func executablesAreShort() {
        for executable in tree.manifest.targets("executable") {
            for folder in ["Sources/Daemons", "Sources/Console"] where executable.name != "scorable" {
                let lines = tree.files(in: "\(folder)/\(executable.name)").filter {
                    $0.path.hasSuffix("/main.swift") || $0.text.contains("@main")
                }
                for file in lines {
                    #expect(
                        file.lines.count <= 61,
                        "\(file.path): \(file.lines.count) lines; an executable parses, composes and runs, in 60")
                }
            }
        }
    }

    @Test func everyExecutableHasAManualPage() {
        let pages = Set(tree.entries(of: "man"))
        for executable in tree.manifest.targets("executable") {
            let found = [1, 8].contains { pages.contains("\(executable.name).\($0)") }
            #expect(found, "man/\(executable.name).8 or .1 is missing")
        }
    }

    /// The settings' own manual: every key that is read under a literal name is described.
    @Test func everySettingIsInTheManual() throws {
        let manual = try #require(tree.text(of: "man/scorable.yaml.5"), "man/scorable.yaml.5 is missing")
        for file in tree.files(in: "Sources") where file.text.contains("SettingsScope") && file.module != "Settings" {
            for (index, line) in file.withoutComments.enumerated() {
                guard line.has("(\"") else { continue }
                for match in line.matches(
                    of:
                        #/\.(?:string|optionalString|bool|int|duration|byteCount|strings|choice|secret|optionalSecret|connection|value|optional)\(\s*"([\w.]+)"/#
                ) {
                    #expect(
                        manual.contains(match.1), "\(file.path):\(index + 1): \(match.1) is not in man/scorable.yaml.5")
                }
            }
        }
    }
}
