import FoundationEssentials
package import Terminal
import WireAPI

extension Model {
    /// What is to be done first: where email and password are known, the attempt to sign in.
    package mutating func start() -> [Effect] {
        guard signIn?.isComplete == true, let effect = signIn?.submit(at: now) else { return [] }
        return [effect]
    }

    /// Takes in what happened and says what is to be done about it.
    package mutating func receive(_ event: Event<Answer>, at now: Duration) -> [Effect] {
        self.now = max(self.now, now)
        if let until = notice?.until, until <= self.now { notice = nil }
        switch event {
        case .input(.key(let key)): return press(key)
        case .input(.paste(let text)): paste(text)
        case .message(let answer): return take(answer)
        case .resized(let size): resize(size)
        case .cannotSuspend: say("No shell here to come back from: not suspended")
        case .input(.mouse), .input(.focus), .input(.report), .tick, .resumed: break
        }
        return []
    }

    private mutating func resize(_ size: Size) {
        self.size = size
        executions.resize(bodyRows: Layout(size: size).body.count - 1)
        for index in details.indices { details[index].resize(DetailArea(size: size)) }
    }

    mutating func say(_ text: String) { notice = Notice(text: text, until: now + .seconds(6)) }

    // MARK: Keys

    private mutating func press(_ key: Key) -> [Effect] {
        guard let command = Keymap.command(key, in: context) else {
            switch context {
            case .signIn: signIn?.take(key)
            case .filter: executions.edit { _ = $0.take(key) }
            case .executions, .detail, .help: break
            }
            return []
        }
        switch command {
        case .everywhere(let command): return perform(command)
        case .signIn(let command): return perform(command)
        case .executions(let command): return perform(command)
        case .filter(let command): return perform(command)
        case .detail(let command): return perform(command)
        case .help(let command): return perform(command)
        }
    }

    private mutating func perform(_ command: EverywhereCommand) -> [Effect] {
        switch command {
        case .quit: return [.quit(0)]
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .help: helpTop = 0
        case .interrupt:
            // The first one closes what is in the way; only two in a row leave.
            if let before = interruptedAt, now - before < .seconds(2) { return [.quit(130)] }
            interruptedAt = now
            executions.cancelFilter()
            say("Ctrl-C again leaves")
        }
        return []
    }

    private mutating func paste(_ text: String) {
        switch context {
        case .signIn: signIn?.paste(text)
        case .filter: executions.edit { $0.insert(text) }
        case .executions, .detail, .help: say("Pasted text is not read as keys")
        }
    }

    private mutating func perform(_ command: HelpCommand) -> [Effect] {
        switch command {
        case .close: helpTop = nil
        case .move(let move):
            let panel = HelpPanel(contextBehindHelp, size: size)
            helpTop = panel.top(after: move, from: helpTop ?? 0)
        }
        return []
    }

    private mutating func perform(_ command: SignInCommand) -> [Effect] {
        switch command {
        case .submit: return signIn?.submit(at: now).map { [$0] } ?? []
        case .otherField: signIn?.switchField()
        }
        return []
    }

    private mutating func perform(_ command: ExecutionsCommand) -> [Effect] {
        switch command {
        case .move(let move):
            executions.move(move)
            return executions.loadOlderIfNear()
        case .open: return executions.selected.map { open($0.id, name: $0.name, row: $0) } ?? []
        case .filter: executions.editFilter()
        case .showAll: return executions.setFilter("", at: now).map { [$0] } ?? []
        case .reload: return [executions.reload(at: now)]
        }
        return []
    }

    private mutating func perform(_ command: FilterCommand) -> [Effect] {
        switch command {
        case .apply: return executions.applyFilter(at: now).map { [$0] } ?? []
        case .cancel: executions.cancelFilter()
        }
        return []
    }

    private mutating func perform(_ command: DetailCommand) -> [Effect] {
        guard let last = details.indices.last else { return [] }
        switch command {
        case .back: details.removeLast()
        case .move(let move): details[last].move(move)
        case .nextSection: details[last].nextSection()
        case .previousSection: details[last].previousSection()
        case .unfold: details[last].unfold()
        case .reload: return [details[last].reload(at: now)]
        case .nextItem: return step(by: 1)
        case .previousItem: return step(by: -1)
        case .openPart(let number):
            let parts = details[last].evaluators
            guard number <= parts.count else { return [] }
            return open(parts[number - 1].executionID, name: parts[number - 1].name, row: nil)
        }
        return []
    }

    /// Where the keys go once the help is closed.
    var contextBehindHelp: KeyContext {
        if signIn != nil { return .signIn }
        if !details.isEmpty { return .detail }
        return executions.field == nil ? .executions : .filter
    }

    private mutating func open(_ id: UUID, name: String, row: OperatorExecutionRow?) -> [Effect] {
        details.append(
            ExecutionDetail(id: id, name: name, row: row, area: DetailArea(size: size), charset: charset, at: now))
        return [.loadDetail(id)]
    }

    /// From one execution of the list to its neighbour, without going back.
    private mutating func step(by count: Int) -> [Effect] {
        let before = executions.selected?.id
        executions.move(by: count)
        guard let row = executions.selected, row.id != before else { return [] }
        details = []
        return open(row.id, name: row.name, row: row) + executions.loadOlderIfNear()
    }

    // MARK: Answers

    private mutating func take(_ answer: Answer) -> [Effect] {
        switch answer {
        case .signedIn(let result): return takeSession(result)
        case .page(let request, let result):
            if case .failure(let failure) = result, failure.kind == .sessionEnded { return endSession(failure) }
            let wasLive = stream.phase != .off
            let effects = executions.take(request, result, at: now)
            // The first page says where the stream goes on from.
            guard !wasLive, session != nil, request.cursor == nil else { return effects }
            guard case .success(let page) = result else { return effects }
            return effects + [stream.open(after: page.eventsThrough, at: now)]
        case .detail(let id, let result):
            if case .failure(let failure) = result, failure.kind == .sessionEnded { return endSession(failure) }
            for index in details.indices where details[index].id == id { details[index].take(result) }
            return []
        case .streamOpened:
            let isBlind = stream.position == nil
            stream.opened(at: now)
            // Without a position, what came between the page and the stream would be missing.
            return isBlind ? [executions.reload(at: now)] : []
        case .event(let id, let event):
            stream.heard(id: id, at: now)
            return take(event)
        case .streamLost(let failure):
            guard session != nil, stream.phase != .off else { return [] }
            return failure.kind == .sessionEnded ? endSession(failure) : [stream.lost(failure, at: now)]
        }
    }

    private mutating func take(_ event: OperatorEvent) -> [Effect] {
        switch event {
        case .executionFinished(let row):
            executions.takeLive(row)
            return []
        case .serverTime(let date):
            clock.synchronise(date, at: now)
            return []
        case .gap:
            say("Events were lost: the list is read anew")
            return [executions.reload(at: now)]
        }
    }

    private mutating func takeSession(_ result: Result<OperatorSession, ServerFailure>) -> [Effect] {
        switch result {
        case .failure(let failure):
            signIn?.failed(failure)
            return []
        case .success(let session):
            self.session = session
            signIn = nil
            clock.synchronise(session.serverTime, at: now)
            return [executions.reload(at: now)]
        }
    }

    /// Back to the form; what was on the screen is kept for when the session is there again.
    private mutating func endSession(_ failure: ServerFailure) -> [Effect] {
        guard let email = session?.user.email else { return [] }
        session = nil
        stream.close()
        helpTop = nil
        signIn = SignIn(email: email, notice: failure)
        return [.closeStream]
    }
}
