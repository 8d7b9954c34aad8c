import ArgumentParser
import EventLoop
import Launcher

/// Programs that act for nobody, with keys of their own.
struct ServiceAccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service-account",
        abstract: "Service accounts: programs that stay when whoever made them goes.",
        discussion: """
            Examples:
              scorable service-account create "Trace collector" --role engineer
              scorable key create collector --service-account "Trace collector" --scope trace:create
              scorable service-account deactivate "Trace collector"

            A service account is named by its name or identifier. It has no password and signs in nowhere.
            """,
        subcommands: [
            List.self, Show.self, Create.self, Rename.self, GiveRole.self, Deactivate.self, Reactivate.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists service accounts, the newest first.")
        @OptionGroup var options: PeopleOptions
        @OptionGroup var selection: PeopleSelection

        func validate() throws { _ = try selection.wish(serviceAccounts: true) }

        func run() throws {
            let (wish, place, limit) = (
                try selection.wish(serviceAccounts: true), selection.going.place, selection.limit
            )
            try options.perform { try await $0.list(wish, behind: place, limit: limit) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a service account.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The service account.") var name: String

        func run() throws {
            let who = Who.serviceAccount(name)
            try options.perform { try await $0.show(who) }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a service account.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "A name to know it by.") var name: String
        @Option(help: "What it may do: viewer, annotator, engineer, operator, auditor or admin.") var role: String

        func validate() throws { _ = try roleName(role) }

        func run() throws {
            let (name, role) = (name, try roleName(role))
            try options.perform { try await $0.createServiceAccount(named: name, role: role) }
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives a service account another name.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The service account.") var name: String
        @Argument(help: "The other name.") var other: String

        func run() throws {
            let (who, other) = (Who.serviceAccount(name), other)
            try options.perform { try await $0.rename(who, to: other) }
        }
    }

    struct GiveRole: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Gives a service account another role.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The service account.") var name: String
        @Argument(help: "The role; see: scorable permissions.") var role: String

        func validate() throws { _ = try roleName(role) }

        func run() throws {
            let (who, role) = (Who.serviceAccount(name), try roleName(role))
            try options.perform { try await $0.giveRole(role, to: who) }
        }
    }

    struct Deactivate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets the keys of a service account open nothing any more; asks first.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The service account.") var name: String
        @Option(help: "The person who gets what is its own.") var handOverTo: String?
        @Flag(help: "Do not ask.") var yes = false

        func run() throws {
            let (who, heir) = (Who.serviceAccount(name), handOverTo)
            try options.perform(confirmed: yes) { people in
                try await people.plan(deactivating: true, who, heir: heir)
            } _: { people in
                try await people.deactivate(who, handingOverTo: heir)
            }
        }
    }

    struct Reactivate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets the keys of a service account work again.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The service account.") var name: String

        func run() throws {
            let who = Who.serviceAccount(name)
            try options.perform { try await $0.reactivate(who) }
        }
    }
}
