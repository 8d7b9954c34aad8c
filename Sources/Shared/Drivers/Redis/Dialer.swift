import CLinux
import Cryptography
import EventLoop
import Glibc
import SystemCalls

/// Makes connections that are ready for commands: finds the server, connects, agrees on TLS, signs in.
struct Dialer: Sendable {
    let settings: RedisSettings
    let resolver: NameResolver
    /// What to speak TLS with, nothing for plain connections, or why that cannot be had.
    private let tls: Result<TLSClientContext?, RedisError>

    init(_ settings: RedisSettings, _ resolver: NameResolver) {
        self.settings = settings
        self.resolver = resolver
        do throws(CryptographyError) {
            let context =
                settings.usesTLS
                ? try TLSClientContext(rootsPEM: settings.rootsPEM, credentials: settings.clientCredentials) : nil
            tls = .success(context)
        } catch {
            tls = .failure(RedisError(.settings, "TLS to Redis: \(error)"))
        }
    }

    /// A connection to the server, or through Sentinel to the master of the moment.
    func dial(on loop: Loop) async throws(RedisError) -> RedisConnection {
        let deadline = Deadline.after(settings.connectTimeout)
        switch settings.target {
        case .tcp(let address):
            let connection = try await connect(to: address, on: loop, until: deadline)
            return try await signedIn(connection, mustBeMaster: false, until: deadline)
        case .unix(let path):
            let fd = unsafe cl_connect_unix(path)
            guard fd >= 0 else { throw unavailable(SystemError.last("connect \(path)")) }
            let connection = try await finish(fd, "connect \(path)", on: loop, until: deadline)
            return try await signedIn(connection, mustBeMaster: false, until: deadline)
        case .sentinel(let group, let sentinels):
            let address = try await master(of: group, sentinels, on: loop, until: deadline)
            let connection = try await connect(to: address, on: loop, until: deadline)
            return try await signedIn(connection, mustBeMaster: true, until: deadline)
        }
    }

    // MARK: Sentinel

    /// Asks one sentinel after the other, from a random one on so that none bears all.
    private func master(
        of group: String, _ sentinels: [RedisSettings.Address], on loop: Loop, until deadline: Deadline
    ) async throws(RedisError) -> RedisSettings.Address {
        var reasons: [String] = []
        let start = Int.random(in: 0..<sentinels.count)
        for sentinel in sentinels[start...] + sentinels[..<start] {
            do {
                // One that is dead must leave time for the others.
                let share = Deadline.after(settings.connectTimeout / 3).earlier(deadline)
                let connection = try await connect(to: sentinel, on: loop, until: share)
                defer { connection.close() }
                if let password = settings.sentinelPassword {
                    let user = settings.sentinelUser.map { [RedisArgument($0)] } ?? []
                    try Self.check(try await connection.ask(["AUTH"] + user + [.init(password)], until: share))
                }
                let reply = try await connection.ask(
                    ["SENTINEL", "get-master-addr-by-name", .init(group)], until: share)
                try Self.check(reply)
                if let parts = reply.array, parts.count == 2, let host = parts[0].text, let text = parts[1].text,
                    let port = UInt16(text)
                {
                    return RedisSettings.Address(host: host, port: port)
                }
                reasons.append("\(sentinel) does not know the group \(group)")
            } catch {
                if error.kind == .cancelled { throw error }
                reasons.append("\(sentinel): \(error)")
            }
        }
        throw RedisError(.unavailable, "no sentinel names the master of \(group): \(reasons.joined(separator: "; "))")
    }

    // MARK: Connecting

