internal import FoundationEssentials
internal import Glibc
internal import Operations

extension Installation {
    /// Whoever administers it on this machine, as the audit keeps them.
    var actor: AuditActor {
        AuditActor(
            machineUser: environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(geteuid())",
            requestID: "cli-\(UUID().uuidString.lowercased())")
    }
}
