import ArgumentParser
import EventLoop
import Launcher

/// The organisations of an installation.
struct OrganizationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organization", abstract: "Organisations: tenants that see nothing of each other.",
        subcommands: [List.self, Create.self, Rename.self])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (OrganizationAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in say(try await body(OrganizationAdministration(installation, on: loops, form: form))) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the organisations, the newest first.")
        @OptionGroup var options: Options
        @Option(help: "How many, up to 500.") var limit = 100
        @OptionGroup var going: Continuing

        func validate() throws {
            guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
        }

        func run() throws {
            let (place, limit) = (going.place, limit)
            try options.perform { try await $0.list(behind: place, limit: limit) }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an organisation, and prints the link by which its first owner comes, once.")
        @OptionGroup var options: Options
        @Argument(help: "Its name.") var name: String
        @Option(help: "The address of its first owner.") var owner: String
        @OptionGroup var expiry: InvitationExpiry

        func run() throws {
            let (name, owner, hours) = (name, owner, expiry.expiresInHours)
            try options.perform { try await $0.create(named: name, owner: owner, hours: hours) }
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives an organisation another name.")
        @OptionGroup var options: Options
        @Argument(help: "The organisation, by its name or identifier.") var organization: String
        @Argument(help: "The other name.") var name: String

        func run() throws {
            let (organization, name) = (organization, name)
            try options.perform { try await $0.rename(organization, to: name) }
        }
    }
}
