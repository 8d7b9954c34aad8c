import ArgumentParser
import EventLoop
import Launcher

/// Sessions: who is signed in, and signing them out.
struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Sessions: who is signed in from where, and ending them.",
        discussion: """
            Examples:
              scorable session list
              scorable session list --user ada@example.com --json
              scorable session end 0190d6a1
              scorable session end --user ada@example.com
            """,
        subcommands: [List.self, End.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the open sessions of every organisation, the newest first.")
        @OptionGroup var options: SessionOptions
        @Option(help: "Only those of the person with this address.") var user: String?
        @Option(help: "How many, up to 10000.") var limit = 500
        @Option(help: "Where to go on, as the list before said.") var cursor: String?

        private var place: SessionPlace? { cursor.flatMap { SessionPlace($0) } }

        func validate() throws {
            guard cursor == nil || place != nil else {
                throw ValidationError("--cursor is what a list printed as such.")
            }
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000.") }
        }

        func run() throws {
            let (user, place, limit) = (user, place, limit)
            try options.perform { try await $0.list(of: user, behind: place, limit: limit) }
        }
    }

    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a session, or all of a person, which it asks about first: everywhere within five seconds.")
        @OptionGroup var options: SessionOptions
        @Argument(help: "The session, by its identifier or the beginning of it.") var session: String?
        @Option(help: "All sessions of the person with this address.") var user: String?
        @OptionGroup var confirmed: Confirmed

        func validate() throws {
            guard (session == nil) != (user == nil) else {
                throw ValidationError("Name a session, or a person with --user.")
            }
            guard session.map({ $0.count >= 8 }) ?? true else {
                throw ValidationError("Name a session by at least 8 characters of its identifier.")
            }
        }

        func run() throws {
            let (session, user, isConfirmed) = (session, user, confirmed.yes)
            try options.perform { sessions in
                guard let user else { return try await sessions.end(session ?? "") }
                if !isConfirmed { try Asking.confirm(try await sessions.plan(.endSessions, of: user)) }
                return try await sessions.endAll(of: user)
            }
        }
    }
}

/// How the commands about sessions are told where and how.
struct SessionOptions: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Flag(help: "Print JSON, as the internal API answers.") var json = false

    /// Prints what `body` says.
    func perform(_ body: @escaping @Sendable (SessionAdministration) async throws -> String) throws {
        let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
        onLoop { loops in say(try await body(SessionAdministration(installation, on: loops, form: form))) }
    }
}

extension UserCommand {
    struct RemoveSecondFactor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a person's second factor and recovery codes, for whoever has lost them; asks first.",
            discussion: "Where the policy wants a second factor, they set up another one when they sign in.")
        @OptionGroup var options: SessionOptions
        @Argument(help: "The person's address.") var email: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (email, isConfirmed) = (email, confirmed.yes)
            try options.perform { sessions in
                if !isConfirmed { try Asking.confirm(try await sessions.plan(.removeSecondFactor, of: email)) }
                return try await sessions.removeSecondFactor(of: email)
            }
        }
    }
}
