internal import Glibc
internal import SystemCalls

/// Where a private installation keeps everything: data, secrets, certificates, logs.
package struct StateDirectory: Sendable {
    /// The absolute path.
    package let path: String

    package init(path: String) { self.path = path }

    /// The directory when none is named: of the machine for root, else of the user.
    package static func standard(environment: [String: String]) -> StateDirectory {
        if let path = environment["SCORABLE_STATE"], !path.isEmpty { return StateDirectory(path: path) }
        if geteuid() == 0 { return StateDirectory(path: "/var/lib/scorable") }
        let base = environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return StateDirectory(path: (base ?? (environment["HOME"] ?? "/tmp") + "/.local/state") + "/scorable")
    }

    /// The option by which the commands of another shell find this directory; nothing where they find it without.
    func option(environment: [String: String]) -> String {
        var others = environment
        others["SCORABLE_STATE"] = nil
        return path == Self.standard(environment: others).path ? "" : " --state \(path)"
    }

    /// The settings of all daemons.
    package var settings: String { "\(path)/scorable.yaml" }
    /// Where files such as exports are kept.
    var blobs: String { "\(path)/blobs" }
    /// The API key that `scorable env` prints.
    package var apiKey: String { "\(path)/secrets/api_key" }
    package var certificateAuthority: String { "\(path)/tls/ca.pem" }
    /// The same authority behind those that the machine trusts.
    var certificateBundle: String { "\(path)/tls/ca-bundle.pem" }
    /// The file whose lock says that a supervisor runs, with its pid.
    var supervisorLock: String { "\(path)/supervisor.pid" }
    /// Says how far the supervisor is: what runs, and what failed.
    var progress: String { "\(path)/run/progress" }
    var marker: String { "\(path)/SCORABLE_STATE" }

    func secret(_ name: String) -> String { "\(path)/secrets/\(name)" }
    func log(of program: String) -> String { "\(path)/log/\(program).log" }

    /// Where PostgreSQL and Redis keep their sockets. A socket's path may have 107 bytes, so a long state directory has
    /// them in a short place of its own.
    var sockets: String {
        let inside = "\(path)/run"
        guard inside.utf8.count > 70 else { return inside }
        let hash = inside.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return "/tmp/scorable-\(geteuid())-\(String(hash, radix: 36))"
    }

    /// Whether anything was ever set up here.
    package var isMade: Bool { FileContents.exists(marker) }

    /// Makes what is missing of the directory, which nobody else may read.
    /// - Throws: `LauncherFailure` when the place holds something else, cannot be written, or the disk is full.
    package func make() throws {
        // The path goes into connection strings, settings and shell commands.
        guard path.utf8.allSatisfy({ $0 > 0x20 && !"'\"\\,%?#;$`".utf8.contains($0) }) else {
            throw LauncherFailure(
                "\(path) has a space or a special character in its name. Choose another place with --state.")
        }
        if !isMade, FileContents.exists(path), try FileContents.entryCount(ofDirectory: path) > 0 {
            throw LauncherFailure(
                "\(path) holds files that are not Scorable's. Choose another place with --state, or empty it.")
        }
        try Self.makeDirectory(path, mode: 0o755)
        guard try Folders.freeBytes(at: path) > Self.neededBytes else {
            throw LauncherFailure(
                "Less than 500 MB are free at \(path). Make room, or choose another place with --state.")
        }
        for folder in ["secrets", "tls", "log", "run", "redis", "postgres", "blobs"] {
            try Self.makeDirectory("\(path)/\(folder)", mode: folder == "tls" ? 0o755 : 0o700)
        }
        if sockets != "\(path)/run" {
            try Self.makeDirectory(sockets, mode: 0o700)
            // Anybody may have made a folder of this name in /tmp before us, and would have the sockets in hand.
            guard try Folders.belongs(sockets, toUsOr: "postgres") else {
                throw LauncherFailure(
                    "\(sockets) belongs to somebody else. Choose a shorter --state, so that it is not needed.")
            }
        }
        if !isMade { try FileWriting.write("1\n", to: marker, mode: 0o644) }
    }

    private static let neededBytes: Int64 = 500 << 20

    private static func makeDirectory(_ path: String, mode: UInt32) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        if !parent.isEmpty, !FileContents.exists("/" + parent) { try makeDirectory("/" + parent, mode: 0o755) }
        do {
            try Folders.make(path, mode: mode)
        } catch {
            throw LauncherFailure("\(error). Choose another place with --state.")
        }
    }
}
