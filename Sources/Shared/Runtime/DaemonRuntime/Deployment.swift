package import Settings

/// What the parts of one deployment call each other in the settings file they share.
package enum Deployment {
    /// The settings file when none is named.
    package static let defaultSettingsPath = "/etc/scorable/scorable.yaml"
    /// The environment variable that names another.
    package static let settingsPathVariable = "SCORABLE_CONFIG"

    /// The programs with a section of their own.
    package static let programs: Set<String> = ["apid", "evald", "llmproxyd", "workerd", "console", "up"]
    /// The names at the top of the file that several programs read.
    package static let sharedSections: Set<String> = [
        "log", "database", "redis", "service_token", "credential_secret", "deployment", "demo_provider", "blobs",
        "traces", "backup", "ingest", "retention",
    ]

    /// The sections that list things, which are read as a whole: what the LLM proxy serves where there is no database.
    package static let documents: Set<String> = ["gateway"]

    /// The names that `program` finds in the file.
    package static func vocabulary(of program: String) -> SettingsVocabulary {
        SettingsVocabulary(
            program: program, programs: programs.subtracting([program]), shared: sharedSections)
    }
}
