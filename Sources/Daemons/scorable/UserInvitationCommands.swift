import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

extension UserCommand {
    struct Invite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a link by which somebody joins, and prints it once.",
            discussion: "There is no mail in the system: pass the link on. An earlier one of the same address ends.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "Their address.") var email: String
        @OptionGroup var role: RoleOption
        @OptionGroup var expiry: InvitationExpiry

        func run() throws {
            let (email, role, hours) = (email, try role.name, expiry.expiresInHours)
            try options.perform { try await $0.invite(email: email, role: role, hours: hours) }
        }
    }

    struct Invitations: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists invitations, the newest first.")
        @OptionGroup var options: PeopleOptions
        @Option(name: .customLong("only"), help: "Only those that are open, accepted, expired or withdrawn.")
        var state: String?
        @Option(help: "How many, up to 500.") var limit = 100
        @OptionGroup var going: Continuing

        private var stateName: InvitationStateName? {
            get throws {
                try state.map { state in
                    try understood { () throws(LauncherFailure) in try InvitationStateName(state) }
                }
            }
        }

        func validate() throws {
            guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
            _ = try stateName
        }

        func run() throws {
            let (state, place, limit) = (try stateName, going.place, limit)
            try options.perform { try await $0.invitations(state, behind: place, limit: limit) }
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an invitation back: its link opens nothing any more.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "Its identifier.") var id: String

        func validate() throws { _ = try identifier(id) }

        func run() throws {
            let id = try identifier(id)
            try options.perform { try await $0.withdrawInvitation(id) }
        }
    }
}

/// How long a link works.
struct InvitationExpiry: ParsableArguments {
    @Option(help: "For how many hours the link works, from 1 to 720 (default: 168, a week).") var expiresInHours: Int?

    func validate() throws {
        guard let expiresInHours, !(1...720).contains(expiresInHours) else { return }
        throw ValidationError("--expires-in-hours is from 1 to 720.")
    }
}
