import ArgumentParser
import EventLoop
import Launcher

/// Where the audit is sent to.
struct AuditForwardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Receivers that every entry is sent to, such as a SIEM's collector.",
        discussion: """
            Entries are sent in their order, and again where they may not have arrived: at least once. While a receiver is \
            down, they wait.
            """,
        subcommands: [List.self, Add.self, Pause.self, Resume.self, Restart.self, Remove.self])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (AuditForwardAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in say(try await body(AuditForwardAdministration(installation, on: loops, form: form))) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the receivers with how they do.")
        @OptionGroup var options: Options

        func run() throws { try options.perform { try await $0.list() } }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a receiver, which gets the entries of every organization and the installation's own.")
        @OptionGroup var options: Options
        @Argument(help: "A name to know it by.") var name: String
        @Argument(help: "Where it is: HOST:PORT.") var address: String
        @Option(help: "tls, or tcp, which others on the way can read.") var transport = "tls"
        @Option(help: "rfc5424 for syslog messages, json for a JSON object a line, or cef.") var format = "rfc5424"
        @Option(help: "The authority that its certificate is checked with, in PEM; the system's ones without it.")
        var caFile: String?
        @Option(help: "A certificate that is shown to it, in PEM.") var certificateFile: String?
        @Option(help: "The key of that certificate, in PEM.") var keyFile: String?
        @Flag(help: "Send what was done before, too.") var fromStart = false

        func run() throws {
            let wish = AuditForwardAdministration.Wish(
                name: name, address: address, transport: transport, format: format, authorityFile: caFile,
                certificateFile: certificateFile, keyFile: keyFile, fromStart: fromStart)
            try options.perform { try await $0.add(wish) }
        }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets entries for it wait.")
        @OptionGroup var options: Options
        @Argument(help: "The receiver.") var receiver: String

        func run() throws {
            let receiver = receiver
            try options.perform { try await $0.pause(receiver) }
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sends what waits for it and what comes.")
        @OptionGroup var options: Options
        @Argument(help: "The receiver.") var receiver: String

        func run() throws {
            let receiver = receiver
            try options.perform { try await $0.resume(receiver) }
        }
    }

    struct Restart: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends everything again from the first entry on; asks first.")
        @OptionGroup var options: Options
        @Argument(help: "The receiver.") var receiver: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (receiver, isConfirmed) = (receiver, confirmed.yes)
            try options.perform { receivers in
                if !isConfirmed { try Asking.confirm(try await receivers.plan(.restart, receiver)) }
                return try await receivers.restart(receiver)
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes it: nothing more is sent there; asks first.")
        @OptionGroup var options: Options
        @Argument(help: "The receiver.") var receiver: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (receiver, isConfirmed) = (receiver, confirmed.yes)
            try options.perform { receivers in
                if !isConfirmed { try Asking.confirm(try await receivers.plan(.remove, receiver)) }
                return try await receivers.remove(receiver)
            }
        }
    }
}
