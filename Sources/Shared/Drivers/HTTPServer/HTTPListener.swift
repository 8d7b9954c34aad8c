internal import CLinux
internal import Cryptography
package import EventLoop
internal import Glibc
internal import Synchronization

/// Why a listener does not start.
package enum HTTPListenerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A system call failed; says which and why.
    case system(SystemError)
    /// The certificate or the key is not valid PEM, or they do not belong together.
    case badIdentity

    package var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .badIdentity: "the TLS certificate and key are not valid PEM or do not belong together"
        }
    }
}

/// An HTTP/1.1 server on one address: every loop accepts for itself and serves what it accepted.
package final class HTTPListener: Sendable {
    private let plan: ServingPlan
    private let servers: [LoopServer]
    private let loops: LoopGroup
    private let state = Mutex(State())

    private struct State {
        var acceptors: [Acceptor] = []
        var port = 0
    }

    /// Prepares a listener.
    ///
    /// - Parameters:
    ///   - settings: Where to listen and what to allow.
    ///   - loops: The loops that serve.
    ///   - refusal: The answer to requests that do not reach the handler, or break a limit on the way.
    ///   - handler: Answers a request, in a task on the loop that accepted its connection. The task is cancelled when
    ///     the client leaves; what it returns then is dropped.
    package init(
        settings: HTTPListenerSettings, loops: LoopGroup,
        refusal: @escaping @Sendable (HTTPRefusal) -> HTTPResponse = { $0.response },
        handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        let plan = ServingPlan(settings: settings, refusal: refusal, handler: handler)
        self.plan = plan
        self.loops = loops
        servers = loops.loops.map { LoopServer(loop: $0, plan: plan) }
    }

    /// The port that was asked for or chosen by the system; 0 for a Unix socket.
    package var port: Int { state.withLock { $0.port } }

    /// Connections that are open now.
    package var openConnections: Int { plan.openConnections }

    /// Binds and begins to serve. When it throws, nothing is left behind.
    package func start() async throws {
        let tls = try plan.settings.tls?.context()
        let acceptors = try openSockets()
        state.withLock { state in
            state.acceptors = acceptors
            state.port = acceptors.first.map { Int(max(0, cl_local_port($0.fd))) } ?? 0
        }
        do {
            for server in servers {
                await server.loop.run { server.start(tls) }
            }
            for acceptor in acceptors {
                try await acceptor.loop.run { try acceptor.start() }
            }
        } catch {
            await drain(within: .zero)
            throw error
        }
    }

    /// Uses another certificate for connections from now on; those that are open keep theirs.
    package func reload(_ identity: TLSIdentity) async throws {
        precondition(plan.settings.tls != nil, "a plain listener has no identity to reload")
        let tls = try identity.context()
        for server in servers {
            await server.loop.run { server.start(tls) }
        }
    }

    /// Stops accepting, lets running requests finish, closes what rests, and ends what is left after `limit`.
    ///
    /// Responses that begin from now on carry `connection: close`. Returns when everything is closed. Idempotent.
    package func drain(within limit: Duration) async {
        let deadline = Deadline.after(limit)
        plan.isDraining = true
        let acceptors = state.withLock { state in
            defer { state.acceptors = [] }
            return state.acceptors
        }
        for acceptor in acceptors {
            await acceptor.loop.run { acceptor.stop() }
        }
        if !acceptors.isEmpty, let path = plan.settings.unixSocketPath { unsafe unlink(path) }
        await withTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask { await server.loop.run { await server.drain(until: deadline) } }
            }
        }
    }

    // MARK: Sockets

    private func openSockets() throws(HTTPListenerError) -> [Acceptor] {
        let settings = plan.settings
        if let inherited = settings.listeningDescriptor {
            guard fcntl(inherited, F_SETFL, fcntl(inherited, F_GETFL) | O_NONBLOCK) == 0 else {
                throw .system(.last("take over listening descriptor \(inherited)"))
            }
            cl_prepare_clients(inherited)
            return [Acceptor(inherited, on: loops.loops[0], servers: servers)]
        }
        if let path = settings.unixSocketPath {
            let fd = unsafe cl_listen_unix(path, Self.backlog)
            guard fd >= 0 else { throw .system(.last("listen on \(path)")) }
            return [Acceptor(fd, on: loops.loops[0], servers: servers)]
        }
        return try openPorts(settings)
    }

    /// One socket a loop on the same port, among which the system spreads the clients.
    private func openPorts(_ settings: HTTPListenerSettings) throws(HTTPListenerError) -> [Acceptor] {
        guard let port = UInt16(exactly: settings.port) else {
            throw .system(SystemError("listen on \(settings.address) port \(settings.port)", code: EINVAL))
        }
        if port != 0 {
            // Sockets that share a port would also share it with another process's: that must not go unnoticed.
            let probe = unsafe cl_listen_tcp(settings.address, port, 1, 0)
            guard probe >= 0 else { throw .system(.last("listen on \(settings.address) port \(port)")) }
            close(probe)
        }
        var opened: [Acceptor] = []
        var chosen = port
        for server in servers {
            let fd = unsafe cl_listen_tcp(settings.address, chosen, Self.backlog, 1)
            guard fd >= 0 else {
                let failure = SystemError.last("listen on \(settings.address) port \(chosen)")
                for acceptor in opened { close(acceptor.fd) }
                throw .system(failure)
            }
            if chosen == 0 { chosen = UInt16(max(0, cl_local_port(fd))) }
            opened.append(Acceptor(fd, on: server.loop, servers: [server]))
        }
        return opened
    }

    private static let backlog: Int32 = 1024
}

extension TLSIdentity {
    /// What connections are made with. All loops share it, so that a client can resume its session on any of them.
    fileprivate func context() throws(HTTPListenerError) -> TLSServerContext {
        do {
            return try TLSServerContext(certificatesPEM: certificatePEM, privateKeyPEM: keyPEM)
        } catch {
            throw .badIdentity
        }
    }
}
