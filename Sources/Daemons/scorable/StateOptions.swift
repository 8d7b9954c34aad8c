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

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return "\((try? Folders.current()) ?? "")/\(path)"  // ok: a path that does not exist is refused later
    }
}

/// Runs `body` on a loop and ends the process with it. What it throws becomes one line on standard error and the exit
/// code 1, or 2 where what was asked for cannot be meant so; an `ExitCode` is one.
func onLoop(_ body: @escaping @Sendable (LoopGroup) async throws -> Void) -> Never {
    let loops = LoopGroup(count: 1, name: "scorable")
    loops.loops[0].spawn {
        do {
            try await body(loops)
            // Not `exit`: what libraries clean up then, other threads may still be using.
            _exit(0)
        } catch let code as ExitCode {
            _exit(code.rawValue)
        } catch let error as WrongInput {
            fail(error, with: 2)
        } catch {
            fail(error)
        }
    }
    while true { pause() }
}

/// Ends the process with one line on standard error.
func fail(_ error: any Error, with code: Int32 = 1) -> Never {
    say("scorable: \(PrintedText.line("\(error)"))\n", to: 2)
    _exit(code)
}
