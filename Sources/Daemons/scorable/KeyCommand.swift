import ArgumentParser
import EventLoop
import Launcher

/// API keys: which there are, making them, and ending them.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys: making, listing, rotating and revoking them.",
        discussion: """
            Examples:
              scorable key create ci --email ada@example.com --scope evaluator:execute --expires 90d
              scorable key create collector --service-account "Trace collector" --scope trace:create --from 10.0.0.0/8
              scorable key list --expiring 30d
              scorable key rotate 0190d6a1 --overlap 12h

            A key is named by its identifier or the beginning of it, by its name, or by how the key itself begins.
            """,
        subcommands: [Create.self, List.self, Show.self, Rotate.self, Revoke.self])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (KeyAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in say(try await body(KeyAdministration(installation, on: loops, form: form))) }
        }
    }

    /// When a key ends.
    struct End: ParsableArguments {
        @Option(help: "When it ends: a while from now, such as 90d or 12h, or a moment, such as 2027-01-31.")
        var expires: String?

        var end: KeyEnd? { expires.flatMap { KeyEnd($0) } }

        func validate() throws {
            guard let expires, end == nil else { return }
            throw ValidationError(
                "--expires \(expires) is neither a while, such as 90d, nor a moment, such as 2027-01-31.")
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes an API key and prints it once.")
        @OptionGroup var options: Options
        @Argument(help: "A name to know it by.") var name: String
        @Option(help: "The address of the person it acts for.") var email: String?
        @Option(help: "The service account it acts for: its name, address or identifier.") var serviceAccount: String?
        @Option(
            name: .customLong("scope"), parsing: .singleValue,
            help: "A permission it has, of those that its owner has; repeat it for more. Without it, all of them.")
        var scopes: [String] = []
        @Option(help: "The project where what it makes lands, by name or identifier; the default one without it.")
        var project: String?
        @Flag(help: "It opens that project and nothing else.") var confined = false
        @OptionGroup var end: End
        @Option(
            name: .customLong("from"), parsing: .singleValue,
            help: "Addresses from where it may be used, such as 10.0.0.0/8; repeat it for more.")
        var ranges: [String] = []

        func validate() throws {
            guard (email == nil) != (serviceAccount == nil) else {
                throw ValidationError("Say for whom it acts: either --email or --service-account.")
            }
            guard !confined || project != nil else {
                throw ValidationError("Name the project that the key is confined to: --project.")
            }
        }

        func run() throws {
            let owner = email.map { KeyWish.Owner.person(email: $0) } ?? .serviceAccount(serviceAccount ?? "")
            let wish = KeyWish(
                name: name, owner: owner, scopes: scopes, project: project, isConfined: confined, end: end.end,
                ranges: ranges)
            try options.perform { try await $0.create(wish) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the keys of every organization, the newest first.")
        @OptionGroup var options: Options
        @Option(name: .customLong("only"), help: "Only those that are usable, expired, revoked or owner_disabled.")
        var state: String?
        @Option(help: "Only those of somebody, by their address.") var email: String?
        @Option(help: "Only those that end within a while, such as 30d.") var expiring: String?
        @Option(help: "How many, up to 500.") var limit = 100
        @OptionGroup var going: Continuing

        private var days: Int? {
            expiring.flatMap { KeyEnd.seconds($0) }.map { ($0 + 86_399) / 86_400 }
        }

        func validate() throws {
            guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
            guard expiring == nil || days != nil else { throw ValidationError("--expiring is a while, such as 30d.") }
        }

        func run() throws {
            let selection = KeyAdministration.Selection(
                state: state, owner: email, expiringWithinDays: days, behind: going.place, limit: limit)
            try options.perform { try await $0.list(selection) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows all that is known of a key, but never itself.")
        @OptionGroup var options: Options
        @Argument(help: "The key.") var key: String

        func run() throws {
            let key = key
            try options.perform { try await $0.show(key) }
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key with the same rights in the place of one, and prints it once.")
        @OptionGroup var options: Options
        @Argument(help: "The key.") var key: String
        @Option(help: "For how long the old one works too: from 0s, for not at all, to 30d.") var overlap = "24h"
        @OptionGroup var end: End

        func validate() throws {
            guard KeyEnd.seconds(overlap) != nil else {
                throw ValidationError("--overlap is a while, such as 12h, or 0s.")
            }
        }

        func run() throws {
            let (key, seconds, end) = (key, KeyEnd.seconds(overlap), end.end)
            try options.perform { try await $0.rotate(key, overlapSeconds: seconds, end: end) }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a key at once, everywhere within seconds; says what that means and asks first.")
        @OptionGroup var options: Options
        @Argument(help: "The key.") var key: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (key, isConfirmed) = (key, confirmed.yes)
            try options.perform { keys in
                if !isConfirmed { try Asking.confirm(try await keys.plan(revoking: key)) }
                return try await keys.revoke(key)
            }
        }
    }
}
