import CNcurses

/// Leaving the terminal and coming back to it.
extension UserInterface {
    func suspend(_ program: Program<Message>) {
        giveBack()
        let isContinued = cn_stop_group() == 1
        takeBack(program)
        deliver(isContinued ? .resumed : .cannotSuspend, program)
    }

    func resume(_ program: Program<Message>) {
        takeBack(program)
        deliver(.resumed, program)
    }

    func takeBack(_ program: Program<Message>) {
        isTaken = true
        device.uncook()
        screen.forget()
        keys = KeyReader()
        let name = title.map { TerminalModes.keepTitle + WindowTitle.sequence(for: $0) } ?? ""
        send(Array((TerminalModes.enter + (isMouseOn ? TerminalModes.enterMouse : "") + name).utf8))
        pacer.restart()
        // The window may have got another size meanwhile.
        takeSize(program)
    }

    func giveBack() {
        guard isTaken else { return }
        isTaken = false
        if ending != .lost { awaitReport() }
        let name = title == nil ? "" : TerminalModes.returnTitle
        let modes = name + (isMouseOn ? TerminalModes.leaveMouse : "") + TerminalModes.leave
        send(screen.leave() + Array(modes.utf8))
        device.drain(within: .seconds(1))
        device.cook()
    }

    func finish() {
        giveBack()
        cn_crash_unguard()
        log.end()
    }

    /// A report that is still under way would end up in the shell's input.
    private func awaitReport() {
        let limit = now + min(.milliseconds(500), (pacer.roundTrip ?? .milliseconds(50)) * 4 + .milliseconds(50))
        while pacer.awaitsReport, pacer.asksForReport, now < limit, ending != .lost {
            guard wait(until: limit, for: .input).contains(.input) else { continue }
            guard let bytes = device.read() else { return }
            for input in keys.take(bytes, at: now) where input == .report(.status) { pacer.reported(at: now) }
        }
    }
}
