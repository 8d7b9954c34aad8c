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
    /// The entry of terminfo in use.
    let entry: String
    let environment: TerminalEnvironment
    let signals: TerminalSignals
    let inbox: Inbox<Message>
    let log: ErrorLog
    private let start = ContinuousClock.now
    var keys = KeyReader()
    var pacer = Pacer()
    var size: Size
    var answers = TerminalAnswers()
    var meter = Meter()
    /// Messages that were taken out of the inbox and not delivered yet.
    var backlog: ArraySlice<Message> = []
    var isMouseOn = false
    var title: String?
    /// Whether the terminal is ours now, and not the shell's or an editor's.
    var isTaken = true
    var ending: Ending?

    /// Takes the terminal.
    /// - Parameters:
    ///   - environment: what the environment says about the terminal.
    ///   - signals: taken over before the first other thread.
    ///   - inbox: where other threads put messages.
    ///   - logPath: where standard error goes meanwhile.
    ///   - theme: how it looks from the start.
    ///   - path: another terminal than that of standard input and output.
    /// - Throws: `TerminalError` when there is no terminal or it cannot place text; nothing is changed then.
    package init(
        environment: TerminalEnvironment, signals: TerminalSignals, inbox: Inbox<Message>, logPath: String?,
        theme: ThemeName = .dark, path: String? = nil
    ) throws(TerminalError) {
        let device = try TerminalDevice(path: path)
        size = device.size
        var found: (CursesScreen, entry: String)?
        for type in environment.candidates where found == nil {
            found = CursesScreen(
                type: type, size: device.size, theme: theme, wantsColour: environment.wantsColour,
                isDirect: environment.claimsDirectColour
            ).map { ($0, type) }
        }
        guard let found else {
            device.cook()
            let type = environment.type.isEmpty ? "TERM is not set" : "TERM=\(environment.type)"
            throw TerminalError(kind: .unsuitable, description: "this terminal cannot place text (\(type))")
        }
        self.device = device
        (screen, entry) = found
        self.environment = environment
        self.signals = signals
        self.inbox = inbox
        log = ErrorLog(path: logPath)
        let fault = "scorable-console stopped by a fault of its own; the report is in \(logPath ?? "no file")\r\n"
        let leave = (environment.understandsModeQuestions ? TerminalModes.leaveLink : "") + TerminalModes.leaveAll
        unsafe cn_crash_guard(device.descriptor, log.descriptor, leave, fault)
        screen.showsLinks = kind.links.isUsed
    }

    /// Runs the program until it ends, then gives the terminal back.
    package func run(_ program: Program<Message>) -> Ending {
        take(program.receive(.resized(size), now), program)
        // Questions come before the first picture: should a terminal show one, the picture covers it.
        let questions = environment.understandsModeQuestions ? TerminalModes.questions : ""
        send(screen.enter() + Array((TerminalModes.enter + questions).utf8))
        while ending == nil {
            drawIfDue(program)
            let ready = wait(until: nextDeadline(program))
            if ready.contains(.signals) { takeSignals(program) }
            takeInput(ready, program)
            if ready.contains(.inbox) || !backlog.isEmpty { takeMessages(program) }
            if let due = program.wake(now), due <= now { deliver(.tick, program) }
        }
        finish()
        return ending ?? .lost
    }

    var now: Duration { ContinuousClock.now - start }

    /// The terminal program at the far end.
    var kind: TerminalKind { TerminalKind(ownName: answers.name, environment) }

    private var capabilities: Capabilities {
        Capabilities(
            charset: environment.charset, colours: screen.theme.depth, theme: screen.theme.name, isMouseOn: isMouseOn,
            roundTrip: pacer.roundTrip, showsLinks: screen.canShowLinks && screen.showsLinks)
    }

    // MARK: Waiting

    private func nextDeadline(_ program: Program<Message>) -> Duration? {
        guard backlog.isEmpty else { return .zero }
        var deadline = program.wake(now)
        func consider(_ time: Duration) { deadline = deadline.map { min($0, time) } ?? time }
        if let time = keys.deadline(roundTrip: pacer.roundTrip) { consider(time) }
        if !device.isBlocked, case .wait(let until) = pacer.decide(at: now) { consider(until) }
        return deadline
    }

    /// What there is to take.
    struct Ready: OptionSet {
        let rawValue: UInt8
        static var input: Ready { Ready(rawValue: 1) }
        static var signals: Ready { Ready(rawValue: 2) }
        static var inbox: Ready { Ready(rawValue: 4) }
    }

    /// Waits for whatever comes first of what is wanted, and writes on where the terminal was blocked.
    func wait(until deadline: Duration?, for wanted: Ready = [.input, .signals, .inbox]) -> Ready {
        let output = device.isBlocked ? POLLOUT : 0
        var interests = [
            pollfd(fd: device.descriptor, events: Int16(POLLIN | output), revents: 0),
            pollfd(fd: signals.descriptor, events: wanted.contains(.signals) ? Int16(POLLIN) : 0, revents: 0),
            pollfd(fd: inbox.descriptor, events: wanted.contains(.inbox) ? Int16(POLLIN) : 0, revents: 0),
        ]
        let timeout = deadline.map { Self.milliseconds($0 - now) } ?? -1
        _ = unsafe poll(&interests, nfds_t(interests.count), timeout)
        let events = Int32(interests[0].revents)
        if events & (POLLHUP | POLLERR | POLLNVAL) != 0 { ending = ending ?? .lost }
        if events & POLLOUT != 0, device.flush() == .lost { ending = ending ?? .lost }
        var ready: Ready = []
        if events & POLLIN != 0 { ready.insert(.input) }
        if interests[1].revents != 0 { ready.insert(.signals) }
        if interests[2].revents != 0 { ready.insert(.inbox) }
        return ready
    }

    /// Rounded up: waking early would spin.
    static func milliseconds(_ duration: Duration) -> Int32 {
        guard duration > .zero else { return 0 }
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
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
        let isWhole = answers.isSynchronised && picture.count > 1000
        var bytes: [UInt8] = []
        if isWhole { bytes.append(contentsOf: TerminalModes.beginPicture.utf8) }
        bytes.append(contentsOf: picture)
        if isWhole { bytes.append(contentsOf: TerminalModes.endPicture.utf8) }
        if pacer.asksForReport { bytes.append(contentsOf: TerminalModes.askStatus.utf8) }
        send(bytes)
        meter.drew(bytes: bytes.count, at: now)
        pacer.drawn(at: now, bytes: bytes.count)
    }

    func send(_ bytes: [UInt8]) {
        meter.sent(bytes: bytes.count)
        if device.send(bytes) == .lost { ending = ending ?? .lost }
    }
}
