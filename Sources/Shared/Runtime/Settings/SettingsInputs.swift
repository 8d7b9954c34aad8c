/// What a program was given to find its settings in; only DaemonRuntime and the executables gather it.
package struct SettingsInputs: Sendable {
    /// `--KEY VALUE` in the order of the command line; a key may leave the program's own name out.
    package var flags: [(key: String, value: String)] = []
    package var environment: [String: String] = [:]
    /// The settings file, `nil` when there is none.
    package var file: SettingsFile?

    package init(
        flags: [(key: String, value: String)] = [], environment: [String: String] = [:], file: SettingsFile? = nil
    ) {
        self.flags = flags
        self.environment = environment
        self.file = file
    }
}

/// Which names the settings file may have at its top: the programs that share it, and what they share.
package struct SettingsVocabulary: Sendable {
    /// The program that reads, such as `apid`: of its own section it knows every key.
    package let program: String
    /// The other programs.
    package let programs: Set<String>
    /// What programs share, such as `database`.
    package let shared: Set<String>

    package init(program: String, programs: Set<String>, shared: Set<String>) {
        self.program = program
        self.programs = programs
        self.shared = shared
    }
}
