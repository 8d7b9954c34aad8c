internal import CLinux
internal import EventLoop
internal import Glibc
internal import Synchronization

/// A PostgreSQL cluster of this test process alone: on a Unix socket in a temporary directory, durable only as far as
/// the kernel lives. It ends with the process, however that ends.
package final class PrivatePostgres: Sendable {
    /// A certificate with its key, both in PEM: the cluster then listens on TLS too.
    package struct TLSFiles: Sendable {
        /// The certificate chain.
        package let certificate: String
        /// Its private key.
        package let key: String

        /// A pair of files' contents.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The directory of the socket.
    package let directory: String
    /// The port on 127.0.0.1, for a cluster with TLS.
    package let port: Int?
    private let programs: String
    private let state: Mutex<State>

    private struct State {
        var server: pid_t = 0
        var databases = 0
        /// Its end tells the watchdog to clean up.
        var lifeline: Int32 = -1
        var watchdog: pid_t = 0
    }

    private static let worker = WorkerThreads(name: "private-postgres", count: 4, queueLimit: 64)
    private static let sharedCluster = Task { try await start() }

    /// The cluster that all suites of the process share; started on first use. Do not stop or kill it.
    package static func shared() async throws -> PrivatePostgres {
        try await sharedCluster.value
    }

    /// A cluster of its own, for a test that kills it.
    package static func start(tls: TLSFiles? = nil) async throws -> PrivatePostgres {
        try await worker.run { try PrivatePostgres(tls: tls) }
    }

    /// A cluster that follows this one, which must have no TLS; it takes over by `promote`.
    package func replica() async throws -> PrivatePostgres {
        try await Self.worker.run { [self] in try PrivatePostgres(following: self) }
    }

    private init(following primary: PrivatePostgres) throws {
        programs = primary.programs
        directory = try Self.makeDirectory()
        port = nil
        var initial = State()
        (initial.watchdog, initial.lifeline) = try Self.startWatchdog(over: directory)
        state = Mutex(initial)
        try run(
            asServer: true, "pg_basebackup", "-h", primary.directory, "-U", "postgres", "-D", directory + "/data",
            "-R", "-X", "stream", "-c", "fast", "-N")
        try launch()
    }

    private init(tls: TLSFiles?) throws {
        programs = try Self.findPrograms()
        directory = try Self.makeDirectory()
        port = tls == nil ? nil : try Self.freePort()
        var initial = State()
        (initial.watchdog, initial.lifeline) = try Self.startWatchdog(over: directory)
        state = Mutex(initial)
        let data = directory + "/data"
        try run(asServer: true, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        if let tls {
            try write(tls.certificate, to: "server.crt")
            try write(tls.key, to: "server.key")
        }
        try launch()
    }

    // MARK: Use

    /// A new database, as a connection string: empty, or a copy of one that nobody is connected to.
    package func freshDatabase(copying original: String? = nil) async throws -> String {
        try await Self.worker.run { [self] in
            let number = state.withLock { state in
                state.databases += 1
                return state.databases
            }
            let name = "test_\(number)"
            let template = original?.split(separator: "=").last.map(String.init) ?? "template1"
            try run(asServer: false, "createdb", "-h", directory, "-U", "postgres", "-T", template, name)
            return connection(to: name)
        }
    }

    /// The connection string of a database.
    package func connection(to database: String) -> String {
        "host=\(directory) user=postgres dbname=\(database)"
    }

    /// Kills every process of the cluster by SIGKILL, as a crash of the machine would.
    package func kill() async throws {
        try await Self.worker.run { [self] in
            let server = state.withLock { $0.server }
            // Stopped first, so that it has no further children.
            Glibc.kill(server, SIGSTOP)
            let list = try Self.text(of: "/proc/\(server)/task/\(server)/children")
            let children = list.split(separator: " ").compactMap { pid_t($0) }
            for process in children + [server] { Glibc.kill(process, SIGKILL) }
            waitpid(server, nil, 0)
            // Until they are gone they keep the shared memory, and with it the next server from starting.
            while children.contains(where: Self.isRunning) { usleep(1000) }
        }
    }

    /// Stops every process of the cluster where it is: connections stay, and nothing is answered until `thaw`.
    package func freeze() async throws { try await signal(SIGSTOP) }

    /// Lets the cluster go on after `freeze`.
    package func thaw() async throws { try await signal(SIGCONT) }

    private func signal(_ number: Int32) async throws {
        try await Self.worker.run { [self] in
            let server = state.withLock { $0.server }
            Glibc.kill(server, number)
            let list = try Self.text(of: "/proc/\(server)/task/\(server)/children")
            for process in list.split(separator: " ").compactMap({ pid_t($0) }) { Glibc.kill(process, number) }
        }
    }

    /// Makes a replica the primary, as a cluster manager does.
    package func promote() async throws {
        try await Self.worker.run { [self] in
            try run(asServer: true, "pg_ctl", "promote", "-w", "-D", directory + "/data")
        }
    }

    /// Starts the cluster again after `kill`.
    package func restart() async throws {
        try await Self.worker.run { [self] in try launch() }
    }

    /// Ends the cluster and removes its directory.
    package func stop() async throws {
        try await Self.worker.run { [self] in
            let (server, lifeline, watchdog) = state.withLock { ($0.server, $0.lifeline, $0.watchdog) }
            close(lifeline)
            waitpid(server, nil, 0)
            waitpid(watchdog, nil, 0)
        }
    }

    // MARK: Starting

    private func launch() throws {
        var arguments = [
            programs + "/postgres", "-D", directory + "/data", "-k", directory, "-c", "fsync=off",
            "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "autovacuum=off",
        ]
        if let port {
            arguments += ["-h", "127.0.0.1", "-p", "\(port)", "-c", "ssl=on"]
            arguments += ["-c", "ssl_cert_file=server.crt", "-c", "ssl_key_file=server.key"]
        } else {
            arguments += ["-h", ""]
        }
        let server = try Self.spawn(Self.serverUser + arguments, log: directory + "/log")
        state.withLock { $0.server = server }
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let ready = try Self.spawn(
                [programs + "/pg_isready", "-q", "-U", "postgres", "-h", directory, "-p", "\(port ?? 5432)"])
            if SpawnedProgram.end(of: ready) == 0 { return }
            guard ContinuousClock.now < limit, waitpid(server, nil, WNOHANG) == 0 else {
                throw PrivatePostgresError(message: "postgres did not start: \(try Self.text(of: directory + "/log"))")
            }
            usleep(20_000)
        }
    }

    private func run(asServer: Bool, _ program: String, _ arguments: String...) throws {
        let command = (asServer ? Self.serverUser : []) + [programs + "/" + program] + arguments
        let status = SpawnedProgram.end(of: try Self.spawn(command, log: directory + "/log"))
        guard status == 0 else {
            throw PrivatePostgresError(message: "\(program) failed: \(try Self.text(of: directory + "/log"))")
        }
    }

    private func write(_ text: String, to name: String) throws {
        let path = directory + "/data/" + name
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        guard file >= 0, unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw PrivatePostgresError(message: "cannot write \(path)")
        }
        close(file)
        Self.giveToServer(path)
    }
}

