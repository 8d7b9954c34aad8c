import FoundationEssentials
import Settings
import Testing

@Suite struct SettingsReaderTests {
    private static let vocabulary = SettingsVocabulary(
        program: "apid", programs: ["evald", "llmproxyd"], shared: ["database", "log", "service_token"])

    private static func reader(
        flags: [(key: String, value: String)] = [], environment: [String: String] = [:], file: [String: String]? = nil
    ) -> SettingsReader {
        let entries = (file ?? [:]).sorted { $0.key < $1.key }.enumerated().map { line, entry in
            (entry.key, SettingsFile.Entry(text: entry.value, line: line + 1))
        }
        return SettingsReader(
            SettingsInputs(
                flags: flags, environment: environment,
                file: file.map { _ in
                    SettingsFile(path: "/etc/s.yaml", entries: Dictionary(uniqueKeysWithValues: entries))
                }),
            vocabulary: vocabulary)
    }

    private func limit(_ reader: SettingsReader) throws(SettingsError) -> Int {
        try reader.own.section("public").int("limit", default: 5, range: 1...100, help: "How many.")
    }

    @Test func theCommandLineWinsOverTheEnvironmentOverTheFileOverTheDefault() throws {
        let file = ["apid.public.limit": "10"]
        let environment = ["SCORABLE_APID_PUBLIC_LIMIT": "20"]
        #expect(try limit(Self.reader()) == 5)
        #expect(try limit(Self.reader(file: file)) == 10)
        #expect(try limit(Self.reader(environment: environment, file: file)) == 20)
        let short = Self.reader(flags: [("public.limit", "30")], environment: environment, file: file)
        #expect(try limit(short) == 30)
        let long = Self.reader(flags: [("apid.public.limit", "30"), ("apid.public.limit", "40")], file: file)
        #expect(try limit(long) == 40)
        #expect(short.effective.map(\.source) == [.commandLine])
    }

    @Test func anEmptyVariableIsNoValue() throws {
        #expect(try limit(Self.reader(environment: ["SCORABLE_APID_PUBLIC_LIMIT": ""])) == 5)
    }

