internal import CPostgres
internal import EventLoop
internal import SystemCalls

/// Establishes connections: what blocks in libpq runs on worker threads, the waits on the caller's loop.
struct Connector: Sendable {
    let settings: PostgresSettings
    /// Name resolution, and the arithmetic of TLS and SCRAM.
    let workers: WorkerThreads
    /// Apart from `workers`: cancelling must not queue behind hosts whose names do not resolve.
    let cancellers: WorkerThreads
    private let resolver = NameResolver(name: "postgres-names")
    private let silentHosts = SilentHosts()
    private let succession = Succession()
    /// How long a host may take that is not the last one: long enough that a lost packet is sent again.
    private static let patienceWithOthers = Duration.seconds(2)

    init(settings: PostgresSettings, workers: WorkerThreads, cancellers: WorkerThreads) {
        self.settings = settings
        self.workers = workers
        self.cancellers = cancellers
    }

    /// A connection to the first suitable host, ready for statements.
    ///
    /// `clock` is the time for its watchdog; without one every statement on it needs a deadline.
    func connect(on loop: Loop, clock: CoarseClock = CoarseClock()) async throws(PostgresError) -> WireConnection {
        var hosts = try HostList(connection: settings.connection)
        try await resolve(&hosts, on: loop)
        hosts.putLast(silentHosts.recent)
        while true {
            let (handle, silent) = try await walk(hosts, on: loop)
            guard let silent else {
                let host = handle.host
                let connection = try await prepare(handle, on: loop, clock: clock)
                guard let reason = try await objection(to: connection) else { return connection }
                connection.close()
                hosts.drop(through: host)
                guard !hosts.isEmpty else { throw PostgresError(.unavailable, "\(host.name): \(reason)") }
                continue
            }
            silentHosts.note(silent)
            hosts.drop(through: silent)
            guard !hosts.isEmpty else {
                throw PostgresError(
                    .unavailable,
                    "\(silent.name.isEmpty ? silent.address : silent.name) port \(silent.port) did not answer in \(settings.connectTimeout)"
                )
            }
        }
    }

    /// Why a server that takes writes is not to be given any.
    private func objection(to connection: WireConnection) async throws(PostgresError) -> String? {
        guard settings.purpose == .writing else { return nil }
        do {
            guard let place = try await connection.place(until: .after(settings.connectTimeout)),
                let newer = succession.successor(of: place)
            else { return nil }
            return
                "it is a former primary: it writes timeline \(place.timeline) and its successor \(newer); stop it, and "
                + "let it follow the other one"
        } catch {
            connection.close()
            throw error.kind == .cancelled ? error : PostgresError(.unavailable, error.message)
        }
    }

    /// How long a host has got to answer. Where others are left it is not waited for as long: it may be switched off.
    private func patience(with host: TriedHost, of hosts: HostList) -> Deadline {
        let usual = settings.connectTimeout
        return .after(hosts.isLast(host) ? usual : min(usual, Self.patienceWithOthers))
    }

    /// Looks the names up, anew for each connection: where a server was, there may be none now.
    private func resolve(_ hosts: inout HostList, on loop: Loop) async throws(PostgresError) {
        var reason: String?
        for name in hosts.names {
            do throws(NameResolver.Failure) {
                let addresses = try await resolver.addresses(of: name, on: loop, until: .after(settings.connectTimeout))
                hosts.expand(name, to: addresses)
            } catch {
                switch error {
                case .cancelled: throw .cancelled
                case .unknown(let text):
                    reason = text
                    hosts.expand(name, to: [])
                }
            }
        }
        if let reason, hosts.isEmpty { throw PostgresError(.unavailable, reason) }
    }

    /// Ends its threads; no connection is made afterwards.
    func shutdown() {
        workers.shutdown()
        cancellers.shutdown()
        resolver.shutdown()
    }

    /// Lets libpq walk through the hosts. The second part names the host that kept silent, if one did.
    private func walk(_ hosts: HostList, on loop: Loop) async throws(PostgresError)
        -> (ConnectionHandle, silent: TriedHost?)
    {
        let keywords = keywords(for: hosts)
        let handle = try await blocking { try ConnectionHandle(keywords: keywords) }
        var host = handle.host
        var deadline = patience(with: host, of: hosts)
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else { throw PostgresError(.unavailable, handle.message) }
            do {
                try await wait(for: handle, step, until: deadline, on: loop)
            } catch {
                guard error == .timedOut else { throw .cancelled }
                return (handle, host)
            }
            step = try await blocking { handle.continueConnecting() }
            guard handle.host != host else { continue }
            host = handle.host
            deadline = patience(with: host, of: hosts)
        }
        return (handle, nil)
    }

    /// Waits for the socket under a registration of its own: libpq may close it in the next step and open another with
    /// the same number, of which epoll would know nothing.
    private func wait(
        for handle: ConnectionHandle, _ step: PostgresPollingStatusType, until deadline: Deadline, on loop: Loop
    ) async throws(WaitError) {
        let descriptor: Descriptor
        do {
            descriptor = try loop.descriptor(handle.socket)
        } catch {
            // Without a socket libpq has something to say in its next step.
            return
        }
        defer { descriptor.cancel() }
        if step == PGRES_POLLING_READING {
            try await descriptor.readable(until: deadline)
        } else {
            try await descriptor.writable(until: deadline)
        }
    }

    private func prepare(_ handle: ConnectionHandle, on loop: Loop, clock: CoarseClock) async throws(PostgresError)
        -> WireConnection
    {
        guard handle.makeNonBlocking() else { throw PostgresError(.unavailable, handle.message) }
        let connection: WireConnection
        do {
            connection = try WireConnection(handle, on: loop, settings: settings, clock: clock, cancellers: cancellers)
        } catch {
            throw PostgresError(.unavailable, "\(error)")
        }
        do {
            try await connection.run(script: sessionSettings, until: .after(settings.connectTimeout))
            return connection
        } catch {
            connection.close()
            throw error.kind == .cancelled ? error : PostgresError(.unavailable, error.message)
        }
    }

    /// What the decoding of text relies on, the bounds on statements and on the pauses between those of a transaction, that
    /// it ends when we do, and that a server does not spend a second on compiling a statement of a millisecond because its
    /// estimate is far too high.
    private var sessionSettings: String {
        """
        SET statement_timeout = \(settings.statementTimeout.inMilliseconds); \
        SET idle_in_transaction_session_timeout = \(settings.idleTransactionTimeout.inMilliseconds); SET TimeZone = 'UTC'; \
        SET DateStyle = 'ISO, YMD'; SET bytea_output = 'hex'; SET extra_float_digits = 1; \
        SET client_connection_check_interval = '5s'; SET jit = off
        """
    }

    /// libpq's keywords: what precedes `dbname` gives way to the connection string, what follows overrides it.
    private func keywords(for hosts: HostList) -> [(String, String)] {
        [
            ("fallback_application_name", settings.applicationName),
            ("target_session_attrs", settings.purpose == .writing ? "read-write" : "any"),
            // A machine that is switched off, or a cable that is unplugged, is noticed after ten seconds.
            ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"),
            ("dbname", settings.connection),
            ("client_encoding", "UTF8"),
        ] + hosts.keywords
    }

    private func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws(PostgresError) -> R {
        do {
            return try await workers.run(body)
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.unavailable, "\(error)")
        }
    }
}

extension Duration {
    /// Whole milliseconds, at least one: zero would mean "no limit" to the server.
    var inMilliseconds: Int64 {
        max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
