import ArgumentParser
import EventLoop
import Launcher

/// Whose people, and how they are told of.
struct PeopleOptions: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Option(help: "Of this organisation, by its name or identifier (default: the one that runs the installation).")
    var organization: String?
    @Flag(help: "Print JSON, as the internal API answers.") var json = false

    /// Prints what `body` says.
    func perform(_ body: @escaping @Sendable (PeopleAdministration) async throws -> String) throws {
        let (installation, organization) = (try options.installation, organization)
        let form = json ? QueueAdministration.Form.json : .text
        onLoop { loops in
            say(try await body(PeopleAdministration(installation, on: loops, in: organization, form: form)))
        }
    }

    /// Says what would happen, lets whoever it happens to be typed, and prints what `body` says.
    func perform(
        confirmed isConfirmed: Bool, _ plan: @escaping @Sendable (PeopleAdministration) async throws -> Consequence,
        _ body: @escaping @Sendable (PeopleAdministration) async throws -> String
    ) throws {
        try perform { people in
            if !isConfirmed { try Asking.confirm(try await plan(people)) }
            return try await body(people)
        }
    }
}

/// Which people are listed.
struct PeopleSelection: ParsableArguments {
    @Option(help: "Only whose name or address contains this.") var query: String?
    @Option(help: "Only those of this role.") var role: String?
    @Option(name: .customLong("only"), help: "Only those who are active, or disabled.") var state: String?
    @Option(help: "How many, up to 500.") var limit = 100
    @OptionGroup var going: Continuing

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
    }

    func wish(serviceAccounts: Bool) throws -> PeopleWish {
        let (query, role, state) = (query, role, state)
        return try understood { () throws(LauncherFailure) in
            try PeopleWish(text: query, role: role, state: state, serviceAccounts: serviceAccounts)
        }
    }
}

/// The role of somebody who is made.
struct RoleOption: ParsableArguments {
    @Option(help: "What they may do: viewer, annotator, engineer, operator, auditor, admin or owner.") var role: String

    func validate() throws { _ = try name }

    var name: RoleName { get throws { try roleName(role) } }
}

/// A role on a command line.
func roleName(_ word: String) throws -> RoleName {
    try understood { () throws(LauncherFailure) in try RoleName(word) }
}
