import ArgumentParser
import EventLoop
import FoundationEssentials
import Glibc
import Launcher
import SystemCalls

/// Files of execution logs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Files of execution logs, written in the background.",
        discussion: """
            Examples:
              scorable export create --filter tag=nightly --format csv --output nightly.csv
              scorable export list
              scorable export download 0190d6a1-0000-7000-8000-000000000001 --output logs.jsonl

            A filter is words NAME=VALUE that must all hold, as on the console's list of executions.
            """,
        subcommands: [
            Create.self, ListExports.self, ShowExport.self, CancelExport.self, DeleteExport.self, Download.self,
        ])
}

/// Whose exports, and how they are told of.
struct ExportOptions: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Option(help: "Of this organisation, by its identifier (default: the one that runs the installation).")
    var organization: String?
    @Flag(help: "Print JSON, as the internal API answers.") var json = false

    func validate() throws { if let organization { _ = try identifier(organization) } }

    /// Does something with the exports and ends the process.
    func perform(_ body: @escaping @Sendable (ExportAdministration) async throws -> Void) throws {
        let (installation, organization) = (try options.installation, try organization.map(identifier))
        let form: QueueAdministration.Form = json ? .json : .text
        onLoop { loops in
            try await body(ExportAdministration(installation, on: loops, of: organization, form: form))
        }
    }
}

extension ExportWish.Format: ExpressibleByArgument {}

struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Begins an export, and prints its identifier, or waits for it and writes the file.")
    @OptionGroup var exports: ExportOptions
    @Option(name: .customLong("filter"), parsing: .singleValue, help: "A part of the filter, such as tag=nightly.")
    var filter: [String] = []
    @Option(help: "jsonl (a JSON object on each line) or csv.") var format = ExportWish.Format.jsonl
    @Flag(help: "Wait until it is written, and say how far it is.") var wait = false
    @Option(help: "Wait, and write the file here; - is standard output.") var output: String?

    func validate() throws { _ = try wish }

    private var wish: ExportWish {
        get throws { try understood { () throws(LauncherFailure) in try ExportWish(filter, format: format) } }
    }

    func run() throws {
        let (wish, output, waits) = (try wish, output, wait || output != nil)
        try exports.perform { exports in
            let id = try await exports.create(wish)
            if waits { try await exports.wait(for: id, telling: ProgressLine.say) }
            if let output { try await exports.download(id, to: output == "-" ? nil : output) }
            if output != "-" { say(waits ? try await exports.show(id) : "\(id.uuidString.lowercased())\n") }
        }
    }
}

struct ListExports: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the newest exports.")
    @OptionGroup var exports: ExportOptions

    func run() throws { try exports.perform { say(try await $0.list()) } }
}

struct ShowExport: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one export.")
    @OptionGroup var exports: ExportOptions
    @Argument(help: "Its identifier.") var id: String

    func validate() throws { _ = try identifier(id) }

    func run() throws {
        let id = try identifier(id)
        try exports.perform { say(try await $0.show(id)) }
    }
}

struct CancelExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stops an export that waits or is written.")
    @OptionGroup var exports: ExportOptions
    @Argument(help: "Its identifier.") var id: String

    func validate() throws { _ = try identifier(id) }

    func run() throws {
        let id = try identifier(id)
        try exports.perform { say(try await $0.cancel(id)) }
    }
}

struct DeleteExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes an export that has ended, with its file.")
    @OptionGroup var exports: ExportOptions
    @Argument(help: "Its identifier.") var id: String

    func validate() throws { _ = try identifier(id) }

    func run() throws {
        let id = try identifier(id)
        try exports.perform { exports in
            try await exports.delete(id)
            say("Deleted.\n")
        }
    }
}

struct Download: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes the file of an export that is finished.")
    @OptionGroup var exports: ExportOptions
    @Argument(help: "Its identifier.") var id: String
    @Option(help: "Where to; standard output without.") var output: String?

    func validate() throws { _ = try identifier(id) }

    func run() throws {
        let (id, output) = (try identifier(id), output == "-" ? nil : output)
        try exports.perform { try await $0.download(id, to: output) }
    }
}

/// Says on standard error how far something is: in one line on a terminal, in many elsewhere.
enum ProgressLine {
    static func say(_ text: String) {
        let text = PrintedText.safe(text)
        // What comes before is erased: it may have been longer.
        CompleteOutput.write(isatty(2) == 1 ? "\r\u{1B}[K\(text)" : "\(text)\n", to: 2)
    }
}
