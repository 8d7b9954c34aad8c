import ArgumentParser
import EventLoop
import Launcher

/// Says that somebody has looked into what is wrong with a chain.
struct AuditAcknowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Says that what is wrong with a chain was looked into, so that it is sealed again from here on.",
        discussion: """
            Nothing is deleted or repaired. What is wrong, the reason and who says so is kept in the audit.
            """)
    @OptionGroup var options: StateOptions
    @Argument(help: "An organization by name or identifier, or: installation.") var chain: String
    @Option(help: "What has happened, for who reads it later.") var reason: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
        let (chain, reason) = (chain, reason)
        onLoop { loops in
            say(
                try await AuditAcknowledgementAdministration(installation, on: loops, form: form)
                    .acknowledge(chain, because: reason))
        }
    }
}
