import ArgumentParser
import EventLoop
import FoundationEssentials
import Launcher

/// Which jobs something is done to.
struct JobArguments: ParsableArguments {
    @OptionGroup var options: StateOptions
    @Flag(help: "To every job that matches a filter, however many; says how many and asks first.")
    var allMatching = false
    @Flag(help: "Do not ask.") var yes = false
    @Argument(help: "Identifiers of jobs, or with --all-matching a filter such as state=dead.")
    var which: [String]

    func validate() throws { _ = try target }

    /// What was named.
    var target: JobTarget {
        get throws {
            guard allMatching else { return .named(try which.map(identifier)) }
            return .matching(try understood { () throws(LauncherFailure) in try FilterWords(which) })
        }
    }

    /// Does it: counts, asks where it has to, and says what was done.
    func perform(_ order: JobOrder) throws {
        let (installation, target, isConfirmed) = (try options.installation, try target, yes)
        onLoop { loops in
            let administration = try QueueAdministration(installation, on: loops)
            let plan = try await administration.plan(order, on: target)
            guard plan.count > 0 else {
                say("There is no job that this could be done to.\n")
                return
            }
            if case .matching = target, !isConfirmed {
                try Asking.confirm(plan.effect, typing: "\(plan.count)")
            }
            let report = try await administration.carryOut(plan)
            say("\(report.text)\n")
            if report.missed > 0 { throw ExitCode(1) }
        }
    }
}

struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets jobs that were given up or cancelled begin again, with all their attempts.")
    @OptionGroup var jobs: JobArguments

    func run() throws { try jobs.perform(.retry) }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends jobs that wait or run.")
    @OptionGroup var jobs: JobArguments

    func run() throws { try jobs.perform(.cancel) }
}

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Forgets jobs that have ended; those of a batch go with the batch.")
    @OptionGroup var jobs: JobArguments

    func run() throws { try jobs.perform(.delete) }
}

struct Move: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Moves jobs that wait to another queue.")
    @OptionGroup var jobs: JobArguments
    @Option(help: "The name of the queue that they go to.") var to: String

    func run() throws { try jobs.perform(.move(to: to)) }
}

struct RunNow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-now", abstract: "Lets jobs that wait for their time run now.")
    @OptionGroup var jobs: JobArguments

    func run() throws { try jobs.perform(.runNow) }
}
