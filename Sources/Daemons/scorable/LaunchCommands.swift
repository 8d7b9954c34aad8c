import ArgumentParser
import EventLoop
import Glibc
import Launcher
import Logging
import Observability
import SystemCalls

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts everything: a private PostgreSQL and Redis, the four daemons, a first administrator.")
    @OptionGroup var options: StateOptions
    @Option(help: "Added to every usual port of a new installation.") var portOffset = 0

    func validate() throws {
        guard (0...50_000).contains(portOffset) else { throw ValidationError("--port-offset is from 0 to 50000.") }
    }

    func run() async throws {
        let (installation, offset) = (try options.installation, portOffset)
        try await onLoop { loops in
            let steps = try await installation.up(offset: offset, on: loops) { say("\($0) …\n") }
            say(steps.text)
        }
    }
}

struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stops everything that `up` started.")
    @OptionGroup var options: StateOptions

    func run() async throws {
        let installation = try options.installation
        try await onLoop { _ in
            say(try await installation.down() ? "Scorable has stopped.\n" : "Scorable was not running.\n")
        }
    }
}

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says what runs.")
    @OptionGroup var options: StateOptions

    func run() async throws {
        let installation: Installation
        do {
            installation = try options.existing
        } catch {
            fail(error)
        }
        try await onLoop { loops in say(try await installation.status(on: loops)) }
        if installation.supervisor == nil { throw ExitCode(3) }
    }
}

struct Env: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints shell exports for clients: eval \"$(scorable env)\".")
    @OptionGroup var options: StateOptions

    func run() throws {
        do {
            say(try options.existing.clientEnvironment().exports)
        } catch {
            fail(error)
        }
    }
}

struct CleanState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deletes an installation with all of its data; asks first.")
    @OptionGroup var options: StateOptions
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        let installation: Installation
        do {
            installation = try options.existing
        } catch {
            fail(error)
        }
        if !yes {
            say(
                "This deletes \(installation.state.path) with every evaluation, user and key in it.\nType DELETE to go on: "
            )
            guard readLine() == "DELETE" else {
                say("Nothing was deleted.\n")
                throw ExitCode(1)
            }
        }
        try await onLoop { _ in
            try await installation.cleanState()
            say("Deleted \(installation.state.path).\n")
        }
    }
}

struct Supervise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs an installation in the foreground until it is told to stop.", shouldDisplay: false)
    @OptionGroup var options: StateOptions

    func run() async throws {
        // Before any other thread exists: they inherit what is blocked.
        try Signals.block([SIGTERM, SIGINT, SIGCHLD])
        let installation = try options.existing
        let log = LogOutput(format: .text(colours: false), level: .info)
        let loops = LoopGroup(count: 1, name: "supervisor")
        do {
            try await installation.supervise(on: loops, logger: log.logger(label: "supervisor"))
        } catch {
            await log.flush()
            fail(error)
        }
        await log.flush()
    }
}
