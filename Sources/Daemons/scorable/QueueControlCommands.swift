import ArgumentParser
import EventLoop
import Launcher

/// What is paused, bounded and weighed.
struct SubjectArguments: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Argument(
        help:
            "A queue's name, or queue:NAME, organization:ID, project:ID, kind:NAME, provider:NAME, key:ID."
    )
    var subject: String

    /// Decides it, and says what holds now.
    func decide(
        isPaused: Bool? = nil, concurrency: Int? = nil, weight: Int? = nil, perMinute: Int? = nil
    ) throws {
        let (installation, subject) = (try options.installation, subject)
        onLoop { loops in
            let administration = try QueueAdministration(installation, on: loops)
            say(
                try await administration.control(
                    subject, isPaused: isPaused, concurrency: concurrency, weight: weight, perMinute: perMinute))
        }
    }
}

struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Lets nothing of a queue, an organisation or whatever else begin; what runs is finished.")
    @OptionGroup var subject: SubjectArguments

    func run() throws { try subject.decide(isPaused: true) }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends a pause.")
    @OptionGroup var subject: SubjectArguments

    func run() throws { try subject.decide(isPaused: false) }
}

struct Limit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bounds how many jobs run at once or start in a minute, or changes a share.")
    @OptionGroup var subject: SubjectArguments
    @Option(help: "How many at once; 0 for as many as there are slots.") var concurrency: Int?
    @Option(help: "How many may start in a minute; 0 for any number.") var perMinute: Int?
    @Option(help: "Its share beside its likes, from 1 to 1000.") var weight: Int?

    func validate() throws {
        guard concurrency != nil || weight != nil || perMinute != nil else {
            throw ValidationError("Give --concurrency, --per-minute or --weight.")
        }
        if let perMinute, perMinute < 0 { throw ValidationError("--per-minute is 0 or more.") }
        if let concurrency, concurrency < 0 { throw ValidationError("--concurrency is 0 or more.") }
        if let weight, !(1...1000).contains(weight) {
            throw ValidationError("--weight is from 1 to 1000.")
        }
    }

    func run() throws { try subject.decide(concurrency: concurrency, weight: weight, perMinute: perMinute) }
}

struct SchedulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "What is done again and again.",
        subcommands: [ListSchedules.self, PauseSchedule.self, ResumeSchedule.self, RunSchedule.self],
        defaultSubcommand: ListSchedules.self)
}

struct ListSchedules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the schedules with their next and last times.")
    @OptionGroup var look: LookOptions

    func run() throws { try look.look { try await $0.schedules() } }
}

struct PauseSchedule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Lets no more runs of a schedule begin.")
    @OptionGroup var options: StateOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
        let (installation, name) = (try options.installation, name)
        onLoop { loops in
            say(try await QueueAdministration(installation, on: loops).pauseSchedule(name))
        }
    }
}

struct ResumeSchedule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lets a schedule go on with its next time.")
    @OptionGroup var options: StateOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
        let (installation, name) = (try options.installation, name)
        onLoop { loops in
            say(try await QueueAdministration(installation, on: loops).resumeSchedule(name))
        }
    }
}

struct RunSchedule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Makes a job of a schedule now, and prints its identifier.")
    @OptionGroup var options: StateOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
        let (installation, name) = (try options.installation, name)
        onLoop { loops in
            say(try await QueueAdministration(installation, on: loops).runSchedule(name))
        }
    }
}
