import Terminal
import WireAPI

/// Showing who one is in a browser while the console waits: a code and an address to open, and the question what has
/// become of it, again and again. The browser signs in at the organisation's identity provider.
struct DeviceLogin: Sendable {
    /// What is to come of it.
    enum Purpose: Sendable, Hashable {
        case session
        /// The session that there is shows again whose it is.
        case confirmation
    }

    /// How far it is.
    enum Phase: Sendable, Hashable {
        case beginning
        case waiting
        case denied
        case expired
        case failed(ServerFailure)
    }

    /// What an answer has led to.
    enum Outcome: Sendable, Hashable {
        case nothing
        case signedIn(OperatorSession)
        case confirmed
    }

    /// What its keys do.
    enum Command: Sendable, Hashable { case again, copyAddress, copyCode, leave, quit }

    static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .again, hint: "new code", "When the code has ended: begin anew"),
        Binding([.character("y")], .copyAddress, hint: "copy the address", "Copy the address with the code in it"),
        Binding([.character("c")], .copyCode, hint: "copy the code", "Copy the code"),
        Binding([Key(.escape)], .leave, hint: "back", "Do not wait for the browser", .everywhere),
        Binding([.control("q")], .quit, hint: "quit", "Leave", .everywhere),
    ]

    let purpose: Purpose
    private(set) var phase = Phase.beginning
    private(set) var login: OperatorDeviceLogin?
    private var beginning = Awaited<OperatorDeviceLogin>()
    private var asking = Awaited<OperatorDeviceLoginOutcome>()
    private var interval = Duration.seconds(5)
    private var end = Duration.zero
    private var failures = 0

    init(_ purpose: Purpose) { self.purpose = purpose }

    /// Asks for a code.
    mutating func begin(on machine: String?, _ context: inout ScreenContext) {
        let wish = OperatorDeviceLoginWish(client: "scorable-console", host: machine)
        phase = .beginning
        login = nil
        failures = 0
        asking.forget()
        beginning.ask(
            purpose == .session ? .beginDeviceLogin(wish) : .beginDeviceConfirmation(wish), &context)
    }

    /// For how long the code holds still.
    func left(at now: Duration) -> Duration { max(.zero, end - now) }

    /// Whether another code can be asked for.
    var isEnded: Bool {
        switch phase {
        case .beginning, .waiting: false
        case .denied, .expired, .failed: true
        }
    }

    /// When what is shown changes by time alone.
    func wake(after now: Duration) -> Duration? { phase == .waiting ? now + .seconds(1) : nil }

    /// Takes an answer; says what it has led to.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Outcome {
        if let result = beginning.take(answer) {
            switch result {
            case .success(let login):
                self.login = login
                interval = .seconds(max(1, login.interval))
                end = context.now + .seconds(login.expiresIn)
                phase = .waiting
                ask(&context)
            case .failure(let failure): phase = .failed(failure)
            }
        } else if let result = asking.take(answer) {
            switch result {
            case .success(let outcome): return take(outcome, &context)
            case .failure(let failure): take(failure, &context)
            }
        }
        return .nothing
    }

    private mutating func ask(_ context: inout ScreenContext) {
        guard let login else { return }
        asking.ask(.deviceLoginOutcome(of: login.deviceCode), delay: interval, &context)
    }

    private mutating func take(_ outcome: OperatorDeviceLoginOutcome, _ context: inout ScreenContext) -> Outcome {
        failures = 0
        switch outcome.state {
        case .pending, .slowDown:
            if let seconds = outcome.interval { interval = .seconds(max(1, seconds)) }
            ask(&context)
        case .denied: phase = .denied
        case .expired: phase = .expired
        case .allowed:
            if let session = outcome.session { return .signedIn(session) }
            phase = .failed(ServerFailure(.server, "it was allowed, and no session came with it"))
        case .confirmed: return .confirmed
        }
        return .nothing
    }

    /// The server was not reached: the code holds all the same.
    private mutating func take(_ failure: ServerFailure, _ context: inout ScreenContext) {
        failures += 1
        guard failure.isTransient || failure.kind == .tooManyAttempts, left(at: context.now) > .zero else {
            phase = .failed(failure)
            return
        }
        interval = max(interval, Backoff.delay(afterFailures: failures))
        ask(&context)
    }
}

extension DeviceLogin: CustomStringConvertible {
    /// Without its codes.
    var description: String { "DeviceLogin(\(phase))" }
}
