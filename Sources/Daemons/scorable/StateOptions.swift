import ArgumentParser
import EventLoop
import FoundationEssentials
import Glibc
import Launcher
import SystemCalls

/// Which installation is meant.
struct StateOptions: ParsableArguments {
    @Option(help: "The folder of the installation (default: $SCORABLE_STATE, else /var/lib/scorable for root).")
    var state: String?

    /// The installation.
    var installation: Installation {
        get throws {
            let environment = ProcessInfo.processInfo.environment
            let directory =
                state.map { StateDirectory(path: Self.absolute($0)) } ?? .standard(environment: environment)
            return Installation(state: directory, programs: Self.programs, environment: environment)
        }
    }

    /// The installation, which must have been made.
    var existing: Installation {
        get throws {
            let installation = try installation
            guard installation.state.isMade else {
                throw LauncherFailure("There is no installation in \(installation.state.path). Make one: scorable up")
            }
            return installation
        }
    }

    /// Where this executable and its siblings are.
    private static var programs: String {
        let path = CommandLine.arguments[0]
        guard path.contains("/") else { return "/usr/bin" }
        return absolute(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return "\((try? Folders.current()) ?? "")/\(path)"  // ok: a path that does not exist is refused later
    }
}

/// Runs `body` on a loop and turns what it throws into one line on standard error.
func onLoop(_ body: @escaping @Sendable (LoopGroup) async throws -> Void) async throws {
    let loops = LoopGroup(count: 1, name: "scorable")
    do {
        try await loops.loops[0].run { try await body(loops) }
    } catch {
        fail(error)
    }
    await loops.shutdown()
}

/// Ends the process with one line on standard error.
func fail(_ error: any Error) -> Never {
    say("scorable: \(error)\n", to: 2)
    exit(1)
}
