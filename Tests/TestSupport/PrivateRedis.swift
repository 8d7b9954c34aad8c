internal import CLinux
internal import EventLoop
internal import Glibc
internal import Synchronization

/// A Redis server (or sentinel) of this test process alone, in a temporary directory, without persistence. It ends with
/// the process, however that ends.
package final class PrivateRedis: Sendable {
    /// Where it listens.
    package enum Endpoint: Sendable {
        case unixSocket
        /// A free port of 127.0.0.1.
        case port
        /// A free port of 127.0.0.1 that speaks TLS alone, with certificate and key in PEM.
        case tls(certificate: String, key: String)
    }

    /// Its directory, which holds the socket `redis.sock` and the file `log`.
    package let directory: String
    /// The port on 127.0.0.1; 0 for a server on a socket.
    package let port: Int
    private let isSentinel: Bool
    private let process = Mutex<pid_t>(0)

    // The threads that start servers live as long as the process, and with them the servers.
    private static let worker = WorkerThreads(name: "private-redis", count: 1, queueLimit: 64)

    /// Starts a server and returns when it answers. `configuration` holds more lines of its configuration file.
    package static func start(_ endpoint: Endpoint = .unixSocket, configuration: [String] = []) async throws
        -> PrivateRedis
    {
        try await worker.run {
            let redis = try PrivateRedis(endpoint, isSentinel: false, configuration)
            try redis.launch()
            return redis
        }
    }

    /// Starts a sentinel on a port; `configuration` names what it watches.
    package static func startSentinel(configuration: [String]) async throws -> PrivateRedis {
        try await worker.run {
            let sentinel = try PrivateRedis(.port, isSentinel: true, configuration)
            try sentinel.launch()
            return sentinel
        }
    }

    private init(_ endpoint: Endpoint, isSentinel: Bool, _ configuration: [String]) throws {
        self.isSentinel = isSentinel
        directory = try Self.makeDirectory()
        var lines = ["dir \(directory)", "daemonize no", "bind 127.0.0.1", "protected-mode no"]
        if !isSentinel { lines += ["save \"\"", "appendonly no"] }
        switch endpoint {
        case .unixSocket:
            port = 0
            lines += ["port 0", "unixsocket \(directory)/redis.sock"]
        case .port:
            port = try Self.freePort()
            lines.append("port \(port)")
        case .tls(let certificate, let key):
            port = try Self.freePort()
            try Self.write(certificate, to: "\(directory)/server.pem")
            try Self.write(key, to: "\(directory)/server.key")
            lines += ["port 0", "tls-port \(port)", "tls-auth-clients no"]
            lines += ["tls-cert-file \(directory)/server.pem", "tls-key-file \(directory)/server.key"]
        }
        try Self.write((lines + configuration).joined(separator: "\n") + "\n", to: "\(directory)/redis.conf")
    }

    deinit {
        Self.end(process.withLock { $0 })
        Self.remove(directory)
    }

    /// The address for a client: `unix://…` or `redis://127.0.0.1:…`.
    package var url: String {
        port == 0 ? "unix://\(directory)/redis.sock" : "redis://127.0.0.1:\(port)"
    }

    /// What it has logged.
    package var log: String { Self.text(of: "\(directory)/log") }

    /// Kills it by SIGKILL, as a crash would.
    package func kill() {
        process.withLock { process in
            Self.end(process)
            process = 0
        }
    }

    /// Stops it from doing anything, as a machine that hangs would, or lets it go on.
    package func freeze(_ isFrozen: Bool) {
        let process = process.withLock { $0 }
        if process > 0 { _ = Glibc.kill(process, isFrozen ? SIGSTOP : SIGCONT) }
    }

    /// Starts it again after `kill`, empty and with the configuration that it had.
    package func restart() async throws {
        try await Self.worker.run { [self] in try launch() }
    }

    private func launch() throws {
        let log = unsafe open("\(directory)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw SystemError.last("open \(directory)/log") }
        defer { close(log) }
        let arguments =
            ["/usr/bin/redis-server", "\(directory)/redis.conf"] + (isSentinel ? ["--sentinel"] : [])
        let started = try Self.spawn(arguments, output: log)
        process.withLock { $0 = started }
        let limit = ContinuousClock.now + .seconds(30)
        while !canConnect {
            guard ContinuousClock.now < limit, waitpid(started, nil, WNOHANG) == 0 else {
                throw PrivateRedisError(description: "redis-server did not start: \(self.log)")
            }
            usleep(10_000)
        }
    }

    private var canConnect: Bool {
        if port > 0 { return cl_probe_port(UInt16(port)) != 0 }
        let fd = unsafe cl_connect_unix("\(directory)/redis.sock")
        if fd >= 0 { close(fd) }
        return fd >= 0
    }

    private static func spawn(_ arguments: [String], output: Int32) throws -> pid_t {
        try SpawnedProgram.start(
            arguments, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C"], output: output, deathSignal: SIGKILL)
    }

    private static func end(_ process: pid_t) {
        guard process > 0 else { return }
        _ = Glibc.kill(process, SIGKILL)
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
    }

    private static func makeDirectory() throws -> String {
        var template = Array("/tmp/scorable-redis-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError.last("make a directory under /tmp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func remove(_ directory: String) {
        do {
            let removal = try spawn(["/bin/rm", "-rf", directory], output: -1)
            while waitpid(removal, nil, 0) < 0, errno == EINTR {}
        } catch {
            // A directory that stays under /tmp hurts nobody.
            return
        }
    }

    private static func freePort() throws -> Int {
        let listener = unsafe cl_listen_tcp("127.0.0.1", 0, 1, 0)
        guard listener >= 0 else { throw SystemError.last("listen on 127.0.0.1") }
        defer { close(listener) }
        return Int(cl_local_port(listener))
    }

    private static func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        guard file >= 0, unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw SystemError.last("write \(path)")
        }
        close(file)
    }

    private static func text(of path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// The private server could not do what a test asked for.
package struct PrivateRedisError: Error, CustomStringConvertible {
    package let description: String
}
