internal import DaemonRuntime
internal import EventLoop
internal import SystemCalls

/// A process of one of the daemons on this host, as `/proc` shows it.
struct DaemonProcess: Sendable, Hashable {
    /// Without `scorable-`.
    let daemon: String
    let pid: Int
    /// Empty when we may not see it.
    let environment: [String: String]
    /// The settings file that its environment names; `nil` when there is none, or when we may not see it.
    var settings: String? { environment[Deployment.settingsPathVariable] }

    /// `scorable-apid (pid 17)`.
    var name: String { "scorable-\(daemon) (pid \(pid))" }

    /// Those that belong to an installation. Of processes whose environment cannot be seen nobody knows that they do not.
    static func all(of installation: Installation) throws -> [DaemonProcess] {
        let named = installation.environment[Deployment.settingsPathVariable]
        let ours = named ?? (installation.state.isMade ? installation.state.settings : nil)
        return try FileFacts.names(in: "/proc").compactMap { Int($0) }.sorted().compactMap(process)
            .filter { $0.settings == nil || $0.settings == ours ?? Deployment.defaultSettingsPath }
    }

    /// With these a program says something of itself and ends.
    private static let questions: Set<Substring> = ["--check-config", "--describe-settings", "--version", "--help"]

    /// `nil` also for a program that only says something of itself.
    private static func process(_ pid: Int) -> DaemonProcess? {
        let command = words("/proc/\(pid)/cmdline")
        guard let program = command.first?.split(separator: "/").last, program.hasPrefix("scorable-"),
            questions.isDisjoint(with: command)
        else { return nil }
        let daemon = String(program.dropFirst("scorable-".count))
        guard Installation.daemons.contains(daemon) else { return nil }
        let variables = words("/proc/\(pid)/environ").compactMap { word in
            word.firstIndex(of: "=").map { (String(word[..<$0]), String(word[word.index(after: $0)...])) }
        }
        return DaemonProcess(daemon: daemon, pid: pid, environment: Dictionary(variables) { $1 })
    }

    private static func words(_ path: String) -> [Substring] {
        do {
            return String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\0")
        } catch {
            // It has ended, or is another user's.
            return []
        }
    }
}
