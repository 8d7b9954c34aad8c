import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

/// How long something is kept, and how much room there is.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "For how long what is recorded is kept, and for how long the disks last.",
        discussion: """
            Examples:
              scorable retention show
              scorable retention set execution_logs 90
              scorable retention set traces 30 --project Checkout --confirm 1204
              scorable retention preview
              scorable retention hold --project Checkout --from 2027-01-01 --until 2027-04-01 --reason "Case 17"
              scorable retention forecast

            Classes are execution_logs, traces, files, exports and batches. Datasets, labels and what they name, and what \
            was calibrated on, stay.
            """,
        subcommands: [Show.self, SetRule.self, Preview.self, RunNow.self, Hold.self, Release.self, Forecast.self])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (RetentionAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in say(try await body(RetentionAdministration(installation, on: loops, form: form))) }
        }
    }

    /// Whose data.
    struct WhoseOptions: ParsableArguments {
        @Option(help: "Whose, by name or identifier; those of the organisation that runs the installation without it.")
        var organization: String?
        @Option(help: "Of this project only, by name or identifier; of every other one without it.")
        var project: String?

        var whose: RetentionAdministration.Whose {
            RetentionAdministration.Whose(organization: organization, project: project)
        }
    }

    struct OrganizationOption: ParsableArguments {
        @Option(help: "Whose, by name or identifier; those of the organisation that runs the installation without it.")
        var organization: String?
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows for how long everything is kept, and what is held.")
        @OptionGroup var options: Options
        @OptionGroup var organization: OrganizationOption

        func run() throws {
            let name = organization.organization
            try options.perform { try await $0.show(name) }
        }
    }

    struct SetRule: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Keeps a class for so many days; says how many rows go by it and asks first.")
        @OptionGroup var options: Options
        @OptionGroup var whose: WhoseOptions
        @Argument(help: "execution_logs, traces, files, exports or batches.") var dataClass: String
        @Argument(
            help: "Days from 1 to 36500; forever; or inherited, for what is said of all projects or by the settings.")
        var kept: String
        @Option(help: "Do not ask: exactly so many rows may go by it.") var confirm: Int?

        func validate() throws {
            guard RetentionAdministration.Keeping(kept) != nil else {
                throw ValidationError("What is kept is kept for a number of days, forever or inherited.")
            }
        }

        func run() throws {
            guard let keeping = RetentionAdministration.Keeping(kept) else { return }
            let (whose, dataClass, confirmed) = (whose.whose, dataClass, confirm)
            try options.perform { retention in
                try await retention.set(dataClass, to: keeping, whose) { rows in
                    if confirmed == rows { return }
                    if let confirmed {
                        throw LauncherFailure("\(rows) rows would go by it, not \(confirmed). Nothing was changed.")
                    }
                    try Asking.confirm("\(rows) rows that are kept by now go with the next run.", typing: "\(rows)")
                }
            }
        }
    }

    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what would go now, and deletes nothing.")
        @OptionGroup var options: Options
        @OptionGroup var organization: OrganizationOption

        func run() throws {
            let name = organization.organization
            try options.perform { try await $0.preview(name) }
        }
    }

    struct RunNow: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Has what is past its time go now, of every organisation.",
            discussion: "Workers do it every hour. What it would be: scorable retention preview")
        @OptionGroup var options: Options

        func run() throws { try options.perform { try await $0.run() } }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keeps what was recorded, however old it is.")
        @OptionGroup var options: Options
        @OptionGroup var whose: WhoseOptions
        @Option(help: "What was recorded from this moment on, such as 2027-01-31.") var from: String?
        @Option(help: "What was recorded before this moment.") var until: String?
        @Option(help: "Why.") var reason: String

        func run() throws {
            let (whose, from, until, reason) = (whose.whose, from, until, reason)
            try options.perform { try await $0.hold(whose, from: from, until: until, because: reason) }
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a hold: what is past its time goes with the next run. Asks first.")
        @OptionGroup var options: Options
        @OptionGroup var organization: OrganizationOption
        @Argument(help: "The hold.") var hold: String
        @OptionGroup var confirmed: Confirmed

        func validate() throws { _ = try identifier(hold) }

        func run() throws {
            let (id, name) = (try identifier(hold), organization.organization)
            if !confirmed.yes {
                try Asking.confirm("What it holds and is past its time goes with the next run.", typing: "release")
            }
            try options.perform { try await $0.release(id, of: name) }
        }
    }

    struct Forecast: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how full the disks are, for how many days they last, and what grows.")
        @OptionGroup var options: Options

        func run() throws { try options.perform { try await $0.forecast() } }
    }
}