    @Test func aWrongValueIsNamedWithItsSourceAndWhatIsExpected() {
        let error = #expect(throws: SettingsError.self) { try limit(Self.reader(file: ["apid.public.limit": "lots"])) }
        #expect(
            "\(error.map { "\($0)" } ?? "")" == "apid.public.limit: “lots” (file /etc/s.yaml:1) cannot be used: "
                + "expected a whole number from 1 to 100.")
    }

    @Test func aRequiredValueThatIsMissingSaysWhereToSetIt() {
        let error = #expect(throws: SettingsError.self) {
            try Self.reader().root.section("database").connection("url", example: "postgres://", help: "Where.")
        }
        #expect(error?.kind == .missing)
        #expect("\(error.map { "\($0)" } ?? "")".contains("SCORABLE_DATABASE_URL"))
    }

    @Test func aComponentCanRefuseAValueAfterwards() throws {
        let reader = Self.reader(file: ["apid.public.limit": "7"])
        _ = try limit(reader)
        let error = reader.own.section("public").refusal("limit", expected: "an even number")
        #expect("\(error)" == "apid.public.limit: “7” (file /etc/s.yaml:1) cannot be used: expected an even number.")
    }

    // MARK: Secrets

    @Test func aSecretIsReadFromTheFileThatItsVariableNames() throws {
        let path = try temporaryFile("s3cret\n")
        defer { remove(path) }
        let reader = Self.reader(environment: ["SCORABLE_SERVICE_TOKEN_FILE": path])
        #expect(try reader.root.secret("service_token", help: "Token.").reveal() == "s3cret")
        #expect(reader.effective.map(\.shown) == ["‹redacted›"])
        #expect(reader.effective.map(\.source) == [.secretFile(path)])
    }

    @Test func aSecretIsReadFromTheFileThatTheSettingsFileNames() throws {
        let path = try temporaryFile("s3cret")
        defer { remove(path) }
        let reader = Self.reader(file: ["service_token.file": path])
        #expect(try reader.root.secret("service_token", help: "Token.").reveal() == "s3cret")
        try reader.refuseUnknown()
    }

    @Test func aSystemdCredentialWinsOverTheSettingsFile() throws {
        let path = try temporaryFile("from systemd", named: "service_token")
        defer { remove(path) }
        let directory = String(path.dropLast("/service_token".count))
        let reader = Self.reader(
            environment: ["CREDENTIALS_DIRECTORY": directory], file: ["service_token": "from file"])
        #expect(try reader.root.secret("service_token", help: "Token.").reveal() == "from systemd")
    }

    @Test func aMissingSecretFileIsNamed() {
        let reader = Self.reader(environment: ["SCORABLE_SERVICE_TOKEN_FILE": "/nonexistent/token"])
        let error = #expect(throws: SettingsError.self) { try reader.root.secret("service_token", help: "Token.") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("/nonexistent/token"))
    }

    @Test func aSecretOnTheCommandLineIsRefusedWithoutBeingShown() {
        let reader = Self.reader(flags: [("service_token", "hunter2")])
        let error = #expect(throws: SettingsError.self) { try reader.root.secret("service_token", help: "Token.") }
        #expect(!"\(error.map { "\($0)" } ?? "hunter2")".contains("hunter2"))
    }

    // MARK: What platforms set

    @Test func whatAPlatformSetsForAllProgramsCountsWhereNothingElseIsSet() throws {
        let environment = ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-north-1"]
        func region(_ reader: SettingsReader) throws -> String? {
            try reader.root.optionalString(
                "region", example: "x", else: ["AWS_REGION", "AWS_DEFAULT_REGION"], help: "Where it is.")
        }
        let reader = Self.reader(environment: environment)
        #expect(try region(reader) == "eu-west-1")
        #expect(reader.effective.map(\.source) == [.environment("AWS_REGION")])
        #expect(try region(Self.reader(environment: environment, file: ["region": "us-east-1"])) == "us-east-1")
        #expect(try region(Self.reader()) == nil)
    }

    // MARK: Unknown names

    private func unknown(_ reader: SettingsReader) throws -> SettingsError? {
        _ = try limit(reader)
        _ = try reader.root.section("database").int("pool_size", default: 4, range: 1...64, help: "Connections.")
        _ = try reader.root.section("llmproxyd").string("url", default: "http://h", help: "Where the proxy is.")
        return #expect(throws: SettingsError.self) { try reader.refuseUnknown() }
    }

    @Test func aMisspelledKeyIsRefusedWithASuggestion() throws {
        let error = try unknown(Self.reader(file: ["apid.public.limti": "7"]))
        #expect(
            error.map { "\($0)" }
                == "apid.public.limti (file /etc/s.yaml:1) is not a setting. Did you mean apid.public.limit?")
    }

    @Test func aMisspelledFlagIsRefusedWithASuggestion() throws {
        let error = try unknown(Self.reader(flags: [("public.limti", "7")]))
        #expect(error?.kind == .unknown(suggestion: "public.limit"))
    }

    /// Where something is missing, not all settings are read: a reader that only describes them judges what was given.
    @Test func namesAreJudgedAlsoWhereSomethingIsMissing() throws {
        let file = SettingsFile(path: "/etc/s.yaml", entries: ["databse.url": SettingsFile.Entry(text: "x", line: 1)])
        let reader = SettingsReader(describing: Self.vocabulary, for: SettingsInputs(file: file))
        _ = try reader.root.section("database").secret("url", help: "Where it is.")
        let error = #expect(throws: SettingsError.self) { try reader.refuseUnknown() }
        #expect(error?.key == "databse.url" && error?.kind == .unknown(suggestion: "database.url"))
    }

    @Test(arguments: ["databse.pool_size", "database.pool", "nothing", "llmproxy.url"])
    func unknownSectionsAndSharedKeysAreRefused(key: String) throws {
        #expect(try unknown(Self.reader(file: [key: "7"]))?.key == key)
    }

    @Test(arguments: ["evald.whatever", "llmproxyd.whatever", "log.level", "service_token"])
    func whatBelongsToOthersIsLeftToThem(key: String) throws {
        let reader = Self.reader(file: [key: "7"])
        _ = try limit(reader)
        _ = try reader.root.section("llmproxyd").string("url", default: "http://h", help: "Where the proxy is.")
        #expect(throws: Never.self) { try reader.refuseUnknown() }
    }

    @Test func unknownVariablesOfTheProgramAreReported() throws {
        let reader = Self.reader(environment: [
            "SCORABLE_APID_PUBLIC_LIMIT": "5", "SCORABLE_APID_PUBLIC_LIMTI": "6", "SCORABLE_API_URL": "x",
            "SCORABLE_EVALD_X": "y",
        ])
        _ = try limit(reader)
        #expect(reader.unknownVariables == ["SCORABLE_APID_PUBLIC_LIMTI"])
    }

    // MARK: Describing

    @Test func describingNeedsNoValuesAndCoversEverySetting() throws {
        let reader = SettingsReader(describing: Self.vocabulary)
        _ = try limit(reader)
        let url = try reader.root.section("database").connection("url", example: "postgres://example", help: "Where.")
        #expect(url.reveal() == "postgres://example")
        let manual = SettingsReport.manual(reader.effective.map(\.declaration))
        #expect(manual.contains(".It Ic apid.public.limit\nHow many.\nExpects a whole number from 1 to 100."))
        #expect(manual.contains("SCORABLE_DATABASE_URL"))
    }

    @Test func theEffectiveSettingsAreShownWithTheirSources() throws {
        let reader = Self.reader(file: ["apid.public.limit": "10"])
        _ = try limit(reader)
        _ = try reader.root.optionalSecret("service_token", help: "Token.")
        #expect(
            SettingsReport.effective(reader.effective) == """
                apid.public.limit = 10         # file /etc/s.yaml:1
                service_token     = (not set)  # default

                """)
    }

    private func temporaryFile(_ text: String, named name: String = "secret") throws -> String {
        let directory = "/tmp/settings-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let path = "\(directory)/\(name)"
        try #require(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
        return path
    }

    private func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
    }
}
