import ArgumentParser
import EventLoop
import Launcher
import SystemCalls

/// What people did: reading it, proving that it is whole, and sending it to others.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit: who did what, and whether that was altered since.",
        discussion: """
            Examples:
              scorable audit list --actor ada@ --action evaluator. --since 2027-01-01
              scorable audit tail --outcome refused
              scorable audit export --format csv > audit.csv
              scorable audit verify
              scorable audit marks >> /mnt/elsewhere/audit.marks
              scorable audit verify --marks /mnt/elsewhere/audit.marks
              scorable audit forward add siem siem.example.com:6514 --ca-file ca.pem
            """,
        subcommands: [
            List.self, Show.self, Tail.self, Export.self, Verify.self, Marks.self, AuditAcknowledgeCommand.self,
            AuditForwardCommand.self,
        ])

    /// Whose entries are meant.
    struct Whose: ParsableArguments {
        @Option(help: "Only of that organization, by name or identifier.") var organization: String?
        @Flag(help: "Only what is the installation's own.") var installation = false

        func validate() throws {
            guard organization == nil || !installation else {
                throw ValidationError("Either --organization or --installation.")
            }
        }

        var selection: AuditAdministration.ChainSelection {
            installation ? .installation : organization.map { .organization($0) } ?? .all
        }
    }

    /// Which of them.
    struct Which: ParsableArguments {
        @Option(help: "Who did it: a part of the name, or the identifier of a person or a key.") var actor: String?
        @Option(help: "What was done, such as evaluator.update; evaluator. for all that begin so.") var action: String?
        @Option(help: "To what, such as queue:evaluations; queue: for all that begin so.") var subject: String?
        @Option(help: "What came of it: done, refused or failed.") var outcome: String?
        @Option(help: "From where, such as 10.0.0.7; 10.0. for all that begin so, 10.0.0.0/8 for a network.")
        var address: String?
        @Option(help: "From that moment on, such as 2027-01-31.") var since: String?
        @Option(help: "Before that moment.") var until: String?
        @Option(help: "Words that are somewhere in it.") var text: String?

        var selection: AuditSelection {
            var selection = AuditSelection()
            selection.actor = actor
            selection.action = action
            selection.subject = subject
            selection.outcome = outcome
            selection.address = address
            selection.since = since
            selection.until = until
            selection.text = text
            return selection
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the latest entries, the newest last.")
        @OptionGroup var options: StateOptions
        @OptionGroup var whose: Whose
        @OptionGroup var which: Which
        @Option(help: "How many, up to 10000.") var limit = 50
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000.") }
        }

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (whose, which, limit) = (whose.selection, which.selection, limit)
            onLoop { loops in
                say(try await AuditAdministration(installation, on: loops, form: form).list(whose, which, limit: limit))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one entry with all that is kept of it.")
        @OptionGroup var options: StateOptions
        @Argument(help: "Its identifier.") var id: String
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        func run() throws {
            let (installation, form, id) = (try options.installation, json ? QueueAdministration.Form.json : .text, id)
            onLoop { loops in say(try await AuditAdministration(installation, on: loops, form: form).show(id)) }
        }
    }

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what is done from now on, a line each, until it is interrupted.")
        @OptionGroup var options: StateOptions
        @OptionGroup var whose: Whose
        @OptionGroup var which: Which
        @Flag(help: "Print JSON, an object a line.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (whose, which) = (whose.selection, which.selection)
            onLoop { loops in
                try await AuditAdministration(installation, on: loops, form: form).tail(whose, which) { say($0) }
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the entries to standard output, each chain in its order.")
        @OptionGroup var options: StateOptions
        @OptionGroup var whose: Whose
        @OptionGroup var which: Which
        @Option(help: "jsonl for a JSON object a line, or csv.") var format = "jsonl"

        func run() throws {
            let installation = try options.installation
            let (whose, which, format) = (whose.selection, which.selection, format)
            onLoop { loops in
                try await AuditAdministration(installation, on: loops).export(whose, which, as: format) {
                    give($0)
                }
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes over the chains and names the first entry that is broken; ends with 1 then.")
        @OptionGroup var options: StateOptions
        @OptionGroup var whose: Whose
        @Option(
            help: "Begin behind that position; with POSITION:HASH, as noted earlier, only if it has that hash still.")
        var from: String?
        @Option(help: "A file of marks that was kept elsewhere: what they say was there has to be there.")
        var marks: String?
        @Flag(help: "Print JSON.") var json = false
        @Flag(help: "Show no progress.") var quiet = false

        func validate() throws {
            guard let from, AuditAdministration.Anchor(from) == nil else { return }
            throw ValidationError("--from is POSITION or POSITION:HASH.")
        }

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (whose, anchor) = (whose.selection, from.flatMap { AuditAdministration.Anchor($0) })
            let (isQuiet, marks) = (quiet || json, marks)
            onLoop { loops in
                let verdict = try await AuditAdministration(installation, on: loops, form: form).verify(
                    whose, from: anchor, marksIn: marks
                ) { if !isQuiet { say("\($0)\n", to: 2) } }
                say(verdict.text)
                if !verdict.isWhole { throw ExitCode(1) }
            }
        }
    }

    struct Marks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints how far the chains are sealed, to be kept elsewhere and compared by verify --marks.")
        @OptionGroup var options: StateOptions
        @OptionGroup var whose: Whose

        func run() throws {
            let (installation, whose) = (try options.installation, whose.selection)
            onLoop { loops in say(try await AuditAdministration(installation, on: loops).marks(of: whose)) }
        }
    }
}
