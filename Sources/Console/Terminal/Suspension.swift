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

    private func takeBack(_ program: Program<Message>) {
        device.uncook()
        screen.forget()
        send(Array(TerminalModes.enter.utf8))
        pacer = Pacer()
        // The window may have got another size meanwhile.
        if device.size != size {
            size = device.size
            deliver(.resized(size), program)
        }
    }

    private func giveBack() {
        if ending != .lost { awaitReport() }
        _ = device.send(screen.leave() + Array(TerminalModes.leave.utf8))
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
        while pacer.awaitsReport, pacer.asksForReport, now < limit {
            wait(until: limit)
            guard let bytes = device.read() else { return }
            for input in keys.take(bytes, at: now) where input == .report(.status) { pacer.reported(at: now) }
        }
    }
}
