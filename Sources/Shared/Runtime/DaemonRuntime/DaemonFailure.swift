internal import EventLoop
internal import Glibc
internal import HTTPServer

/// A daemon cannot start, or cannot go on; its description is what the operator reads.
struct DaemonFailure: Error, CustomStringConvertible {
    let description: String

    /// A part of the daemon failed.
    static func part(_ name: String, _ error: any Error) -> DaemonFailure {
        DaemonFailure(description: "\(name): \(error)")
    }

    /// A file that a setting names cannot be used.
    static func file(_ setting: String, _ error: any Error) -> DaemonFailure {
        DaemonFailure(description: "\(setting): \(error)")
    }

    /// A listener cannot listen; says what usually helps.
    static func listener(_ name: String, _ address: ListenAddress, setting: String, _ error: any Error) -> DaemonFailure
    {
        guard case .system(let system) = error as? HTTPListenerError else {
            return DaemonFailure(description: "cannot listen on \(address) (\(setting)): \(error)")
        }
        switch (system.code, address) {
        case (EADDRINUSE, .tcp(_, let port)):
            return DaemonFailure(
                description: "port \(port) is in use: another program listens on \(address). "
                    + "Stop it, or set \(setting) to another address.")
        case (EADDRINUSE, .unix(let path)):
            return DaemonFailure(
                description: "the socket \(path) is in use: another program listens on it. "
                    + "Stop it, or set \(setting) to another path.")
        case (EACCES, .tcp(_, let port)) where port < 1024:
            return DaemonFailure(
                description: "port \(port) is reserved for privileged programs. "
                    + "Set \(setting) to a port from 1024 on, or give the service CAP_NET_BIND_SERVICE.")
        case (EADDRNOTAVAIL, _):
            return DaemonFailure(
                description: "\(address) is no address of this machine. Set \(setting) to one that is.")
        default:
            return DaemonFailure(description: "cannot listen on \(address) (\(setting)): \(system)")
        }
    }
}
