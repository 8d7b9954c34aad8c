import Glibc

/// What the program asks of the terminal.
extension UserInterface {
    func take(_ requests: [Request], _ program: Program<Message>) {
        for request in requests where ending == nil { take(request, program) }
    }

    private func take(_ request: Request, _ program: Program<Message>) {
        switch request {
        case .redraw:
            screen.forget()
            pacer.changed(by: .person)
        case .suspend: suspend(program)
        case .quit(let status): ending = ending ?? .quit(status)
        case .copy(let text): copy(text, program)
        case .title(let text): setTitle(text)
        case .bell: send([0x07])
        case .edit(let draft): edit(draft, program)
        case .mouse(let isOn): setMouse(isOn)
        case .theme(let name):
            screen.use(name)
            pacer.changed(by: .person)
        case .report: deliver(.report(report()), program)
        }
    }

    private func copy(_ text: String, _ program: Program<Message>) {
        guard let sequence = Clipboard.sequence(for: text, through: environment.multiplexer) else {
            deliver(.copied(.tooLong(bytes: text.utf8.count)), program)
            return
        }
        send(sequence)
        deliver(.copied(.sent(bytes: text.utf8.count)), program)
    }

    private func setTitle(_ text: String) {
        guard environment.takesTitles, text != title else { return }
        if title == nil { send(Array(TerminalModes.keepTitle.utf8)) }
        title = text
        send(Array(WindowTitle.sequence(for: text).utf8))
    }

    private func setMouse(_ isOn: Bool) {
        guard isOn != isMouseOn else { return }
        isMouseOn = isOn
        send(Array((isOn ? TerminalModes.enterMouse : TerminalModes.leaveMouse).utf8))
        pacer.changed(by: .person)
    }

    private func report() -> TerminalReport {
        let processor = meter.processor(at: now)
        return TerminalReport(
            type: environment.type, entry: entry, name: answers.name, colours: screen.theme.depth,
            colourReason: colourReason, theme: screen.theme.name, page: answers.page, charset: environment.charset,
            charsetReason: environment.charsetReason, size: size, roundTrip: pacer.roundTrip,
            synchronisedOutput: answers.support(ofMode: 2026, otherwise: false),
            bracketedPaste: answers.support(ofMode: 2004, otherwise: true),
            focusReports: answers.support(ofMode: 1004, otherwise: true), clipboard: kind.clipboard,
            links: screen.canShowLinks ? kind.links : .known(false), isMouseOn: isMouseOn,
            multiplexer: environment.multiplexer, isRemote: environment.isRemote, processID: Int(getpid()),
            total: meter.total, lastSecond: meter.lastSecond(at: now), upTime: now, processorTime: processor.time,
            processorShare: processor.share, residentBytes: Meter.residentBytes)
    }

    private var colourReason: TerminalReport.ColourReason {
        guard environment.wantsColour else { return .unwanted }
        guard environment.claimsDirectColour else { return .entry(screen.colours) }
        return screen.theme.depth == .direct ? .claimed : .claimedInVain(screen.colours)
    }
}
