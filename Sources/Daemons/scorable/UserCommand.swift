import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

/// People: who they are, what they may do, and how they come and go.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People: making, inviting, changing and deactivating them.",
        discussion: """
            Examples:
              scorable user list --role admin
              scorable user invite ada@example.com --role engineer
              scorable user role ada@example.com admin
              scorable user grant ada@example.com --project Support --role annotator
              scorable user deactivate ada@example.com --hand-over-to bob@example.com

            A person is named by their address or identifier.
            """,
        subcommands: [
            List.self, Show.self, Create.self, Invite.self, Invitations.self, Withdraw.self, Rename.self,
            GiveRole.self, Grant.self, Deactivate.self, Reactivate.self, HandOver.self, ResetPassword.self,
            SignOut.self, RemoveSecondFactor.self,
            UserPasswordSignIn.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists people, the newest first.")
        @OptionGroup var options: PeopleOptions
        @OptionGroup var selection: PeopleSelection

        func validate() throws { _ = try selection.wish(serviceAccounts: false) }

        func run() throws {
            let (wish, place, limit) = (
                try selection.wish(serviceAccounts: false), selection.going.place, selection.limit
            )
            try options.perform { try await $0.list(wish, behind: place, limit: limit) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a person: what they may do, and what is theirs.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String

        func run() throws {
            let who = Who.person(who)
            try options.perform { try await $0.show(who) }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a person with a password, and prints it once.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "Their address.") var email: String
        @Option(help: "What they are called.") var name: String
        @OptionGroup var role: RoleOption

        func run() throws {
            let (email, name, role) = (email, name, try role.name)
            try options.perform { try await $0.create(email: email, name: name, role: role) }
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives a person another name.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @Argument(help: "The name.") var name: String

        func run() throws {
            let (who, name) = (Who.person(who), name)
            try options.perform { try await $0.rename(who, to: name) }
        }
    }

    struct GiveRole: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Gives a person another role in their organisation.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @Argument(help: "The role; see: scorable permissions.") var role: String

        func validate() throws { _ = try roleName(role) }

        func run() throws {
            let (who, role) = (Who.person(who), try roleName(role))
            try options.perform { try await $0.giveRole(role, to: who) }
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a person a role in one project, or takes it away.",
            discussion: "It adds to what their role in the organisation allows, and never takes anything away.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @Option(help: "The project, by name or identifier.") var project: String
        @Option(help: "The role: viewer, annotator, engineer, operator or admin.") var role: String?
        @Flag(help: "Take the role away that they have there.") var take = false

        func validate() throws {
            guard (role == nil) == take else { throw ValidationError("Give --role, or --take.") }
            if let role { _ = try roleName(role) }
        }

        func run() throws {
            let (who, project, role) = (Who.person(who), project, try role.map(roleName))
            try options.perform { try await $0.grant(role, to: who, inProject: project) }
        }
    }
}