/// The private cluster could not do what a test asked for.
package struct PrivatePostgresError: Error, CustomStringConvertible {
    fileprivate let message: String
    package var description: String { message }
}

// MARK: - Processes

extension PrivatePostgres {
    /// What precedes a command of the server: it refuses to run as root.
    private static var serverUser: [String] {
        geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
    }

    private static func giveToServer(_ path: String) {
        guard geteuid() == 0, let user = unsafe getpwnam("postgres") else { return }
        unsafe chown(path, user.pointee.pw_uid, user.pointee.pw_gid)
    }

    private static func findPrograms() throws -> String {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        unsafe glob("/usr/lib/postgresql/*/bin/postgres", 0, nil, &found)
        var paths: [String] = []
        for index in unsafe 0..<Int(found.gl_pathc) {
            guard let path = unsafe found.gl_pathv[index] else { continue }
            unsafe paths.append(String(cString: path))
        }
        // The newest version: numbers, so that 15 comes after 9.
        let version = { (path: String) in Int(path.split(separator: "/")[3]) ?? 0 }
        guard let path = paths.max(by: { version($0) < version($1) }) else {
            throw PrivatePostgresError(message: "PostgreSQL is not installed under /usr/lib/postgresql")
        }
        return String(path.dropLast("/postgres".count))
    }

    private static func makeDirectory() throws -> String {
        var template = Array("/tmp/scorable-postgres-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw PrivatePostgresError(message: "cannot make a directory under /tmp")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        giveToServer(path)
        return path
    }

    private static func freePort() throws -> Int {
        let listener = unsafe cl_listen_tcp("127.0.0.1", 0, 1, 0)
        guard listener >= 0 else { throw SystemError.last("listen on 127.0.0.1") }
        defer { close(listener) }
        return Int(cl_local_port(listener))
    }

    /// A process that outlives this one just long enough to end the cluster and remove its directory.
    private static func startWatchdog(over directory: String) throws -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        // Not a pipe: only this call closes both ends in other children without a moment in between.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError.last("socketpair") }
        let script = """
            trap '' INT TERM HUP
            cat > /dev/null
            read -r server < "$1/data/postmaster.pid" && kill -QUIT "$server" 2> /dev/null &&
                while [ -e "$1/data/postmaster.pid" ] && [ "$((tries += 1))" -lt 100 ]; do sleep 0.05; done
            rm -rf "$1"
            """
        let watchdog = try spawn(["/bin/sh", "-c", script, "watchdog", directory], input: ends[0])
        close(ends[0])
        return (watchdog, ends[1])
    }

    private static func spawn(_ command: [String], input: Int32 = -1, log: String? = nil) throws -> pid_t {
        let output = unsafe open(log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw SystemError.last("open \(log ?? "/dev/null")") }
        defer { close(output) }
        // It leads a session of its own, so that an interrupt on the terminal reaches it only through the watchdog.
        return try SpawnedProgram.start(
            command, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"], input: input,
            output: output)
    }

    private static func isRunning(_ process: pid_t) -> Bool {
        do {
            // "pid (name) state …"
            let state = try text(of: "/proc/\(process)/stat").split(separator: ")").last?.first { $0 != " " }
            return state != "Z" && state != "X"
        } catch {
            return false
        }
    }

    private static func text(of path: String) throws -> String {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { throw SystemError.last("open \(path)") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
