internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import SystemCalls

/// A folder of this run alone, which the user that PostgreSQL runs as may use too, and which goes with the run.
struct WorkFolder: Sendable {
    let path: String

    /// Makes it in `folder`.
    init(in folder: String, named name: String) throws {
        path = "\(folder)/\(name)-\(getpid())-\(UUID().uuidString.prefix(4).lowercased())"
        try Folders.makeAll(folder, mode: 0o755)
        try Folders.make(path, mode: 0o700)
        try Self.handOver(path)
    }

    /// Makes a file or folder one of the user's that PostgreSQL runs as.
    static func handOver(_ path: String) throws {
        guard geteuid() == 0 else { return }
        guard try Folders.give(path, to: "postgres") else {
            throw LauncherFailure("There is no user postgres on this machine. Run: apt-get install postgresql")
        }
    }

    /// Removes it with everything in it.
    func remove() async throws { try await Self.remove(path) }

    static func remove(_ path: String) async throws {
        let code = try await ChildProcess.run(
            ChildProcess.Start(command: ["/bin/rm", "-rf", "--", path], environment: [:]))
        guard code == 0 else { throw LauncherFailure("\(path) could not be removed completely. Remove it by hand.") }
    }

    /// Removes everything in a folder, which itself may belong to somebody else.
    static func empty(_ path: String) async throws {
        let code = try await ChildProcess.run(
            ChildProcess.Start(command: ["/usr/bin/find", path, "-mindepth", "1", "-delete"], environment: [:]))
        guard code == 0 else { throw LauncherFailure("\(path) could not be emptied. Empty it by hand.") }
    }

    /// Does `body` and removes it in every case.
    func using<R>(_ body: (WorkFolder) async throws -> R) async throws -> R {
        let value: R
        do {
            value = try await body(self)
        } catch {
            // What went wrong first is told.
            do { try await remove() } catch let other { throw LauncherFailure("\(error) (\(other))") }
            throw error
        }
        try await remove()
        return value
    }
}
