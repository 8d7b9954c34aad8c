import ArgumentParser
import EventLoop
import Launcher

extension UserCommand {
    struct Deactivate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a person in nowhere any more; says what that means and asks first.",
            discussion: "Sessions end and keys open nothing within seconds. They stay the author of what they made.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @Option(help: "The person who gets what is theirs.") var handOverTo: String?
        @Flag(help: "Do not ask.") var yes = false

        func run() throws {
            let (who, heir) = (Who.person(who), handOverTo)
            try options.perform(confirmed: yes) { people in
                try await people.plan(deactivating: true, who, heir: heir)
            } _: { people in
                try await people.deactivate(who, handingOverTo: heir)
            }
        }
    }

    struct Reactivate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a person in again, with the role, password and keys that they had.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String

        func run() throws {
            let who = Who.person(who)
            try options.perform { try await $0.reactivate(who) }
        }
    }

    struct HandOver: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes what is a person's another one's; says what it is and asks first.",
            discussion: "Projects, objectives, evaluators, judges, models, datasets and trace filters change hands.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "Whose it is.") var who: String
        @Option(help: "The person who gets it.") var to: String
        @Flag(help: "Do not ask.") var yes = false

        func run() throws {
            let (who, heir) = (Who.person(who), to)
            try options.perform(confirmed: yes) { people in
                try await people.plan(deactivating: false, who, heir: heir)
            } _: { people in
                try await people.handOver(from: who, to: heir)
            }
        }
    }

    struct ResetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a person a new password, prints it once, and ends their sessions; asks first.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @Flag(help: "Print a link instead by which they choose it themselves, within a day.") var link = false
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (who, isLink) = (Who.person(who), link)
            // A link changes nothing until somebody follows it.
            try options.perform(confirmed: confirmed.yes || isLink) { people in
                try await people.plan(signingOut: who, givingPassword: true)
            } _: { people in
                isLink ? try await people.makeResetLink(for: who) : try await people.resetPassword(of: who)
            }
        }
    }

    struct SignOut: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends all sessions of a person; asks first.")
        @OptionGroup var options: PeopleOptions
        @Argument(help: "The person.") var who: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let who = Who.person(who)
            try options.perform(confirmed: confirmed.yes) { people in
                try await people.plan(signingOut: who, givingPassword: false)
            } _: { people in
                try await people.signOut(who)
            }
        }
    }
}
