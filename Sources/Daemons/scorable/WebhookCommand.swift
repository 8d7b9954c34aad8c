import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

/// Webhooks: whom to tell of what, and what became of it.
struct WebhookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Webhooks: endpoints that are told of events, and deliveries to them.",
        discussion: """
            Examples:
              scorable webhook add https://hooks.example.com/scorable --events batch.finished,batch.failed
              scorable webhook test 0190d6a1
              scorable webhook deliveries 0190d6a1 --only failed
              scorable webhook redeliver 0190d6a1 --all failed

            A webhook is named by its identifier or the beginning of it, its description, or its address.
            """,
        subcommands: [
            List.self, Add.self, Test.self, Pause.self, Resume.self, Rotate.self, Delete.self, Deliveries.self,
            Redeliver.self,
        ])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (WebhookAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in say(try await body(WebhookAdministration(installation, on: loops, form: form))) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the webhooks with how they do and what waits for them.")
        @OptionGroup var options: Options

        func run() throws { try options.perform { try await $0.list() } }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a webhook and prints its secret once.")
        @OptionGroup var options: Options
        @Argument(help: "Where events are posted.") var url: String
        @Option(help: "A name to know it by.") var description: String?
        @Option(help: "Types of events, separated by commas; every type without it.") var events: String?
        @Option(help: "Whose it is, by name or identifier; the one that runs the installation without it.")
        var organization: String?
        @Option(help: "The project that it hears of, by name or identifier; all of them without it.") var project:
            String?

        func run() throws {
            let (url, description, organization, project) = (url, description, organization, project)
            let types = events?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
            try options.perform {
                try await $0.add(
                    url: url, description: description, types: types, organization: organization, project: project)
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends a ping now and says what came of it; ends with 1 when it was not taken.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String

        func run() throws {
            let (installation, webhook) = (try options.options.installation, webhook)
            let form = options.json ? QueueAdministration.Form.json : .text
            onLoop { loops in
                let test = try await WebhookAdministration(installation, on: loops, form: form).test(webhook)
                say(test.text)
                if !test.isTaken { throw ExitCode(1) }
            }
        }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets events for it wait.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String

        func run() throws {
            let webhook = webhook
            try options.perform { try await $0.pause(webhook) }
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends what waits for it, and lets it hear of what comes; also one that was disabled.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String

        func run() throws {
            let webhook = webhook
            try options.perform { try await $0.resume(webhook) }
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives it a new secret and prints it once; the former one signs too for a while.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String
        @Option(help: "For how many hours the former secret signs too, up to 168.") var overlap = 24

        func run() throws {
            let (webhook, overlap) = (webhook, overlap)
            try options.perform { try await $0.rotate(webhook, overlapHours: overlap) }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes it with its deliveries: what waits is not sent.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String

        func run() throws {
            let webhook = webhook
            try options.perform { try await $0.delete(webhook) }
        }
    }

    struct Deliveries: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists deliveries to it, the newest first.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String
        @Option(name: .customLong("only"), help: "Only those that are waiting, delivered, failed or dropped.")
        var state: String?
        @Option(help: "How many, up to 200.") var limit = 50

        func validate() throws {
            guard (1...200).contains(limit) else { throw ValidationError("--limit is from 1 to 200.") }
        }

        func run() throws {
            let (webhook, state, limit) = (webhook, state, limit)
            try options.perform { try await $0.deliveries(webhook, in: state, limit: limit) }
        }
    }

    struct Redeliver: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends deliveries again, under the same identifiers of events.")
        @OptionGroup var options: Options
        @Argument(help: "The webhook.") var webhook: String
        @Argument(help: "Identifiers of deliveries.") var ids: [String] = []
        @Option(help: "All that are failed, dropped, delivered or waiting; says how many and asks first.")
        var all: String?
        @Flag(help: "Do not ask.") var yes = false

        func validate() throws {
            guard ids.isEmpty != (all == nil) else { throw ValidationError("Name deliveries, or --all with a state.") }
            _ = try ids.map(identifier)
        }

        func run() throws {
            let (installation, webhook, isConfirmed) = (try options.options.installation, webhook, yes || all == nil)
            let form = options.json ? QueueAdministration.Form.json : .text
            let (ids, all) = (try ids.map(identifier), all)
            onLoop { loops in
                let wish = try all.map { try RedeliveryWish(all: $0) } ?? RedeliveryWish(ids: ids)
                let administration = try WebhookAdministration(installation, on: loops, form: form)
                if !isConfirmed {
                    let count = try await administration.count(webhook, wish)
                    try Asking.confirm("\(count) will be sent again.", typing: "\(count)")
                }
                say(try await administration.redeliver(webhook, wish))
            }
        }
    }
}
