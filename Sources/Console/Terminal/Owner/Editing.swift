import CNcurses
import Glibc

/// The user's editor on our terminal, and we in the background until it is left.
extension UserInterface {
    /// How long an editor that is told to end may take to keep its user's work.
    private static var patience: Duration { .seconds(2) }

    func edit(_ draft: Draft, _ program: Program<Message>) {
        let file: DraftFile
        do throws(EditFailure) {
            file = try DraftFile(draft, in: environment.temporaryFolder)
        } catch {
            deliver(.edited(.failure(error)), program)
            return
        }
        giveBack()
        let result = run(on: file)
        file.remove()
        cn_crash_cleans(nil, nil, 0)
        guard ending == nil else {
            // Nobody will look at it any more; the program may still want to know.
            deliver(.edited(.failure(.interrupted)), program)
            return
        }
        takeBack(program)
        deliver(.edited(result), program)
    }

    private func run(on file: DraftFile) -> Result<String, EditFailure> {
        let child = unsafe cn_editor_start(device.descriptor, command, file.path)
        guard child > 0 else {
            return .failure(.unwritable("no shell could be started: \(unsafe String(cString: strerror(errno)))"))
        }
        unsafe cn_crash_cleans(file.path, file.folder, child)
        let failure = outcome(of: child)
        cn_tty_take(device.descriptor)
        // An editor that was ended has not put its modes away.
        device.cook()
        if let failure { return .failure(failure) }
        do throws(EditFailure) { return .success(try file.read()) } catch { return .failure(error) }
    }

    /// For the shell, which splits the user's command as it would on its own line; the path is never split.
    private var command: String {
        if let editor = environment.editor { return "\(editor) \"$1\"" }
        return "if command -v sensible-editor > /dev/null; then exec sensible-editor \"$1\"; fi; exec vi \"$1\""
    }

    /// Waits for the editor's end; what went wrong, if anything did.
    private func outcome(of child: Int32) -> EditFailure? {
        var deadline: Duration?
        while true {
            var detail: Int32 = 0
            switch unsafe Int(cn_editor_state(child, &detail)) {
            case CN_EDITOR_EXITED where ending != nil: return .interrupted
            case CN_EDITOR_EXITED: return detail == 0 ? nil : detail == 127 ? .noEditor : .exited(status: detail)
            case CN_EDITOR_KILLED: return ending != nil ? .interrupted : .killed(signal: detail)
            case CN_EDITOR_STOPPED: stop(with: child)
            default: break
            }
            waitForSignals(until: deadline)
            takeSignalsWhileEditing()
            if ending != nil {
                if deadline == nil { cn_editor_signal(child, SIGHUP) }
                if let deadline, deadline <= now { cn_editor_signal(child, SIGKILL) }
                deadline = deadline ?? now + Self.patience
            }
        }
    }

    /// The editor was stopped at its user's wish: so are we, for the shell to come back.
    private func stop(with child: Int32) {
        cn_tty_take(device.descriptor)
        // Where no shell continues anybody, the editor alone would be stopped for ever.
        _ = cn_stop_group()
        cn_editor_continue(child, device.descriptor)
    }

    private func waitForSignals(until deadline: Duration?) {
        var interests = [
            // No interest but in its end: what is typed is for the editor.
            pollfd(fd: device.descriptor, events: 0, revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        if ending == .lost { interests.removeFirst() }
        let timeout = deadline.map { Self.milliseconds(max($0 - now, .milliseconds(20))) } ?? -1
        _ = unsafe poll(&interests, nfds_t(interests.count), timeout)
        let events = ending == .lost ? 0 : Int32(interests[0].revents)
        if events & (POLLHUP | POLLERR | POLLNVAL) != 0 { ending = .lost }
    }

    private func takeSignalsWhileEditing() {
        while let signal = signals.next() {
            switch signal {
            // The size is looked at when the terminal is taken back; the editor's own changes are asked for.
            case SIGWINCH, SIGCONT, SIGTSTP, SIGCHLD: break
            case SIGHUP: ending = ending ?? .lost
            default: ending = ending ?? .signal(signal)
            }
        }
    }
}
