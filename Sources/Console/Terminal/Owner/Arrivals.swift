import Glibc

/// What the terminal answered to the questions that it was asked at the start.
struct TerminalAnswers {
    /// Private modes by their number, and whether they are known.
    private var modes: [Int: Bool] = [:]
    private(set) var name: String?
    private(set) var page: RGB?

    /// Whether pictures can be shown at once.
    var isSynchronised: Bool { modes[2026] ?? false }

    func support(ofMode number: Int, otherwise isAssumed: Bool) -> TerminalReport.Support {
        modes[number].map { .answered($0) } ?? .assumed(isAssumed)
    }

    mutating func take(_ report: Input.Report) {
        switch report {
        case .status: break
        case .mode(let number, let isKnown): modes[number] = isKnown
        case .name(let name): self.name = name
        case .page(let page): self.page = page
        }
    }
}

/// What comes in, and how it reaches the program.
extension UserInterface {
    /// So long messages may keep the keys waiting.
    private static var messageTime: Duration { .milliseconds(5) }

    func takeSignals(_ program: Program<Message>) {
        var isResized = false
        while let signal = signals.next() {
            switch signal {
            case SIGWINCH: isResized = true
            case SIGCONT: resume(program)
            case SIGTSTP: suspend(program)
            case SIGCHLD: break
            case SIGHUP: ending = ending ?? .lost
            default: ending = ending ?? .signal(signal)
            }
        }
        if isResized { takeSize(program) }
    }

    /// Tells the program a size that has changed.
    func takeSize(_ program: Program<Message>) {
        guard device.size != size else { return }
        size = device.size
        deliver(.resized(size), program)
    }

    func takeInput(_ ready: Ready, _ program: Program<Message>) {
        guard ending == nil else { return }
        var inputs: [Input] = []
        if ready.contains(.input) {
            guard let bytes = device.read() else {
                ending = .lost
                return
            }
            inputs = keys.take(bytes, at: now)
        } else {
            inputs = keys.expire(at: now, roundTrip: pacer.roundTrip)
        }
        for input in inputs where ending == nil {
            switch input {
            case .report(.status): pacer.reported(at: now)
            case .report(let report): take(report, program)
            case .key, .paste, .mouse, .focus: deliver(.input(input), program)
            }
        }
    }

    private func take(_ report: Input.Report, _ program: Program<Message>) {
        answers.take(report)
        screen.showsLinks = kind.links.isUsed
        // The picture may depend on it, and so may the program's choice of a theme.
        deliver(.input(.report(report)), program)
    }

    func takeMessages(_ program: Program<Message>) {
        if backlog.isEmpty { backlog = inbox.take()[...] }
        let end = now + Self.messageTime
        while ending == nil, let message = backlog.popFirst() {
            deliver(.message(message), program)
            if now >= end { return }
        }
    }

    func deliver(_ event: Event<Message>, _ program: Program<Message>) {
        switch event {
        case .input, .resized, .resumed, .cannotSuspend, .copied, .edited, .report: pacer.changed(by: .person)
        case .message(let message): pacer.changed(by: program.cause(message))
        case .tick: pacer.changed(by: .data)
        }
        take(program.receive(event, now), program)
    }
}
