import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

/// Background work: looking at it, and steering it.
struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Background work: queues, jobs, workers, schedules.",
        discussion: """
            Examples:
              scorable queue list
              scorable queue jobs state=dead queue=evaluations organization=Acme
              scorable queue job 0190d6a1-0000-7000-8000-000000000001
              scorable queue retry --all-matching state=dead error_class=timeout
              scorable queue pause queue:evaluations
              scorable queue limit provider:openai --concurrency 8 --per-minute 600

            A filter is words NAME=VALUE that must all hold; a name given twice asks for one of the values.
            """,
        subcommands: [
            ListQueues.self, ShowQueue.self, ListJobs.self, ShowJob.self, ListDead.self, ListWorkers.self,
            CheckQueues.self,
            Retry.self, Cancel.self, Delete.self, Move.self, RunNow.self,
            Pause.self, Resume.self, Limit.self, SchedulesCommand.self,
        ])
}

/// What every look at background work can be asked for.
struct LookOptions: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Flag(help: "Print JSON, as the internal API answers.") var json = false

    /// Prints what `body` finds.
    func look(_ body: @escaping @Sendable (QueueAdministration) async throws -> String) throws {
        let (installation, form) = (
            try options.installation, json ? QueueAdministration.Form.json : .text
        )
        onLoop { loops in
            say(try await body(QueueAdministration(installation, on: loops, form: form)))
        }
    }
}

struct ListQueues: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the queues with what waits and runs.")
    @OptionGroup var look: LookOptions

    func run() throws { try look.look { try await $0.list() } }
}

struct ShowQueue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one queue: how fast it is, when it will be empty, whose jobs wait.")
    @OptionGroup var look: LookOptions
    @Argument(help: "Its name.") var queue: String

    func run() throws {
        let queue = queue
        try look.look { try await $0.show(queue) }
    }
}

struct ListJobs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Lists jobs, the newest first.")
    @OptionGroup var look: LookOptions
    @Flag(help: "The oldest first.") var oldest = false
    @Option(help: "How many, up to 200.") var limit = 50
    @Option(help: "Where to go on, as the page before says.") var cursor: String?
    @Argument(help: "A filter, such as state=dead queue=evaluations.") var filter: [String] = []

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit is from 1 to 200.") }
        _ = try words
        if let cursor { _ = try identifier(cursor) }
    }

    private var words: FilterWords {
        get throws { try understood { () throws(LauncherFailure) in try FilterWords(filter) } }
    }

    func run() throws {
        let (words, oldest, limit, place) = (try words, oldest, limit, try cursor.map(identifier))
        try look.look { try await $0.jobs(words, oldestFirst: oldest, limit: limit, behind: place) }
    }
}

struct ShowJob: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Shows one job: how it stands, what happened to it, why it waits."
    )
    @OptionGroup var look: LookOptions
    @Argument(help: "Its identifier.") var id: String

    func validate() throws { _ = try identifier(id) }

    func run() throws {
        let id = try identifier(id)
        try look.look { try await $0.job(id) }
    }
}

struct ListDead: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Groups the jobs that were given up by cause.")
    @OptionGroup var look: LookOptions
    @Argument(help: "Only of this queue.") var queue: String?

    func run() throws {
        let queue = queue
        try look.look { try await $0.dead(in: queue) }
    }
}

struct ListWorkers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "Lists who runs jobs, and how each is.")
    @OptionGroup var look: LookOptions

    func run() throws { try look.look { try await $0.workers() } }
}

/// An identifier on a command line.
func identifier(_ text: String) throws -> UUID {
    guard let id = UUID(uuidString: text) else {
        throw ValidationError(
            "“\(text)” is no identifier. One looks like 0190d6a1-0000-7000-8000-000000000001.")
    }
    return id
}

/// What is wrong with a command line is told as such, whoever finds it.
func understood<Value>(_ body: () throws(LauncherFailure) -> Value) throws -> Value {
    do throws(LauncherFailure) {
        return try body()
    } catch {
        throw ValidationError(error.description)
    }
}

struct CheckQueues: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Counts the jobs of batches again, and ends with 1 when counters say otherwise.")
    @OptionGroup var options: StateOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
        onLoop { loops in
            let check = try await QueueAdministration(installation, on: loops, form: form).check()
            say(check.text)
            if !check.isRight { throw ExitCode(1) }
        }
    }
}
