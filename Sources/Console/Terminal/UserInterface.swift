import CNcurses
import Glibc

/// Owns the terminal while a program runs on it: one thread waits for keys, signals, messages and time, and draws.
package final class UserInterface<Message: Sendable> {
    /// How the program ended.
    package enum Ending: Sendable, Hashable {
        /// By its own request.
        case quit(Int32)
        /// By a signal.
        case signal(Int32)
        /// The terminal went away.
        case lost
    }

    let device: TerminalDevice
    let screen: CursesScreen
    let environment: TerminalEnvironment
    let signals: TerminalSignals
    private let inbox: Inbox<Message>
    let log: ErrorLog
    private let start = ContinuousClock.now
    var keys = KeyReader()
    var pacer = Pacer()
    var size: Size
    private var isSynchronised = false
    var ending: Ending?

    /// Takes the terminal.
    /// - Parameters:
    ///   - environment: what the environment says about the terminal.
    ///   - signals: taken over before the first other thread.
    ///   - inbox: where other threads put messages.
    ///   - logPath: where standard error goes meanwhile.
    ///   - path: another terminal than that of standard input and output.
    /// - Throws: `TerminalError` when there is no terminal or it cannot place text; nothing is changed then.
    package init(
        environment: TerminalEnvironment, signals: TerminalSignals, inbox: Inbox<Message>, logPath: String?,
        path: String? = nil
    ) throws(TerminalError) {
        let device = try TerminalDevice(path: path)
        size = device.size
        let size = size
        var found: CursesScreen?
        for type in environment.candidates where found == nil {
            found = CursesScreen(type: type, size: size, wantsColour: environment.wantsColour)
        }
        guard let screen = found else {
            device.cook()
            let type = environment.type.isEmpty ? "TERM is not set" : "TERM=\(environment.type)"
            throw TerminalError(kind: .unsuitable, description: "this terminal cannot place text (\(type))")
        }
        self.device = device
        self.screen = screen
        self.environment = environment
        self.signals = signals
        self.inbox = inbox
        log = ErrorLog(path: logPath)
        let fault = "scorable-console stopped by a fault of its own; the report is in \(logPath ?? "no file")\r\n"
        unsafe cn_crash_guard(device.descriptor, log.descriptor, TerminalModes.leaveAll, fault)
    }

    /// Runs the program until it ends, then gives the terminal back.
    package func run(_ program: Program<Message>) -> Ending {
        take(program.receive(.resized(size), now), program)
        send(Array(TerminalModes.enter.utf8))
        if environment.understandsModeQuestions { send(Array(TerminalModes.askSynchronised.utf8)) }
        while ending == nil {
            drawIfDue(program)
            wait(until: nextDeadline(program))
            takeSignals(program)
            takeInput(program)
            takeMessages(program)
            if let due = program.wake(now), due <= now { deliver(.tick, program) }
        }
        finish()
        return ending ?? .lost
    }

    var now: Duration { ContinuousClock.now - start }

    private var capabilities: Capabilities {
        Capabilities(charset: environment.charset, colours: screen.theme.depth)
    }

    // MARK: Waiting

    private func nextDeadline(_ program: Program<Message>) -> Duration? {
        var deadline = program.wake(now)
        func consider(_ time: Duration) { deadline = deadline.map { min($0, time) } ?? time }
        if let time = keys.deadline(roundTrip: pacer.roundTrip) { consider(time) }
        if !device.isBlocked, case .wait(let until) = pacer.decide(at: now) { consider(until) }
        return deadline
    }

    func wait(until deadline: Duration?) {
        let output = device.isBlocked ? POLLOUT : 0
        var interests = [
            pollfd(fd: device.descriptor, events: Int16(POLLIN | output), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let timeout = deadline.map { Self.milliseconds($0 - now) } ?? -1
        _ = unsafe poll(&interests, nfds_t(interests.count), timeout)
        let events = Int32(interests[0].revents)
        if events & (POLLHUP | POLLERR | POLLNVAL) != 0 { ending = ending ?? .lost }
        if events & POLLOUT != 0, device.flush() == .lost { ending = ending ?? .lost }
    }

    /// Rounded up: waking early would spin.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        guard duration > .zero else { return 0 }
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    // MARK: Events

    private func takeSignals(_ program: Program<Message>) {
        var isResized = false
        while let signal = signals.next() {
            switch signal {
            case SIGWINCH: isResized = true
            case SIGCONT: resume(program)
            case SIGTSTP: suspend(program)
            case SIGHUP: ending = ending ?? .lost
            default: ending = ending ?? .signal(signal)
            }
        }
        if isResized, device.size != size {
            size = device.size
            deliver(.resized(size), program)
        }
    }

    private func takeInput(_ program: Program<Message>) {
        guard ending == nil else { return }
        guard let bytes = device.read() else {
            ending = .lost
            return
        }
        let inputs = bytes.isEmpty ? keys.expire(at: now, roundTrip: pacer.roundTrip) : keys.take(bytes, at: now)
        for input in inputs where ending == nil {
            switch input {
            case .report(.status): pacer.reported(at: now)
            case .report(.mode(2026, let isKnown)): isSynchronised = isKnown
            case .report, .key, .paste, .mouse, .focus: deliver(.input(input), program)
            }
        }
    }

    private func takeMessages(_ program: Program<Message>) {
        for message in inbox.take() where ending == nil { deliver(.message(message), program) }
    }

    func deliver(_ event: Event<Message>, _ program: Program<Message>) {
        switch event {
        case .input, .resized, .resumed, .cannotSuspend: pacer.changed(by: .person)
        case .message(let message): pacer.changed(by: program.cause(message))
        case .tick: pacer.changed(by: .data)
        }
        take(program.receive(event, now), program)
    }

    private func take(_ request: Request, _ program: Program<Message>) {
        switch request {
        case .none: break
        case .redraw:
            screen.forget()
            pacer.changed(by: .person)
        case .suspend: suspend(program)
        case .quit(let status): ending = ending ?? .quit(status)
        }
    }

    // MARK: Drawing

    private func drawIfDue(_ program: Program<Message>) {
        guard ending == nil, !device.isBlocked, pacer.decide(at: now) == .draw else { return }
        let picture = screen.draw(program.view(size, capabilities))
        guard !picture.isEmpty else {
            pacer.drawn(at: now, bytes: 0)
            return
        }
        // A small change arrives at once anyway.
        let isWhole = isSynchronised && picture.count > 1000
        var bytes: [UInt8] = []
        if isWhole { bytes.append(contentsOf: TerminalModes.beginPicture.utf8) }
        bytes.append(contentsOf: picture)
        if isWhole { bytes.append(contentsOf: TerminalModes.endPicture.utf8) }
        if pacer.asksForReport { bytes.append(contentsOf: TerminalModes.askStatus.utf8) }
        send(bytes)
        pacer.drawn(at: now, bytes: bytes.count)
    }

    func send(_ bytes: [UInt8]) {
        if device.send(bytes) == .lost { ending = ending ?? .lost }
    }
}
