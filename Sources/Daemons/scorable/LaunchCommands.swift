import ArgumentParser
import EventLoop
import Glibc
import Launcher
import Logging
import Observability
import SystemCalls

struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts everything: a private PostgreSQL and Redis, the four daemons, a first administrator.")
    @OptionGroup var options: StateOptions
    @Option(help: "Added to every usual port of a new installation.") var portOffset = 0

    func validate() throws {
        guard (0...50_000).contains(portOffset) else { throw ValidationError("--port-offset is from 0 to 50000.") }
    }

    func run() throws {
        let (installation, offset) = (try options.installation, portOffset)
        onLoop { loops in
            let steps = try await installation.up(offset: offset, on: loops) { say("\($0) …\n") }
            say(steps.text)
        }
    }
}

struct Down: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stops everything that `up` started.")
    @OptionGroup var options: StateOptions

    func run() throws {
        let installation = try options.installation
        onLoop { _ in
            say(try await installation.down() ? "Scorable has stopped.\n" : "Scorable was not running.\n")
        }
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says what runs.")
    @OptionGroup var options: StateOptions

    func run() throws {
        let installation: Installation
        do {
            installation = try options.existing
        } catch {
            fail(error)
        }
        onLoop { loops in
            say(try await installation.status(on: loops))
            if installation.supervisor == nil { throw ExitCode(3) }
        }
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

struct CleanState: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deletes an installation with all of its data; asks first.")
    @OptionGroup var options: StateOptions
    @Flag(help: "Do not ask.") var yes = false

    func run() throws {
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
        onLoop { _ in
            try await installation.cleanState()
            say("Deleted \(installation.state.path).\n")
        }
    }
}

struct Supervise: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs an installation in the foreground until it is told to stop.", shouldDisplay: false)
    @OptionGroup var options: StateOptions

    func run() throws {
        // Before any other thread exists: they inherit what is blocked.
        try Signals.block([SIGTERM, SIGINT, SIGCHLD])
        let installation = try options.existing
        let log = LogOutput(format: .text(colours: false), level: .info)
        onLoop { loops in
            defer { log.flush() }
            try await installation.supervise(on: loops, logger: log.logger(label: "supervisor"))
        }
    }
}
