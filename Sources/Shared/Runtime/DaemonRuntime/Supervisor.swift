internal import Glibc
internal import Logging
internal import SystemCalls

/// The service manager that started this process: systemd, or nobody.
struct Supervisor: Sendable {
    private let socket: String?
    /// How often the manager wants a sign of life; `nil` when it does not watch.
    let watchdogInterval: Duration?
    /// Listening sockets that were handed over, by name.
    let sockets: [String: Int32]

    /// Whether anybody is told anything.
    var isThere: Bool { socket != nil }

    init(environment: [String: String]) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
        sockets = Self.sockets(environment)
    }

    /// Descriptors begin at 3; their names are separated by colons, and a socket without one is called by its number.
    private static func sockets(_ environment: [String: String]) -> [String: Int32] {
        guard environment["LISTEN_PID"] == "\(getpid())", let count = environment["LISTEN_FDS"].flatMap(Int32.init),
            count > 0
        else { return [:] }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var sockets: [String: Int32] = [:]
        for index in 0..<count {
            let fd = 3 + index
            let name = Int(index) < names.count ? String(names[Int(index)]) : ""
            sockets[name.isEmpty || name == "unknown" ? "\(fd)" : name] = fd
            // Programs that this one starts are not to inherit it.
            _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        }
        return sockets
    }

    /// Tells the manager something; what it cannot be told is logged and otherwise without consequence.
    func tell(_ messages: Message..., logger: Logger) {
        guard let socket else { return }
        do {
            try Datagram.send(messages.map(\.text).joined(separator: "\n"), to: socket)
        } catch {
            logger.warning("the service manager cannot be told", metadata: ["error": "\(error)"])
        }
    }

    /// What a manager can be told.
    enum Message {
        case ready
        case stopping
        /// It may take this long to stop, whatever the unit says.
        case needsTime(Duration)
        case alive
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .needsTime(let time): "EXTEND_TIMEOUT_USEC=\(Int64(time / .microseconds(1)))"
            case .alive: "WATCHDOG=1"
            // A message ends with its line.
            case .status(let text): "STATUS=\(text.prefix(400).map { $0.isNewline ? " " : String($0) }.joined())"
            }
        }
    }
}
