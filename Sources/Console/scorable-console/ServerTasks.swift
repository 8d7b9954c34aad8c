internal import APIClient
internal import EventLoop
internal import HTTPTransfer
internal import Screens
internal import FoundationEssentials
internal import Settings
internal import Synchronization
internal import Terminal
internal import WireAPI

/// Does what the model wants of the server: each effect is a task on one event loop, each answer goes into the inbox.
/// Owned by the main thread, which is never blocked by any of it.
final class ServerTasks {
    private let connection: Connection
    private let inbox: Inbox<Answer>
    private let loops = LoopGroup(count: 1, name: "console")
    private let client: OperatorClient
    private let token = SessionToken()
    /// For files that are written while they come.
    private let files = WorkerThreads(name: "files", count: 1, queueLimit: 16)
    private var stream: Task<Void, Never>?

    init(_ connection: Connection, _ inbox: Inbox<Answer>) {
        self.connection = connection
        self.inbox = inbox
        let settings = HTTPClientSettings(userAgent: "scorable-console", caFile: connection.caFile)
        client = OperatorClient(server: connection.server, http: HTTPClient(loops: loops, settings: settings))
    }

    /// Makes a session and remembers it.
    func signIn(_ credentials: OperatorSignIn) {
        let (client, inbox, token, connection) = (client, inbox, token, connection)
        spawn {
            do throws(APIFailure) {
                let session = try await client.signIn(credentials)
                token.set(session.token)
                connection.place.remember(.init(server: connection.server, email: credentials.email))
                inbox.post(.signedIn(.success(session.withoutToken)))
            } catch {
                inbox.post(.signedIn(.failure(ServerFailure(error, whileSigningIn: true))))
            }
        }
    }

    /// Asks the server after a delay.
    func ask(_ ask: Ask) {
        let (client, inbox, token, connection) = (client, inbox, token, connection)
        spawn { [loop = loops.next()] in
            guard await loop.waits(ask.delay) else { return }
            let result: Result<any Sendable, ServerFailure>
            do throws(APIFailure) {
                let reply = try await client.send(
                    ask.request, token: token.value, isUnattended: ask.isUnattended)
                if let outcome = reply as? OperatorDeviceLoginOutcome, let session = outcome.session {
                    // What opens the session goes no further than here.
                    token.set(session.token)
                    connection.place.remember(.init(server: connection.server, email: session.user.email))
                    result = .success(
                        OperatorDeviceLoginOutcome(state: outcome.state, session: session.withoutToken))
                } else {
                    result = .success(reply)
                }
            } catch {
                result = .failure(ServerFailure(error))
            }
            inbox.post(.reply(ServerAnswer(ticket: ask.ticket, result: result)))
        }
    }

    /// Fetches a file of the server into the folder that the console was started in.
    func fetch(_ path: String, named name: String) {
        let (client, inbox, token, files) = (client, inbox, token, files)
        spawn {
            let result: Result<String, FileFailure>
            do {
                let stream = try await client.download(path, token: token.value)
                result = .success(
                    try await FetchedFile(named: name, threads: files).write { try await stream.next() })
            } catch let failure as APIFailure {
                result = .failure(FileFailure("\(name) was not fetched: \(failure.description)"))
            } catch {
                result = .failure(FileFailure("\(name) was not written: \(error)"))
            }
            inbox.post(.saved(result))
        }
    }

    /// Opens the event stream after a delay, in place of one that is open.
    func openStream(after position: String?, delay: Duration) {
        closeStream()
        let (client, inbox, token) = (client, inbox, token)
        stream = spawn { [loop = loops.next()] in
            guard await loop.waits(delay) else { return }
            do throws(APIFailure) {
                let feed = try await client.events(after: position, token: token.value)
                inbox.post(.streamOpened)
                while !Task.isCancelled {
                    for element in try await feed.next() {
                        // A screen that cannot keep up reads the list anew instead.
                        inbox.post(.event(id: element.id, element.event), orWhenFull: .event(id: element.id, .gap))
                    }
                }
            } catch {
                if !Task.isCancelled { inbox.post(.streamLost(ServerFailure(error))) }
            }
        }
    }

    func closeStream() {
        stream?.cancel()
        stream = nil
    }

    /// Ends the session at the server, for at most a time: an ended program must leave nothing open.
    func signOut(within limit: Duration) {
        closeStream()
        guard token.isSet else { return }
        let done = Inbox<Bool>(limit: 1)
        let (client, token) = (client, token)
        spawn {
            do throws(APIFailure) {
                try await client.signOut(token: token.value)
                done.post(true)
            } catch {
                // The session ends by itself some time.
                done.post(false)
            }
        }
        _ = done.take(within: limit)
    }

    /// Tasks end with their one answer, or with the process.
    @discardableResult
    private func spawn(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> { loops.next().spawn(body) }
}

/// The token of the session, set by the task that signs in and read by the others.
private final class SessionToken: Sendable {
    private let secret = Mutex<Secret?>(nil)

    var isSet: Bool { secret.withLock { $0 != nil } }
    var value: String { secret.withLock { $0?.reveal() ?? "" } }

    func set(_ text: String?) { secret.withLock { $0 = text.map { Secret($0) } } }
}

extension Loop {
    /// Waits; says whether it came to the end.
    fileprivate func waits(_ delay: Duration) async -> Bool {
        guard delay > .zero else { return !Task.isCancelled }
        do {
            try await sleep(for: delay)
            return true
        } catch {
            return false
        }
    }
}

extension OperatorSession {
    /// The session as screens may know it.
    fileprivate var withoutToken: OperatorSession {
        OperatorSession(
            token: nil, expiresAt: expiresAt, idleExpiresAt: idleExpiresAt, user: user, permissions: permissions,
            organization: organization, project: project, serverTime: serverTime, deployment: deployment,
            confirmsBy: confirmsBy, confirmedAt: confirmedAt, wantsSecondFactor: wantsSecondFactor)
    }
}

extension ServerFailure {
    /// What a failed call means to the screens.
    fileprivate init(_ failure: APIFailure, whileSigningIn: Bool = false) {
        if failure.code == OperatorSignIn.secondFactorRequired {
            self.init(.secondFactorRequired, failure.description)
            return
        }
        if failure.code == OperatorSignIn.singleSignOnRequired {
            self.init(.singleSignOnRequired, failure.description)
            return
        }
        if failure.code == OperatorConfirmation.isRequired {
            self.init(.confirmationRequired, failure.description)
            return
        }
        switch failure.kind {
        case .unreachable: self.init(.unreachable, failure.description)
        case .timedOut, .cancelled: self.init(.timedOut, failure.description)
        case .notUnderstood: self.init(.server, failure.description)
        case .refused(401) where whileSigningIn: self.init(.wrongCredentials, "Email or password is wrong.")
        case .refused(401):
            self.init(.sessionEnded, "Your session has ended. Sign in to go on where you were.")
        case .refused(403): self.init(.forbidden, failure.description)
        case .refused(404): self.init(.notFound, failure.description)
        case .refused(409): self.init(.conflict, failure.description)
        case .refused(429): self.init(.tooManyAttempts, failure.description)
        case .refused(let status) where status < 500: self.init(.rejected, failure.description)
        case .refused: self.init(.server, failure.description)
        }
    }
}
