import ArgumentParser
import Launcher
import WireAPI

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database's schema and the built-in evaluators up to this release.")
    @OptionGroup var options: StateOptions
    @Flag(
        help: """
            Only list what would be applied, with its phase, what it locks, how large that is, and whether the daemons of \
            the release before work on.
            """)
    var plan = false
    @Flag(help: "Print the plan as JSON.") var json = false
    @Option(
        help: """
            expand: only what the release before goes on working with, before a roll-out; contract: what is left, after \
            it; all: both.
            """)
    var phase = MigrationExtent.all

    func validate() throws {
        guard !json || plan else { throw ValidationError("--json is for --plan.") }
    }

    func run() throws {
        let (installation, plan, form, extent) = (try options.installation, plan, json, phase)
        onLoop { loops in
            let administration = try Administration(installation, on: loops)
            say(
                plan
                    ? try await administration.plan(extent, as: form ? .json : .text)
                    : try await administration.migrate(extent))
        }
    }
}

extension MigrationExtent: ExpressibleByArgument {}

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the settings in force with their sources; secrets are masked.")
    @OptionGroup var options: StateOptions
    @Flag(help: "Compare the settings of all processes that run, on every host; ends with 1 when they differ.")
    var diff = false
    @Flag(help: "Print JSON, with --diff.") var json = false
    @Argument(help: "Only of this daemon: apid, evald, llmproxyd or workerd.") var daemon: String?

    func validate() throws {
        guard diff || !json else { throw ValidationError("--json goes with --diff.") }
        guard !diff || daemon == nil else { throw ValidationError("--diff compares all daemons.") }
        guard let daemon, !Installation.daemons.contains(daemon) else { return }
        throw ValidationError(
            "There is no daemon \(daemon). Use one of: \(Installation.daemons.joined(separator: ", ")).")
    }

    func run() throws {
        let (installation, daemons) = (try options.installation, daemon.map { [$0] } ?? Installation.daemons)
        let (diff, json) = (diff, json)
        onLoop { loops in
            if diff {
                let found = try await InstanceComparison(installation, on: loops).instances()
                say(json ? found.json : found.text)
                throw ExitCode(found.differences.isEmpty ? 0 : 1)
            }
            for daemon in daemons { try await installation.showSettings(of: daemon) }
        }
    }
}

struct ProviderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "The places where language models are served.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a provider with its models.")
        @OptionGroup var options: StateOptions
        @Argument(help: "A name for it, such as openai.") var name: String
        @Option(help: "The address of its OpenAI-compatible API, such as https://api.openai.com/v1.") var baseUrl:
            String
        @Option(help: "A file that holds its key. Keys are no arguments: every user of the machine sees those.")
        var keyFile: String?
        @Option(name: .customLong("model"), parsing: .singleValue, help: "A model it serves; repeat it for more.")
        var models: [String]

        func validate() throws {
            guard baseUrl.hasPrefix("http://") || baseUrl.hasPrefix("https://") else {
                throw ValidationError("--base-url begins with http:// or https://.")
            }
        }

        func run() throws {
            let (installation, name, url, file, models) = (try options.installation, name, baseUrl, keyFile, models)
            onLoop { loops in
                let administration = try Administration(installation, on: loops)
                try await administration.addProvider(named: name, baseURL: url, keyFile: file, models: models)
                say("Added \(name) with \(models.joined(separator: ", ")).\n")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the providers.")
        @OptionGroup var options: StateOptions

        func run() throws {
            let installation = try options.installation
            onLoop { loops in say(try await Administration(installation, on: loops).providers()) }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a provider with its models.")
        @OptionGroup var options: StateOptions
        @Argument var name: String

        func run() throws {
            let (installation, name) = (try options.installation, name)
            onLoop { loops in
                try await Administration(installation, on: loops).removeProvider(named: name)
                say("Removed \(name).\n")
            }
        }
    }
}