    private func connect(to address: RedisSettings.Address, on loop: Loop, until deadline: Deadline)
        async throws(RedisError) -> RedisConnection
    {
        let context = try tls.get()
        var last = RedisError(.unavailable, "\(address.host) has no address")
        for numeric in try await addresses(of: address.host, on: loop, until: deadline) {
            let operation = "connect \(address)"
            let fd = unsafe cl_connect_tcp(numeric, address.port)
            guard fd >= 0 else {
                last = unavailable(SystemError.last(operation))
                continue
            }
            do {
                let connection = try await finish(fd, operation, on: loop, until: deadline)
                setOption(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
                setOption(fd, SOL_SOCKET, SO_KEEPALIVE)
                if let context { try await startTLS(context, connection, address.host, until: deadline) }
                return connection
            } catch {
                last = error
            }
        }
        throw last
    }

    private func addresses(
        of host: String, on loop: Loop, until deadline: Deadline
    ) async throws(RedisError) -> [String] {
        do throws(NameResolver.Failure) {
            return try await resolver.addresses(of: host, on: loop, until: deadline)
        } catch {
            switch error {
            case .unknown(let reason): throw RedisError(.unavailable, reason)
            case .cancelled: throw .cancelled
            }
        }
    }

    /// Waits until a connection that has begun is made.
    private func finish(_ fd: Int32, _ operation: String, on loop: Loop, until deadline: Deadline)
        async throws(RedisError) -> RedisConnection
    {
        let descriptor: Descriptor
        do {
            descriptor = try loop.descriptor(fd)
        } catch {
            close(fd)
            throw unavailable(error)
        }
        let connection = RedisConnection(owning: fd, descriptor, on: loop)
        do {
            try await descriptor.writable(until: deadline)
        } catch {
            connection.close()
            switch error {
            case .timedOut: throw RedisError(.unavailable, "\(operation): no answer in time")
            case .cancelled, .closed: throw .cancelled
            }
        }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else {
            connection.close()
            throw unavailable(SystemError(operation, code: code))
        }
        return connection
    }

    private func startTLS(
        _ context: TLSClientContext, _ connection: RedisConnection, _ host: String, until deadline: Deadline
    ) async throws(RedisError) {
        do {
            try await connection.startTLS(try context.channel(to: host), until: deadline)
        } catch let error as RedisError {
            connection.close()
            throw error
        } catch {
            connection.close()
            throw RedisError(.unavailable, "no TLS with the server: \(error)")
        }
    }

    // MARK: Signing in

    /// Sends everything that a new connection needs in one go and checks the answers.
    private func signedIn(_ connection: RedisConnection, mustBeMaster: Bool, until deadline: Deadline)
        async throws(RedisError) -> RedisConnection
    {
        do {
            try await signIn(connection, mustBeMaster: mustBeMaster, until: deadline)
            return connection
        } catch {
            connection.close()
            if case .timedOut = error.kind { throw RedisError(.unavailable, "the server accepts, but does not answer") }
            throw error
        }
    }

    private func signIn(_ connection: RedisConnection, mustBeMaster: Bool, until deadline: Deadline)
        async throws(RedisError)
    {
        var steps: [Step] = []
        if let password = settings.password {
            let user = settings.user.map { [RedisArgument($0)] } ?? []
            steps.append(Step(command: ["AUTH"] + user + [.init(password)], kind: .authentication))
        }
        steps.append(Step(command: ["CLIENT", "SETNAME", .init(settings.clientName)], kind: .optional))
        if settings.database > 0 {
            steps.append(Step(command: ["SELECT", .init(settings.database)], kind: .required))
        }
        steps.append(mustBeMaster ? Step(command: ["ROLE"], kind: .role) : Step(command: ["PING"], kind: .required))
        var bytes: [UInt8] = []
        for step in steps { bytes.append(command: step.command) }
        connection.enqueue(bytes)
        try await connection.drain(until: deadline)
        var remark: String?
        do {
            for step in steps {
                let reply = try await connection.reply(until: deadline)
                if step.kind == .optional, case .error(let text) = reply { remark = text }
                try step.judge(reply)
            }
        } catch {
            // A server that has no room says so once, and hangs up.
            guard case .connectionLost = error.kind, let remark else { throw error }
            throw RedisError(error.kind, "\(error): \(remark)")
        }
    }

    private struct Step {
        enum Kind { case authentication, optional, required, role }

        let command: [RedisArgument]
        let kind: Kind

        func judge(_ reply: RedisValue) throws(RedisError) {
            switch kind {
            case .optional: return
            case .required: try Dialer.check(reply)
            case .authentication:
                if case .error(let text) = reply {
                    throw RedisError(.authentication, "Redis does not accept the user or the password: \(text)")
                }
            case .role:
                try Dialer.check(reply)
                let role = reply.array?.first?.text ?? "nothing"
                guard role == "master" else {
                    throw RedisError(.unavailable, "the sentinels name a server as master that says it is \(role)")
                }
            }
        }
    }

    private static func check(_ reply: RedisValue) throws(RedisError) {
        if case .error(let text) = reply { throw .server(text) }
    }

    private func unavailable(_ error: SystemError) -> RedisError { RedisError(.unavailable, "\(error)") }

    /// Refused options cost speed, not correctness.
    private func setOption(_ fd: Int32, _ level: Int32, _ name: Int32) {
        var on: Int32 = 1
        unsafe setsockopt(fd, level, name, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
